public import TraceModel

/// OpenTelemetry protocol: the bodies of `/v1/traces` and `/v1/logs`, and files of them.
///
/// Spans that cannot be used (an id of the wrong length or of zeros, broken bytes) are skipped alone. Span events and
/// log records of the `race.*` convention become rows of the batch, see ``SpanProjection``.
public enum OTLPReader {
    /// How a body is written.
    public enum Encoding: Sendable {
        case json
        case protobuf
    }

    /// Decodes one request body, traces or logs.
    ///
    /// - Returns: the spans; `records` counts spans and log records, `skipped` those that were rejected, be it all of
    ///   them: a request whose every span is rejected is a partial success by the protocol, and an empty one a success.
    /// - Throws: ``FormatError`` when the body as a whole cannot be read.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer,
        as encoding: Encoding,
        options: ReadOptions = ReadOptions()
    ) throws(FormatError) -> TraceDocument {
        guard bytes.count <= min(options.inputBytesMax, ReadOptions.inputBytesCeiling) else {
            throw FormatError(code: FaultCode.tooLarge.rawValue, message: FaultCode.tooLarge.text)
        }
        return switch encoding {
        case .json: try OTLPJSON.read(bytes, name: "", options: options, use: .body)
        case .protobuf: try OTLPProtobuf.read(bytes, name: "", options: options, use: .body)
        }
    }

    /// Decodes one request body, traces or logs.
    public static func decode(
        _ bytes: [UInt8],
        as encoding: Encoding,
        options: ReadOptions = ReadOptions()
    ) throws(FormatError) -> TraceDocument {
        try bytes.withRawBytes { (raw) throws(FormatError) in try decode(raw, as: encoding, options: options) }
    }

    static func readFile(
        _ bytes: UnsafeRawBufferPointer,
        name: String,
        options: ReadOptions
    ) throws(FormatError) -> TraceDocument {
        let first = bytes.first { !Byte.isBlank($0) }
        let isJSON = first == Byte.openBrace || first == Byte.openBracket
        return isJSON && !isProtobuf(bytes)
            ? try OTLPJSON.read(bytes, name: name, options: options, use: .file)
            : try OTLPProtobuf.read(bytes, name: name, options: options, use: .file)
    }

    /// True for the framing of a protobuf body. Its first byte is a line feed, which JSON may also begin with.
    static func isProtobuf(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.first == Byte.newline && OTLPProtobuf.looksLike(bytes)
    }
}
