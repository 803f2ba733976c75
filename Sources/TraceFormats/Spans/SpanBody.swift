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
        var document =
            switch format {
            case .otlpJSON: try OTLPJSON.read(bytes, name: "", options: options, use: .records)
            case .otlpProtobuf: try OTLPProtobuf.read(bytes, name: "", options: options, use: .records)
            case .zipkinJSON: try ZipkinReader.read(bytes, name: "", options: options, use: .records)
            case .zipkinProtobuf: try ZipkinProtobuf.read(bytes, name: "", options: options, use: .records)
            }
        document.skipRecords(longerThan: options.recordBytesMax)
        return document
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

extension TraceDocument {
    /// Leaves out rows whose payload is longer than a bound; their neighbours stay.
    fileprivate mutating func skipRecords(longerThan bytesMax: Int) {
        let tooLong = batch.ids.indices.filter { row in
            let ranges = [
                batch.kindPayloads[row], batch.metadataPayloads[row], batch.vectorPayloads[row],
                batch.lockSetPayloads[row],
            ]
            return ranges.reduce(0) { $0 + Int($1.length) } > bytesMax
        }
        guard !tooLong.isEmpty else { return }
        let left = Set(tooLong)
        var kept = EventBatch()
        kept.append(batch, rows: batch.ids.indices.filter { !left.contains($0) })
        batch = kept
        for row in tooLong {
            let message = "\(FaultCode.tooLarge.text), expected at most \(bytesMax) bytes a span"
            skip(Problem(index: row, code: FaultCode.tooLarge.rawValue, message: message))
        }
    }
}
