/// A named value with its type kept.
public struct Attribute: Sendable, Hashable {
    /// Name as sent.
    public var key: String
    /// Value with its type.
    public var value: AttributeValue

    /// Makes an attribute.
    public init(_ key: String, _ value: AttributeValue) {
        self.key = key
        self.value = value
    }
}

/// The value types of OpenTelemetry attributes.
public indirect enum AttributeValue: Sendable, Hashable {
    case empty
    case string(String)
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case bytes([UInt8])
    case array([AttributeValue])
    case map([Attribute])

    /// The string, when it is one.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value as a short text for display; arrays and maps in JSON-like notation.
    public var text: String {
        switch self {
        case .empty: ""
        case .string(let text): text
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .double(let number): String(number)
        case .bytes(let bytes): bytes.map { String($0, radix: 16) }.joined()
        case .array(let items): "[" + items.map(\.text).joined(separator: ",") + "]"
        case .map(let items): "{" + items.map { $0.key + ":" + $0.value.text }.joined(separator: ",") + "}"
        }
    }
}

extension [Attribute] {
    /// The last value under `key`, since OpenTelemetry says duplicates should not happen and the last one wins.
    public subscript(_ key: String) -> AttributeValue? {
        last { $0.key == key }?.value
    }
}
