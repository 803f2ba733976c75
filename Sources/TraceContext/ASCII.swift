/// Byte classes of the header grammars.
enum ASCII {
    static let tab = UInt8(ascii: "\t")
    static let space = UInt8(ascii: " ")
    static let comma = UInt8(ascii: ",")
    static let semicolon = UInt8(ascii: ";")
    static let equals = UInt8(ascii: "=")
    static let dash = UInt8(ascii: "-")
    static let percent = UInt8(ascii: "%")

    static func lowercased(_ byte: UInt8) -> UInt8 {
        isUpper(byte) ? byte | 0x20 : byte
    }

    static func isUpper(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") }

    static func isLower(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    /// Optional white space of HTTP (RFC 9110, section 5.6.3).
    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    /// `token` of RFC 9110, section 5.6.2.
    static func isToken(_ byte: UInt8) -> Bool {
        if isLower(byte) || isUpper(byte) || isDigit(byte) { return true }
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), percent, UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), dash, UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
            UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            return true
        default:
            return false
        }
    }

    /// `keychar` of tracestate, levels 2 and 3.
    static func isStateKey(_ byte: UInt8) -> Bool {
        if isLower(byte) || isDigit(byte) { return true }
        switch byte {
        case UInt8(ascii: "_"), dash, UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "@"): return true
        default: return false
        }
    }

    /// `chr` of tracestate: printable ASCII and the blank, without comma and equals sign.
    static func isStateValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte <= 0x7e && byte != comma && byte != equals
    }

    /// `baggage-octet`: printable ASCII without blank, double quote, comma, semicolon and backslash.
    static func isBaggage(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte <= 0x7e && byte != UInt8(ascii: "\"") && byte != comma && byte != semicolon
            && byte != UInt8(ascii: "\\")
    }

    /// The value of a lower-case hexadecimal digit, or `nil`.
    static func lowerHexValue(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte - UInt8(ascii: "0") }
        if byte >= UInt8(ascii: "a"), byte <= UInt8(ascii: "f") { return byte - UInt8(ascii: "a") + 10 }
        return nil
    }
}

extension ArraySlice<UInt8> {
    /// Without the blanks and tabs at both ends.
    func trimmed() -> ArraySlice<UInt8> {
        var slice = self
        while let first = slice.first, ASCII.isBlank(first) { slice.removeFirst() }
        while let last = slice.last, ASCII.isBlank(last) { slice.removeLast() }
        return slice
    }

    /// As text; the bytes were checked to be ASCII, or are repaired with U+FFFD.
    var text: String { String(decoding: self, as: UTF8.self) }
}

/// Calls `body` with each part of `bytes` between separators, in order; an empty input has one empty part.
///
/// - Complexity: O(*n*); nothing is collected, so a megabyte of commas costs no memory.
func forEachPart<Failure: Error>(
    of bytes: ArraySlice<UInt8>,
    separatedBy separator: UInt8,
    _ body: (ArraySlice<UInt8>) throws(Failure) -> Void
) throws(Failure) {
    var start = bytes.startIndex
    var index = start
    while index < bytes.endIndex {
        if bytes[index] == separator {
            try body(bytes[start..<index])
            start = index + 1
        }
        index += 1
    }
    try body(bytes[start..<bytes.endIndex])
}
