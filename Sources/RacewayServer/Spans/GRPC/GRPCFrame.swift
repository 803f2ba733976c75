import HTTPTypes
import NIOCore

/// The only message of a unary call: a byte that says whether it is compressed, four of length, the message.
struct GRPCFrame {
    var isCompressed: Bool
    var message: ByteBuffer

    /// Bytes before the message.
    static let headBytes = 5

    /// Reads a whole body.
    ///
    /// - Throws: a failure for no message, more than one, and for one that is cut off.
    init(_ body: ByteBuffer) throws(RequestFailure) {
        var body = body
        guard let flag = body.readInteger(as: UInt8.self), let length = body.readInteger(as: UInt32.self), flag <= 1
        else { throw RequestFailure(.badRequest, "Expected one gRPC message: five bytes of head, then its bytes") }
        guard let message = body.readSlice(length: Int(length)), body.readableBytes == 0 else {
            throw RequestFailure(
                .badRequest,
                "Expected one gRPC message of the announced \(length) bytes, with nothing behind it"
            )
        }
        isCompressed = flag == 1
        self.message = message
    }

    /// A message as it is.
    static func encode(_ message: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(0 as UInt8)
        buffer.writeInteger(UInt32(message.count))
        buffer.writeBytes(message)
        return buffer
    }
}
