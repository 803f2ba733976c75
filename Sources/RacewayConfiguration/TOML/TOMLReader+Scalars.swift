// Booleans, numbers, dates and times: everything that is one word.

extension TOMLReader {
    /// A value that is no string, array or table.
    mutating func scalar() throws(TOMLError) -> TOMLValue {
        let start = offset
        var word = takeWord()
        if Self.isDate(word), isNext(" "), let next = peek(1), Self.isDigit(next) {
            // The one blank that may stand inside a value: between a date and a time.
            let end = offset
            offset += 1
            let time = takeWord()
            if TOMLDateTime.isTime(time, mayHaveZone: true) { word += [UInt8(ascii: " ")] + time } else { offset = end }
        }
        guard !word.isEmpty else { throw failure("expected a value") }
        if word == Array("true".utf8) { return .boolean(true) }
        if word == Array("false".utf8) { return .boolean(false) }
        if let number = try TOMLNumber.parse(word, failing: { failure($0, at: start) }) { return number }
        if TOMLDateTime.isValid(word) { return .dateTime(String(decoding: word, as: UTF8.self)) }
        throw failure(
            Self.isDate(Array(word.prefix(10)))
                ? "this date or time does not exist"
                : "expected a value: a string in quotes, a number, true, false, a date, an array or an inline table",
            at: start
        )
    }

    private mutating func takeWord() -> [UInt8] {
        let start = offset
        while let byte = peek, Self.isWord(byte) { offset += 1 }
        return Array(bytes[start..<offset])
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: ":"):
            true
        default: false
        }
    }

    private static func isDate(_ word: [UInt8]) -> Bool {
        word.count == 10 && word[4] == UInt8(ascii: "-") && word[7] == UInt8(ascii: "-")
    }
}

/// Integers and floats.
enum TOMLNumber {
    /// The number that a word is; `nil` when it is none.
    static func parse(
        _ word: [UInt8],
        failing failure: (String) -> TOMLError
    ) throws(TOMLError) -> TOMLValue? {
        var digits = word[...]
        let sign = digits.first == UInt8(ascii: "+") || digits.first == UInt8(ascii: "-") ? digits.removeFirst() : nil
        let text = String(decoding: digits, as: UTF8.self)
        let isNegative = sign == UInt8(ascii: "-")
        if text == "inf" { return .float(isNegative ? -.infinity : .infinity) }
        if text == "nan" { return .float(.nan) }
        if sign == nil, let radix = radix(of: digits) { return try integer(digits.dropFirst(2), radix, failure) }
        guard let first = digits.first, TOMLReader.isDigit(first) else { return nil }

        var part = digits[...]
        guard let whole = takeDigits(&part) else { return nil }
        let isInteger = part.isEmpty
        var plain = whole
        if part.first == UInt8(ascii: ".") {
            part.removeFirst()
            guard let fraction = takeDigits(&part) else { return nil }
            plain += [UInt8(ascii: ".")] + fraction
        }
        if let byte = part.first, byte | 0x20 == UInt8(ascii: "e") {
            part.removeFirst()
            plain.append(UInt8(ascii: "e"))
            if let byte = part.first, byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") {
                plain.append(byte)
                part.removeFirst()
            }
            guard let exponent = takeDigits(&part) else { return nil }
            plain += exponent
        }
        guard part.isEmpty else { return nil }
        guard whole.count == 1 || whole[0] != UInt8(ascii: "0") else {
            throw failure("a number does not begin with 0; write octal numbers as 0o17")
        }
        let number = (isNegative ? "-" : "") + String(decoding: plain, as: UTF8.self)
        if isInteger {
            guard let value = Int64(number) else { throw failure("the integer does not fit into 64 bits") }
            return .integer(value)
        }
        return Double(number).map { .float($0) }
    }

    private static func radix(of digits: ArraySlice<UInt8>) -> Int? {
        guard digits.count > 2, digits.first == UInt8(ascii: "0") else { return nil }
        return switch digits[digits.startIndex + 1] {
        case UInt8(ascii: "x"): 16
        case UInt8(ascii: "o"): 8
        case UInt8(ascii: "b"): 2
        default: nil
        }
    }

    private static func integer(
        _ digits: ArraySlice<UInt8>,
        _ radix: Int,
        _ failure: (String) -> TOMLError
    ) throws(TOMLError) -> TOMLValue? {
        guard let plain = withoutUnderscores(digits), plain.first != UInt8(ascii: "+"), plain.first != UInt8(ascii: "-")
        else { return nil }
        let text = String(decoding: plain, as: UTF8.self)
        if let value = Int64(text, radix: radix) { return .integer(value) }
        let isNumber = text.allSatisfy { $0.hexDigitValue.map { $0 < radix } ?? false }
        if isNumber { throw failure("the integer does not fit into 64 bits") }
        return nil
    }

    /// Decimal digits from the front, underscores only between two of them; `nil` when there is none.
    private static func takeDigits(_ bytes: inout ArraySlice<UInt8>) -> [UInt8]? {
        let run = bytes.prefix { TOMLReader.isDigit($0) || $0 == UInt8(ascii: "_") }
        bytes = bytes.dropFirst(run.count)
        return withoutUnderscores(run)
    }

    private static func withoutUnderscores(_ run: ArraySlice<UInt8>) -> [UInt8]? {
        let underscore = UInt8(ascii: "_")
        guard let first = run.first, let last = run.last, first != underscore, last != underscore else { return nil }
        var previous: UInt8 = 0
        var digits: [UInt8] = []
        digits.reserveCapacity(run.count)
        for byte in run {
            if byte == underscore && previous == underscore { return nil }
            if byte != underscore { digits.append(byte) }
            previous = byte
        }
        return digits
    }
}
