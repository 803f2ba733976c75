/// The body of a unary call over gRPC: a byte that says whether the message is compressed, four of its length in big endian, the
/// message, and nothing behind it ("gRPC over HTTP2", Length-Prefixed-Message).
public struct CallFrame: Sendable, Hashable {
    /// Bytes before the message.
    public static let headBytes = 5

    /// Whether the message is compressed as the call's `grpc-encoding` says.
    public var isCompressed: Bool
    /// Where the message is in the body.
    public var message: Range<Int>

    /// Reads a whole body; `nil` when it is not exactly one message.
    public init?(_ body: UnsafeRawBufferPointer) {
        guard body.count >= Self.headBytes, body[0] <= 1 else { return nil }
        let length = UInt32(bigEndian: body.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
        guard Int(length) == body.count - Self.headBytes else { return nil }
        isCompressed = body[0] == 1
        message = Self.headBytes..<body.count
    }

    /// The head of a message of that many bytes that is not compressed.
    public static func head(of length: Int) -> [UInt8] {
        let length = UInt32(length)
        return [0] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
    }
}
