// Keys and the four kinds of string.

extension TOMLReader {
    /// A bare, quoted or dotted key; at least one part.
    mutating func key() throws(TOMLError) -> [String] {
        var path: [String] = []
        while true {
            guard path.count < Self.depthMax else { throw failure("a key has at most \(Self.depthMax) parts") }
            path.append(try keyPart())
            let end = offset
            skipBlank()
            guard take(".") else {
                offset = end
                return path
            }
            skipBlank()
        }
    }

    private mutating func keyPart() throws(TOMLError) -> String {
        if peek == UInt8(ascii: "\"") || peek == UInt8(ascii: "'") {
            guard !isNext("\"\"\""), !isNext("'''") else { throw failure("a key cannot be a multi-line string") }
            return try string()
        }
        let start = offset
        while let byte = peek, Self.isBare(byte) { offset += 1 }
        guard offset > start else { throw failure("expected a key: letters, digits, _ and -, or a quoted string") }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// A string of any kind, at its first quote.
    mutating func string() throws(TOMLError) -> String {
        if isNext("\"\"\"") { return try multiline(quote: UInt8(ascii: "\"")) }
        if isNext("'''") { return try multiline(quote: UInt8(ascii: "'")) }
        let start = offset
        let quote = bytes[offset]
        offset += 1
        var text: [UInt8] = []
        while let byte = peek {
            if byte == quote {
                offset += 1
                return String(decoding: text, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                try escape(into: &text)
                continue
            }
            guard !Self.isControl(byte) else { throw controlFailure(byte, in: "a string that ends on its line") }
            text.append(byte)
            offset += 1
        }
        throw failure("the string that begins here does not end", at: start)
    }

    private mutating func multiline(quote: UInt8) throws(TOMLError) -> String {
        let start = offset
        offset += 3
        _ = takeNewline()
        var text: [UInt8] = []
        while let byte = peek {
            if byte == quote {
                var run = 0
                while run < 5, peek(run) == quote { run += 1 }
                if run >= 3 {
                    // Up to two quotes may stand directly before the closing three.
                    text.append(contentsOf: repeatElement(quote, count: run - 3))
                    offset += run
                    return String(decoding: text, as: UTF8.self)
                }
                text.append(contentsOf: repeatElement(quote, count: run))
                offset += run
            } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                if try !skipContinuation() { try escape(into: &text) }
            } else if takeNewline() {
                text.append(UInt8(ascii: "\n"))
            } else {
                guard !Self.isControl(byte) else { throw controlFailure(byte, in: "a string") }
                text.append(byte)
                offset += 1
            }
        }
        throw failure("the string that begins here does not end", at: start)
    }

    /// A backslash at the end of a line swallows the break and every blank after it.
    private mutating func skipContinuation() throws(TOMLError) -> Bool {
        let start = offset
        offset += 1
        skipBlank()
        guard takeNewline() else {
            offset = start
            return false
        }
        while true {
            skipBlank()
            if !takeNewline() { return true }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(TOMLError) {
        let start = offset
        offset += 1
        guard let byte = peek else { throw failure("the string ends inside an escape", at: start) }
        offset += 1
        switch byte {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(byte)
        case UInt8(ascii: "u"): text.append(contentsOf: try scalarEscape(digits: 4, at: start))
        case UInt8(ascii: "U"): text.append(contentsOf: try scalarEscape(digits: 8, at: start))
        default:
            throw failure(
                "unknown escape; known are \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX \\UXXXXXXXX, or use a 'literal string'",
                at: start
            )
        }
    }

    private mutating func scalarEscape(digits: Int, at start: Int) throws(TOMLError) -> [UInt8] {
        var code: UInt32 = 0
        for _ in 0..<digits {
            guard let byte = peek, let digit = Self.hexDigit(byte) else {
                throw failure("expected \(digits) hexadecimal digits in the escape", at: start)
            }
            code = code << 4 | digit
            offset += 1
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure("the escape is no Unicode character", at: start) }
        return Array(String(scalar).utf8)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }

    private func controlFailure(_ byte: UInt8, in place: String) -> TOMLError {
        failure(
            byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
                ? "the line ends inside \(place)"
                : "\(place) has no control characters; write them as escapes"
        )
    }
}
