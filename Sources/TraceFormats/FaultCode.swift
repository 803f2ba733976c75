/// The closed list of reasons for which a record or an input is refused.
public enum FaultCode: String, Sendable, CaseIterable {
    // Not the format at all.
    case syntax
    case emptyInput = "empty_input"
    case unclosedString = "unclosed_string"
    case controlInString = "control_character"
    case invalidUTF8 = "invalid_utf8"
    case invalidEscape = "invalid_escape"
    case loneSurrogate = "lone_surrogate"
    case invalidNumber = "invalid_number"
    case numberTooLarge = "number_out_of_range"
    case tooDeep = "nesting_too_deep"

    // The format, with the wrong content.
    case missingField = "missing_field"
    case duplicateField = "duplicate_field"
    case duplicateRecord = "duplicate_record"
    case wrongType = "wrong_type"
    case invalidID = "invalid_id"
    case invalidTraceID = "invalid_trace_id"
    case invalidSpanID = "invalid_span_id"
    case invalidTimestamp = "invalid_timestamp"
    case timestampOutOfRange = "timestamp_out_of_range"
    case invalidValue = "invalid_value"
    case stringTooLong = "string_too_long"
    case wrongShape = "wrong_shape"

    // Binary formats.
    case malformed
    case truncated

    // Around the format.
    case tooLarge = "too_large"
    case badGzip = "bad_gzip"
    case noMemory = "no_memory"
    case unknownFormat = "unknown_format"

    /// True when a JSON parser would have refused the whole document for it.
    public var isSyntax: Bool {
        switch self {
        case .syntax, .emptyInput, .unclosedString, .controlInString, .invalidUTF8, .invalidEscape, .loneSurrogate,
            .invalidNumber, .tooDeep, .numberTooLarge:
            true
        default: false
        }
    }
}
