public import TraceModel

/// Reads a file or a body of any known format.
public enum TraceReader {
    /// Reads an input completely.
    ///
    /// Records that cannot be read are skipped and accounted for in the document; in strict mode the first one ends
    /// the reading. Gzip is recognised by its first bytes and unpacked.
    ///
    /// - Parameters:
    ///   - bytes: the input.
    ///   - name: its name, for messages and to recognise the format.
    ///   - format: the format, or `.auto` to recognise it.
    ///   - options: limits and strictness.
    /// - Throws: ``FormatError`` when nothing could be read, or at the first problem in strict mode.
    public static func read(
        _ bytes: UnsafeRawBufferPointer,
        name: String = "",
        format: TraceFormat = .auto,
        options: ReadOptions = .file()
    ) throws(FormatError) -> TraceDocument {
        try withPlainText(bytes, name: name, options: options) { (text, name) throws(FormatError) in
            let format = format == .auto ? detect(text, name: name) : format
            var document: TraceDocument
            switch format {
            case .raceway: document = try RacewayReader.read(text, name: name, options: options)
            case .ops, .std:
                document = try readOperations(text, name: name, format: format ?? .auto, options: options).document()
            case .otlp: document = try OTLPReader.readFile(text, name: name, options: options)
            case .zipkin: document = try ZipkinReader.read(text, name: name, options: options)
            case .jaeger: document = try JaegerReader.read(text, name: name, options: options)
            case .shiviz: document = try ShiVizReader.read(text, name: name, options: options)
            case .auto, nil:
                throw FormatError(
                    code: FaultCode.unknownFormat.rawValue,
                    name: name,
                    message: "the format cannot be recognised",
                    expected: "Raceway events, ops JSONL, STD, OTLP, Zipkin, Jaeger or ShiViz; name it with --format"
                )
            }
            document.format = format?.rawValue ?? ""
            return document
        }
    }

    /// Reads an input completely.
    public static func read(
        _ bytes: [UInt8],
        name: String = "",
        format: TraceFormat = .auto,
        options: ReadOptions = .file()
    ) throws(FormatError) -> TraceDocument {
        try bytes.withRawBytes { (raw) throws(FormatError) in
            try read(raw, name: name, format: format, options: options)
        }
    }

    /// Hands the input to `body` without compression and byte order mark, and with the name that it has then.
    static func withPlainText<R>(
        _ bytes: UnsafeRawBufferPointer,
        name: String,
        options: ReadOptions,
        _ body: (UnsafeRawBufferPointer, String) throws(FormatError) -> R
    ) throws(FormatError) -> R {
        let limit = min(options.inputBytesMax, ReadOptions.inputBytesCeiling)
        guard bytes.count <= limit else {
            throw FormatError(
                code: FaultCode.tooLarge.rawValue,
                name: name,
                message: "more than \(limit) bytes",
                expected: "at most \(limit) bytes"
            )
        }
        guard Gzip.isGzip(bytes) else { return try body(withoutMark(bytes), name) }
        let plain = try Gzip.inflate(bytes, limit: limit, name: name)
        let inner = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
        return try plain.withRawBytes { (raw) throws(FormatError) in try body(withoutMark(raw), inner) }
    }

    /// The text behind the byte order mark that an editor may have put in front.
    private static func withoutMark(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? UnsafeRawBufferPointer(rebasing: bytes[3...]) : bytes
    }
}
