import TraceFormats
import TraceModel

/// What has to hold for the body of a call over gRPC, from its frame to what is stored of it.
extension Properties {
    static func call(_ bytes: UnsafeRawBufferPointer) {
        let limit = 1 << 20
        guard let frame = CallFrame(bytes) else { return }
        precondition(frame.message.count == bytes.count - CallFrame.headBytes, "bytes behind the message")
        if !frame.isCompressed {
            let head = CallFrame.head(of: frame.message.count)
            precondition(bytes.prefix(CallFrame.headBytes).elementsEqual(head), "a head is written otherwise than read")
        }
        let message = UnsafeRawBufferPointer(rebasing: bytes[frame.message])
        guard frame.isCompressed else { return stored(message, limit) }
        guard let plain = try? Gzip.inflate(message, limit: limit) else { return }
        plain.withUnsafeBytes { stored($0, limit) }
    }

    private static func stored(_ message: UnsafeRawBufferPointer, _ limit: Int) {
        let options = ReadOptions(inputBytesMax: limit)
        guard let document = try? SpanBody.decode(message, as: .otlpProtobuf, options: options) else { return }
        precondition(document.batch.count <= document.records - document.skipped, "more is kept than came")
        guard let expansion = SpanArchive.expand(document.batch) else { return }
        precondition(expansion.damaged == 0, "a record that was taken cannot be read back")
    }
}
