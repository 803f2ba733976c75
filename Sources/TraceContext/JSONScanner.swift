/// A strict reader of small JSON texts (RFC 8259), for header payloads of a few kilobytes.
///
/// It exists so that a client needs neither Foundation nor a C library for one header. Depth is bounded, so hostile
/// nesting cannot exhaust the stack.
struct JSONScanner {
    /// Why a text could not be read.
    struct Failure: Error {
        /// Where, in bytes.
        var offset: Int
    }

    private let bytes: [UInt8]
    private(set) var position = 0

    /// Nesting allowed in values that are skipped.
    static let depthMax = 16

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool {
        mutating get {
            skipBlanks()
            return position == bytes.count
        }
    }

    private var failure: Failure { Failure(offset: position) }

    mutating func skipBlanks() {
        while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
    }

    /// The next byte that is not blank, without taking it.
    mutating func peek() throws(Failure) -> UInt8 {
        skipBlanks()
        guard position < bytes.count else { throw failure }
        return bytes[position]
    }

    /// Takes `byte` when it is next.
    mutating func take(_ byte: UInt8) throws(Failure) -> Bool {
        guard try peek() == byte else { return false }
        position += 1
        return true
    }

    mutating func expect(_ byte: UInt8) throws(Failure) {
        guard try take(byte) else { throw failure }
    }

    /// Takes the words `true`, `false`, `null`.
    mutating func takeWord(_ word: StaticString) throws(Failure) -> Bool {
        _ = try peek()
        let text = word.withUTF8Buffer { Array($0) }
        guard bytes[position...].starts(with: text) else { return false }
        position += text.count
        return true
    }

    /// An integer without fraction or exponent that fits.
    mutating func unsigned() throws(Failure) -> UInt64 {
        _ = try peek()
        let start = position
        var value: UInt64 = 0
        while position < bytes.count, ASCII.isDigit(bytes[position]) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(bytes[position] - UInt8(ascii: "0")))
            guard !overflow, !carry else { throw failure }
            value = sum
            position += 1
        }
        let length = position - start
        guard length > 0, length == 1 || bytes[start] != UInt8(ascii: "0") else { throw failure }
        if position < bytes.count, [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(bytes[position]) {
            throw failure
        }
        return value
    }

    /// A string, unescaped. Bytes that are not UTF-8 and lone surrogates are failures.
    mutating func string() throws(Failure) -> String {
        try expect(UInt8(ascii: "\""))
        var text: [UInt8] = []
        while true {
            guard position < bytes.count else { throw failure }
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { break }
            guard byte >= 0x20 else { throw failure }
            if byte == UInt8(ascii: "\\") {
                try escape(into: &text)
            } else {
                text.append(byte)
            }
        }
        guard let string = String(validating: text, as: UTF8.self) else { throw failure }
        return string
    }

    private mutating func escape(into text: inout [UInt8]) throws(Failure) {
        guard position < bytes.count else { throw failure }
        let kind = bytes[position]
        position += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(kind)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try unit())
            if code >= 0xd800, code < 0xdc00 {
                guard bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else { throw failure }
                position += 2
                let low = UInt32(try unit())
                guard low >= 0xdc00, low < 0xe000 else { throw failure }
                code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure }
            text.append(contentsOf: String(Character(scalar)).utf8)
        default: throw failure
        }
    }

    private mutating func unit() throws(Failure) -> UInt16 {
        guard position + 4 <= bytes.count else { throw failure }
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = ASCII.lowerHexValue(ASCII.lowercased(bytes[position])) else { throw failure }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    /// Skips any value.
    mutating func skipValue(depth: Int = 0) throws(Failure) {
        guard depth < Self.depthMax else { throw failure }
        switch try peek() {
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "{"):
            position += 1
            if try take(UInt8(ascii: "}")) { return }
            repeat {
                _ = try string()
                try expect(UInt8(ascii: ":"))
                try skipValue(depth: depth + 1)
            } while try take(ASCII.comma)
            try expect(UInt8(ascii: "}"))
        case UInt8(ascii: "["):
            position += 1
            if try take(UInt8(ascii: "]")) { return }
            repeat { try skipValue(depth: depth + 1) } while try take(ASCII.comma)
            try expect(UInt8(ascii: "]"))
        case UInt8(ascii: "t"): guard try takeWord("true") else { throw failure }
        case UInt8(ascii: "f"): guard try takeWord("false") else { throw failure }
        case UInt8(ascii: "n"): guard try takeWord("null") else { throw failure }
        default: try skipNumber()
        }
    }

    private mutating func skipNumber() throws(Failure) {
        _ = try take(ASCII.dash)
        try digits(leadingZeroAllowed: false)
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            try digits(leadingZeroAllowed: true)
        }
        if position < bytes.count, ASCII.lowercased(bytes[position]) == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, [UInt8(ascii: "+"), ASCII.dash].contains(bytes[position]) { position += 1 }
            try digits(leadingZeroAllowed: true)
        }
    }

    private mutating func digits(leadingZeroAllowed: Bool) throws(Failure) {
        let start = position
        while position < bytes.count, ASCII.isDigit(bytes[position]) { position += 1 }
        let length = position - start
        guard length > 0, leadingZeroAllowed || length == 1 || bytes[start] != UInt8(ascii: "0") else { throw failure }
    }
}
