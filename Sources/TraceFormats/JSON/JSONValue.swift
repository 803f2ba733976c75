/// A string in a JSON text: the range between its quotes.
struct JSONString {
    var start: Int
    var end: Int
    /// True when it holds at least one escape.
    var isEscaped: Bool

    var count: Int { end - start }
}

/// A checked value in a JSON text.
struct JSONValue {
    var start: Int
    var end: Int
    /// Index of its first token, to walk into it again.
    var token: Int
    /// Its first byte, which tells its type.
    var first: UInt8

    static let absent = JSONValue(start: 0, end: 0, token: 0, first: 0)

    var isAbsent: Bool { first == 0 }
    /// The literal `null`, or not there at all.
    var isNull: Bool { first == 0 || first == UInt8(ascii: "n") }
    var isString: Bool { first == Byte.quote }
    var isNumber: Bool { first == UInt8(ascii: "-") || (first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9")) }
    var isObject: Bool { first == Byte.openBrace }
    var isArray: Bool { first == Byte.openBracket }
    var count: Int { end - start }
}

/// Bytes with a meaning in JSON.
enum Byte {
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")
    static let newline = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")

    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == space || (byte >= 9 && byte <= 13 && byte != 11 && byte != 12)
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
