public import TraceModel

/// Bodies of requests that carry spans, decoded to what is stored of them.
public enum SpanBody {
    /// How a body is written.
    public enum Format: Sendable {
        case otlpJSON
        case otlpProtobuf
        case zipkinJSON
        case zipkinProtobuf
    }

    /// Decodes one body to rows for a store; ``SpanArchive`` brings the spans back.
    ///
    /// - Returns: a document whose batch has one row for each span, and one for each log record about shared state.
    ///   `records` counts all spans and log records, `skipped` those that were rejected, be it all of them.
    /// - Throws: ``FormatError`` when the body as a whole cannot be read.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer,
        as format: Format,
        options: ReadOptions = ReadOptions()
    ) throws(FormatError) -> TraceDocument {
        guard bytes.count <= min(options.inputBytesMax, ReadOptions.inputBytesCeiling) else {
            throw FormatError(code: FaultCode.tooLarge.rawValue, message: FaultCode.tooLarge.text)
        }
        // Zipkin takes nothing for no spans.
        if bytes.isEmpty, format == .zipkinJSON { return TraceDocument() }
        return switch format {
        case .otlpJSON: try OTLPJSON.read(bytes, name: "", options: options, use: .records)
        case .otlpProtobuf: try OTLPProtobuf.read(bytes, name: "", options: options, use: .records)
        case .zipkinJSON: try ZipkinReader.read(bytes, name: "", options: options, use: .records)
        case .zipkinProtobuf: try ZipkinProtobuf.read(bytes, name: "", options: options, use: .records)
        }
    }

    /// The same for bytes in an array.
    public static func decode(
        _ bytes: [UInt8],
        as format: Format,
        options: ReadOptions = ReadOptions()
    ) throws(FormatError) -> TraceDocument {
        try bytes.withRawBytes { (raw) throws(FormatError) in try decode(raw, as: format, options: options) }
    }
}
