import JSONText
import TraceModel

extension JSONWriter {
    /// An attribute's value as plain JSON; bytes as base64, numbers that JSON lacks as text.
    mutating func value(attribute: AttributeValue) {
        switch attribute {
        case .empty: null()
        case .string(let text): value(text)
        case .bool(let flag): value(flag)
        case .int(let number): value(number)
        case .double(let number): if number.isFinite { value(number) } else { value(Self.text(number)) }
        case .bytes(let bytes): value(Base64.encode(bytes))
        case .array(let items):
            array { json in for item in items { json.value(attribute: item) } }
        case .map(let items):
            object { json in for item in items { json.member(item.key, attribute: item.value) } }
        }
    }

    /// A member with an attribute's value.
    mutating func member(_ key: String, attribute: AttributeValue) {
        self.key(key)
        value(attribute: attribute)
    }

    /// The names that protobuf gives to numbers that JSON lacks.
    static func text(_ number: Double) -> String {
        number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity"
    }
}

extension AttributeValue {
    /// The value as one text for formats whose tags are texts: strings as they are, anything else as JSON.
    package var tagText: String {
        if case .string(let text) = self { return text }
        if case .empty = self { return "" }
        var json = JSONWriter()
        json.value(attribute: self)
        guard case .bytes = self else { return json.text }
        return String(json.text.dropFirst().dropLast())
    }
}
