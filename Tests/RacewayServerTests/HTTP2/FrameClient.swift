import NIOCore
import NIOPosix

/// HTTP/2 as nobody checks it: frames of any type, length and content over a socket (RFC 9113 section 4.1).
struct FrameClient {
    enum Kind: UInt8 {
        case data, headers, priority, reset, settings, promise, ping, goAway, windowUpdate, continuation
    }

    struct Frame {
        var kind: UInt8
        var flags: UInt8
        var stream: UInt32
        var payload: [UInt8]

        /// Of a reset or of a farewell.
        var code: UInt32? {
            let bytes =
                switch kind {
                case Kind.reset.rawValue: payload.prefix(4)
                case Kind.goAway.rawValue: payload.dropFirst(4).prefix(4)
                default: payload[0..<0]
                }
            return bytes.count == 4 ? bytes.reduce(0) { $0 << 8 | UInt32($1) } : nil
        }
    }

    /// What became of a request.
    enum Fate: Hashable {
        /// An answer whose body is this.
        case answered(String)
        case reset
        /// The connection ended with a reason.
        case dismissed
        /// The connection ended without one.
        case closed
    }

    static let endStream: UInt8 = 1
    static let endHeaders: UInt8 = 4
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(.settings)

    let port: Int

    static func frame(_ kind: Kind, _ flags: UInt8 = 0, _ stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
        let length = payload.count
        return [
            UInt8(truncatingIfNeeded: length >> 16), UInt8(truncatingIfNeeded: length >> 8),
            UInt8(truncatingIfNeeded: length),
        ]
            + [kind.rawValue, flags] + word(stream) + payload
    }

    static func word(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }

    /// Literal fields without indexing (RFC 7541 section 6.2.2).
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { name, value in [0] + text(name) + text(value) }
    }

    private static func text(_ text: String) -> [UInt8] { integer(text.utf8.count) + Array(text.utf8) }

    /// An integer with a prefix of seven bits (RFC 7541 section 5.1).
    static func integer(_ value: Int) -> [UInt8] {
        guard value >= 127 else { return [UInt8(value)] }
        var (bytes, rest): ([UInt8], Int) = ([127], value - 127)
        while rest >= 128 {
            bytes.append(UInt8(rest % 128 + 128))
            rest /= 128
        }
        return bytes + [UInt8(rest)]
    }

    /// Sends bytes and reads frames until the server closes or one of them is `enough`.
    func send(_ bytes: [UInt8], until enough: @Sendable (Frame) -> Bool) async throws -> [Frame] {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var frames: [Frame] = []
            var rest: [UInt8] = []
            // A server that has heard enough closes while more is on its way to it.
            try? await outbound.write(ByteBuffer(bytes: Self.preface + bytes))
            do {
                for try await piece in inbound {
                    rest += Array(buffer: piece)
                    while let frame = Self.next(&rest) {
                        frames.append(frame)
                        if enough(frame) { return frames }
                    }
                }
            } catch {
                // Reset by the server: what was heard is what there is.
            }
            return frames
        }
    }

    private static func next(_ rest: inout [UInt8]) -> Frame? {
        guard rest.count >= 9 else { return nil }
        let length = Int(rest[0]) << 16 | Int(rest[1]) << 8 | Int(rest[2])
        guard rest.count >= 9 + length else { return nil }
        let stream = rest[5..<9].reduce(0) { $0 << 8 | UInt32($1) }
        let frame = Frame(kind: rest[3], flags: rest[4], stream: stream, payload: Array(rest[9..<9 + length]))
        rest.removeFirst(9 + length)
        return frame
    }

    /// Sends what belongs to stream 1 and tells what became of it.
    func fate(of bytes: [UInt8]) async throws -> Fate {
        let frames = try await send(bytes) { frame in
            let isOfStream = frame.stream == 1
            let isEnd = frame.kind == Kind.data.rawValue || frame.kind == Kind.headers.rawValue
            return frame.code != nil || (isOfStream && isEnd && frame.flags & Self.endStream != 0)
        }
        if frames.contains(where: { $0.kind == Kind.goAway.rawValue && $0.code != 0 }) { return .dismissed }
        if frames.contains(where: { $0.kind == Kind.reset.rawValue && $0.stream == 1 && $0.code != 0 }) {
            return .reset
        }
        let isAnswered = frames.contains { $0.stream == 1 && $0.flags & Self.endStream != 0 }
        let body = frames.filter { $0.kind == Kind.data.rawValue && $0.stream == 1 }.flatMap(\.payload)
        return isAnswered ? .answered(String(decoding: body, as: UTF8.self)) : .closed
    }

    /// The fate of one request.
    func fate(
        of fields: [(String, String)],
        body: [UInt8]? = nil,
        declaring trailers: [UInt8] = []
    ) async throws -> Fate {
        let isAlone = body == nil && trailers.isEmpty
        var bytes = Self.frame(.headers, Self.endHeaders | (isAlone ? Self.endStream : 0), 1, Self.block(fields))
        if let body { bytes += Self.frame(.data, trailers.isEmpty ? Self.endStream : 0, 1, body) }
        return try await fate(of: bytes + trailers)
    }
}
