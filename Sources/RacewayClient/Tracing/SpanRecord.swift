import Synchronization
import Tracing

/// What is known of a span; events refer to it, and read its attributes when they are sent.
final class SpanRecord: Sendable {
    struct Values: Sendable {
        var name: String
        var attributes: SpanAttributes = [:]
        var isFailed = false
        var isEnded = false
        /// A request was sent from here, so the end of the span is its answer.
        var hasSentRequest = false
    }

    let kind: SpanKind
    let function: String
    let location: SourceLocation
    /// Nanoseconds since 1970.
    let start: Int64
    let values: Mutex<Values>

    init(name: String, kind: SpanKind, function: String, location: SourceLocation, start: Int64) {
        self.kind = kind
        self.function = function
        self.location = location
        self.start = start
        values = Mutex(Values(name: name))
    }

    /// A request that comes in, so that the span's end is the answer.
    var isServer: Bool { kind == .server }

    /// A text or number among the attributes under the first of these names that is there.
    static func attribute(_ names: String..., in attributes: SpanAttributes) -> RecordedValue? {
        for name in names {
            if let value = attributes[name] { return RecordedValue(value.toSpanAttribute()) }
        }
        return nil
    }
}

extension RecordedValue {
    /// A span attribute as a value.
    init(_ attribute: SpanAttribute) {
        switch attribute {
        case .int32(let value): self = .integer(Int64(value))
        case .int64(let value): self = .integer(value)
        case .double(let value): self = .number(value)
        case .bool(let value): self = .bool(value)
        case .string(let value): self = .text(value)
        case .int32Array(let values): self = values.recordedValue
        case .int64Array(let values): self = values.recordedValue
        case .doubleArray(let values): self = values.recordedValue
        case .boolArray(let values): self = values.recordedValue
        case .stringArray(let values): self = values.recordedValue
        case .stringConvertible(let value): self = .text(value.description)
        case .stringConvertibleArray(let values): self = .list(values.map { .text($0.description) })
        default: self = .absent
        }
    }

    /// The value as running text, for tags.
    var plainText: String {
        switch self {
        case .absent, .null: ""
        case .bool(let value): String(value)
        case .integer(let value): String(value)
        case .unsigned(let value): String(value)
        case .number(let value): value.description
        case .text(let value): value
        case .list(let values): values.map(\.plainText).joined(separator: ", ")
        }
    }
}
