/// JSON values in the notation that existing clients search for: `Number(15)`, `String("x")`, `Some(Number(10))`.
package enum DebugText {
    /// Characters after which a value is cut short.
    static let lengthMax = 200

    /// A value; `Null` when it is absent.
    package static func value(_ json: String?) -> String {
        var text = render(Array((json ?? "null").utf8)[...])
        if text.count > lengthMax { text = String(text.prefix(lengthMax)) + "…" }
        return text
    }

    /// An optional value: JSON `null` and absence are both `None`.
    package static func optional(_ json: String?) -> String {
        guard let json, json != "null" else { return "None" }
        return "Some(\(value(json)))"
    }

    private static func render(_ json: ArraySlice<UInt8>) -> String {
        let text = String(decoding: json.prefix(4 * lengthMax), as: UTF8.self)
        switch json.first {
        case UInt8(ascii: "\""): return "String(\(text))"
        case UInt8(ascii: "{"): return "Object \(text)"
        case UInt8(ascii: "["): return "Array \(text)"
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return "Bool(\(text))"
        case UInt8(ascii: "n"), nil: return "Null"
        default: return "Number(\(text))"
        }
    }
}
