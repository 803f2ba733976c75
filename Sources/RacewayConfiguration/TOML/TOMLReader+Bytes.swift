import JSONText

// The byte level: looking ahead, blanks, ends of lines, errors.

extension TOMLReader {
    /// The byte to read next, `nil` at the end.
    var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    func peek(_ distance: Int) -> UInt8? { offset + distance < bytes.count ? bytes[offset + distance] : nil }

    /// Reads a character if it is the next one.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let byte = peek, UInt32(byte) == character.value else { return false }
        offset += 1
        return true
    }

    /// True when the bytes from here on begin with `text`.
    func isNext(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[offset...].starts(with: $0) }
    }

    mutating func skipBlank() {
        while let byte = peek, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { offset += 1 }
    }

    /// Blanks, comments and line ends, as arrays allow between their parts.
    mutating func skipLines() throws(TOMLError) {
        while true {
            skipBlank()
            switch peek {
            case UInt8(ascii: "#"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): try endOfLine("a value")
            default: return
            }
        }
    }

    /// A comment if there is one, and the end of the line or of the document.
    mutating func endOfLine(_ expected: String) throws(TOMLError) {
        skipBlank()
        if take("#") { try skipComment() }
        if peek == nil || takeNewline() { return }
        throw failure("expected \(expected)")
    }

    private mutating func skipComment() throws(TOMLError) {
        while let byte = peek, byte != UInt8(ascii: "\n"), !isNext("\r\n") {
            guard !Self.isControl(byte) else { throw failure("a comment has no control characters") }
            offset += 1
        }
    }

    /// LF or CR LF.
    mutating func takeNewline() -> Bool {
        if take("\n") { return true }
        guard isNext("\r\n") else { return false }
        offset += 2
        return true
    }

    /// Control characters other than the tab, which no string or comment may hold.
    static func isControl(_ byte: UInt8) -> Bool { (byte < 0x20 && byte != 0x09) || byte == 0x7F }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    func failure(_ message: String, at offset: Int? = nil) -> TOMLError {
        TOMLError(position: TOMLPosition(of: offset ?? self.offset, in: bytes), message: message)
    }

    /// A key path as it may stand in an error.
    static func printable(_ path: [String]) -> String { Printable.text(path.joined(separator: "."), limit: 80) }

    /// Where the first malformed sequence begins.
    static func firstInvalidUTF8(_ bytes: [UInt8]) -> Int? {
        var iterator = bytes.makeIterator()
        var decoder = UTF8()
        var offset = 0
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): offset += UTF8.width(scalar)
            case .emptyInput: return nil
            case .error: return offset
            }
        }
    }
}
