public import NIOCore
public import NIOHTTP1
import NIOPosix

/// One request and its answer over HTTP/1.1, on a connection of its own.
///
/// For the few requests that the server and the command make themselves. NIO is in the binary anyway, and these need
/// neither pooling nor redirects; a full client library would cost more build time and memory than its users here.
public struct HTTPExchange: Sendable {
    /// An answer with its whole body.
    public struct Answer: Sendable {
        /// HTTP status.
        public var status: Int
        /// Header lines, as they came.
        public var headers: HTTPHeaders
        /// The body.
        public var body: [UInt8]
    }

    /// What the other side did wrong; everything else is an error of NIO.
    public enum Failure: Error, Sendable {
        /// The body has more bytes than ``HTTPExchange/answerBytesMax``.
        case tooLarge
        /// The connection ended before the answer did.
        case incomplete
    }

    private let host: String
    private let port: Int
    private let securing: (@Sendable () throws -> any ChannelHandler)?

    /// Bytes of an answer's body that are read.
    public var answerBytesMax = 256 << 20

    private typealias Channel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>
    private typealias Inbound = NIOAsyncChannelInboundStream<HTTPClientResponsePart>
    private typealias Outbound = NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>

    /// An exchange with a server at a name or address.
    ///
    /// - Parameter securing: makes what encrypts a connection, and stands first in its pipeline; nothing does without it.
    public init(host: String, port: Int, securing: (@Sendable () throws -> any ChannelHandler)? = nil) {
        self.host = host
        self.port = port
        self.securing = securing
    }

    /// Sends a request, whose head says the body's length, and reads the answer.
    ///
    /// - Throws: ``Failure``, or what NIO says of the connection.
    public func send(_ head: HTTPRequestHead, body: [UInt8] = []) async throws -> Answer {
        try await connected { inbound, outbound in
            try await Self.write(head, body, to: outbound)
            var answer = Answer(status: 0, headers: [:], body: [])
            for try await part in inbound {
                switch part {
                case .head(let head):
                    answer.status = Int(head.status.code)
                    answer.headers = head.headers
                case .body(let bytes):
                    answer.body.append(contentsOf: bytes.readableBytesView)
                    if answer.body.count > answerBytesMax { throw Failure.tooLarge }
                case .end: return answer
                }
            }
            throw Failure.incomplete
        }
    }

    /// Sends a request and reads no more of the answer than its status.
    ///
    /// - Throws: ``Failure/incomplete``, or what NIO says of the connection.
    public func status(_ head: HTTPRequestHead, body: [UInt8] = []) async throws -> Int {
        try await connected { inbound, outbound in
            try await Self.write(head, body, to: outbound)
            for try await part in inbound {
                if case .head(let head) = part { return Int(head.status.code) }
            }
            throw Failure.incomplete
        }
    }

    private func connected<Result: Sendable>(
        _ body: (Inbound, Outbound) async throws -> Result
    ) async throws -> Result {
        let channel: Channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.seconds(5))
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let securing { try channel.pipeline.syncOperations.addHandler(securing()) }
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try Channel(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { try await body($0, $1) }
    }

    /// In one go: a server may answer a request without a body and close before its end is written separately.
    private static func write(_ head: HTTPRequestHead, _ body: [UInt8], to outbound: Outbound) async throws {
        var request: [HTTPClientRequestPart] = [.head(head)]
        if !body.isEmpty { request.append(.body(.byteBuffer(ByteBuffer(bytes: body)))) }
        request.append(.end(nil))
        try await outbound.write(contentsOf: request)
    }
}
