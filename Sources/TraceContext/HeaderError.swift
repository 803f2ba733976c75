/// The headers that carry a trace from one process to the next, under their canonical lower-case names.
public enum PropagationHeader: String, Sendable, CaseIterable {
    /// W3C Trace Context, the position in the trace.
    case traceparent
    /// W3C Trace Context, one entry a tracing system.
    case tracestate
    /// W3C Baggage, values of the application.
    case baggage
    /// The sender's vector clock and the span id it chose for the receiver.
    case racewayClock = "raceway-clock"

    /// The header with this name in any case, or `nil`.
    ///
    /// - Complexity: O(1): a name of another length is not looked at.
    public init?(name: some StringProtocol) {
        let bytes = name.utf8
        switch bytes.count {
        case 7: self = .baggage
        case 10: self = .tracestate
        case 11: self = .traceparent
        case 13: self = .racewayClock
        default: return nil
        }
        guard zip(bytes, rawValue.utf8).allSatisfy({ ASCII.lowercased($0) == $1 }) else { return nil }
    }
}

/// Why a header, or one member of it, was not used.
///
/// The text names header, place and rule, never the value: headers carry application data.
public struct HeaderError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A closed set of reasons; new ones may be added without breaking a `switch` elsewhere.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Reason: String {
            case empty, tooShort, tooLong, tooManyMembers, duplicate, version, character, allZero
            case separator, key, value, property, base64, json, missingField, field, otherTrace
        }

        private let reason: Reason

        /// Nothing but white space.
        public static let empty = Code(reason: .empty)
        /// Fewer characters than the format has.
        public static let tooShort = Code(reason: .tooShort)
        /// More characters than the format or this implementation allows.
        public static let tooLong = Code(reason: .tooLong)
        /// More list members than the format allows.
        public static let tooManyMembers = Code(reason: .tooManyMembers)
        /// The header came twice, or joined with a comma, although it holds one value.
        public static let duplicate = Code(reason: .duplicate)
        /// A version that is forbidden or unknown.
        public static let version = Code(reason: .version)
        /// A character that the field does not allow.
        public static let character = Code(reason: .character)
        /// An identifier of nothing but zeros.
        public static let allZero = Code(reason: .allZero)
        /// A separator is not where it must be.
        public static let separator = Code(reason: .separator)
        /// A member's key breaks the grammar.
        public static let key = Code(reason: .key)
        /// A member's value breaks the grammar.
        public static let value = Code(reason: .value)
        /// A property of a baggage member breaks the grammar.
        public static let property = Code(reason: .property)
        /// The payload is not base64url.
        public static let base64 = Code(reason: .base64)
        /// The payload is not JSON, or is nested too deeply.
        public static let json = Code(reason: .json)
        /// A required field is absent.
        public static let missingField = Code(reason: .missingField)
        /// A field has the wrong type or an impossible value, or comes twice.
        public static let field = Code(reason: .field)
        /// The clock belongs to another trace than the traceparent.
        public static let otherTrace = Code(reason: .otherTrace)

        /// The machine-readable name of the reason.
        public var description: String { reason.rawValue }

        fileprivate var sentence: String {
            switch reason {
            case .empty: "is empty"
            case .tooShort: "is too short"
            case .tooLong: "is too long"
            case .tooManyMembers: "has too many members"
            case .duplicate: "holds more than one value where one is allowed"
            case .version: "has a version that cannot be read"
            case .character: "contains a character that is not allowed here"
            case .allZero: "has an identifier of nothing but zeros"
            case .separator: "lacks a separator"
            case .key: "has a key that breaks the grammar"
            case .value: "has a value that breaks the grammar"
            case .property: "has a property that breaks the grammar"
            case .base64: "is not base64url"
            case .json: "does not hold a JSON object"
            case .missingField: "lacks a required field"
            case .field: "has a field of the wrong type or value"
            case .otherTrace: "belongs to another trace than traceparent"
            }
        }
    }

    /// The header concerned.
    public var header: PropagationHeader
    /// The rule it broke.
    public var code: Code
    /// Byte offset of the offence in its line.
    public var offset: Int

    init(_ header: PropagationHeader, _ code: Code, at offset: Int = 0) {
        self.header = header
        self.code = code
        self.offset = offset
    }

    public var description: String {
        "\(header.rawValue) \(code.sentence) (\(code) at byte \(offset))"
    }
}
