/// Why one JSON value could not be read. Trivial to copy, so that throwing it costs no allocation.
struct JSONFault: Error {
    var code: FaultCode
    /// Offset into the text.
    var byte: Int
    /// What would have been right.
    var expected: StaticString

    init(_ code: FaultCode, at byte: Int, expected: StaticString = "") {
        self.code = code
        self.byte = byte
        self.expected = expected
    }
}

extension FaultCode {
    /// The reason as a sentence part.
    var text: String {
        switch self {
        case .syntax: "invalid JSON"
        case .emptyInput: "no JSON value"
        case .unclosedString: "a string is not closed"
        case .controlInString: "control character in a string"
        case .invalidUTF8: "invalid UTF-8"
        case .invalidEscape: "invalid escape in a string"
        case .loneSurrogate: "lone surrogate in a string"
        case .invalidNumber: "invalid number"
        case .numberTooLarge: "number out of range"
        case .tooDeep: "nested too deeply"
        case .missingField: "missing"
        case .duplicateField: "appears twice"
        case .duplicateRecord: "the record appears twice"
        case .wrongType: "wrong type"
        case .invalidID: "not a UUID"
        case .invalidTraceID: "not a trace id"
        case .invalidSpanID: "not a span id"
        case .malformed: "malformed message"
        case .truncated: "ends within a message"
        case .invalidTimestamp: "not an RFC 3339 timestamp with a zone"
        case .timestampOutOfRange: "timestamp outside 1677 to 2262"
        case .invalidValue: "unknown value"
        case .stringTooLong: "string too long"
        case .wrongShape: "wrong shape"
        case .tooLarge: "too large"
        case .badGzip: "not a valid gzip stream"
        case .noMemory: "not enough memory"
        case .unknownFormat: "unknown format"
        }
    }
}
