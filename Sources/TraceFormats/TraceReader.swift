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
        let limit = min(options.inputBytesMax, ReadOptions.inputBytesCeiling)
        guard bytes.count <= limit else {
            throw FormatError(
                code: FaultCode.tooLarge.rawValue,
                name: name,
                message: "more than \(limit) bytes",
                expected: "at most \(limit) bytes"
            )
        }
        guard Gzip.isGzip(bytes) else { return try readPlain(bytes, name: name, format: format, options: options) }
        let plain = try Gzip.inflate(bytes, limit: limit, name: name)
        let inner = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
        return try plain.withRawBytes { (raw) throws(FormatError) in
            try readPlain(raw, name: inner, format: format, options: options)
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

    private static func readPlain(
        _ bytes: UnsafeRawBufferPointer,
        name: String,
        format: TraceFormat,
        options: ReadOptions
    ) throws(FormatError) -> TraceDocument {
        // An editor on Windows may have put a byte order mark in front.
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? UnsafeRawBufferPointer(rebasing: bytes[3...]) : bytes
        switch format == .auto ? detect(text, name: name) ?? .auto : format {
        case .raceway: return try RacewayReader.read(text, name: name, options: options)
        case .ops, .std, .shiviz, .otlp, .zipkin, .jaeger: throw unknownFormat(name)
        case .auto: throw unknownFormat(name)
        }
    }

    private static func unknownFormat(_ name: String) -> FormatError {
        FormatError(
            code: FaultCode.unknownFormat.rawValue,
            name: name,
            message: "the format cannot be recognised",
            expected: "Raceway events, ops JSONL or STD; name it with --format"
        )
    }
}
