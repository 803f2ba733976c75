public import TraceModel

extension TraceReader {
    /// Reads ops JSONL or STD straight into the columns that a clock engine replays.
    ///
    /// Lines that cannot be read are skipped and accounted for; in strict mode the first one ends the reading. Gzip is
    /// recognised by its first bytes and unpacked.
    ///
    /// - Throws: ``FormatError`` when nothing could be read, at the first problem in strict mode, or when the input is
    ///   of another format.
    /// - Complexity: O(*n*) in the bytes of the input.
    public static func readOperations(
        _ bytes: UnsafeRawBufferPointer,
        name: String = "",
        format: TraceFormat = .auto,
        options: ReadOptions = .file()
    ) throws(FormatError) -> OperationLog {
        try withPlainText(bytes, name: name, options: options) { (text, name) throws(FormatError) in
            let log: OperationLog
            switch format == .auto ? detect(text, name: name) : format {
            case .ops: log = OpsReader.read(text, options: options)
            case .std: log = STDReader.read(text, options: options)
            default:
                throw FormatError(
                    code: FaultCode.unknownFormat.rawValue,
                    name: name,
                    message: "not a log of operations",
                    expected: "ops JSONL or STD"
                )
            }
            if let error = log.error(name: name, strict: options.strict) { throw error }
            return log
        }
    }

    /// Reads ops JSONL or STD straight into the columns that a clock engine replays.
    public static func readOperations(
        _ bytes: [UInt8],
        name: String = "",
        format: TraceFormat = .auto,
        options: ReadOptions = .file()
    ) throws(FormatError) -> OperationLog {
        try bytes.withRawBytes { (raw) throws(FormatError) in
            try readOperations(raw, name: name, format: format, options: options)
        }
    }
}
