extension JSONCursor {
    /// Passes a number, `true`, `false` or `null`.
    ///
    /// - Returns: the offset behind it.
    mutating func scalar() throws(JSONFault) -> Int {
        let start = byteOffset
        let end: Int
        switch peek {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number().end
        case UInt8(ascii: "t"): end = try literal("true", at: start)
        case UInt8(ascii: "f"): end = try literal("false", at: start)
        case UInt8(ascii: "n"): end = try literal("null", at: start)
        default: throw JSONFault(.syntax, at: start, expected: "a value")
        }
        try endScalar(end)
        return end
    }

    private func literal(_ name: StaticString, at start: Int) throws(JSONFault) -> Int {
        for i in 0..<name.utf8CodeUnitCount where base[start + i] != name.utf8Start[i] {
            throw JSONFault(.syntax, at: start, expected: "a value")
        }
        return start + name.utf8CodeUnitCount
    }

    /// Moves to the next token; nothing but blanks may stand between `end` and it.
    @inline(__always)
    private mutating func endScalar(_ end: Int) throws(JSONFault) {
        guard end == Int(positions[at + 1]) || Byte.isBlank(base[end]) else {
            throw JSONFault(.syntax, at: end, expected: "a comma or a closing bracket")
        }
        at += 1
    }

    /// Passes a number of JSON's grammar that a double can hold.
    mutating func number() throws(JSONFault) -> JSONNumber {
        let start = byteOffset
        var number = JSONNumber(start: start)
        var p = start
        if base[p] == UInt8(ascii: "-") {
            number.isNegative = true
            p += 1
        }
        let digits = p
        while Byte.isDigit(base[p]) {
            let (product, high) = number.magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(base[p] &- UInt8(ascii: "0")))
            number.magnitude = sum
            if high || carry { number.overflows = true }
            p += 1
        }
        guard p > digits, p == digits + 1 || base[digits] != UInt8(ascii: "0") else {
            throw JSONFault(.invalidNumber, at: start)
        }
        if base[p] == UInt8(ascii: ".") {
            number.isInteger = false
            p += 1
            let fraction = p
            while Byte.isDigit(base[p]) { p += 1 }
            guard p > fraction else { throw JSONFault(.invalidNumber, at: start) }
        }
        var hasExponent = false
        if base[p] | 0x20 == UInt8(ascii: "e") {
            hasExponent = true
            number.isInteger = false
            p += 1
            if base[p] == UInt8(ascii: "+") || base[p] == UInt8(ascii: "-") { p += 1 }
            let exponent = p
            while Byte.isDigit(base[p]) { p += 1 }
            guard p > exponent else { throw JSONFault(.invalidNumber, at: start) }
        }
        number.end = p
        // Without an exponent it takes 309 digits to leave the range of a double.
        if hasExponent || p - start > 300 {
            guard double(number).isFinite else { throw JSONFault(.numberTooLarge, at: start) }
        }
        try endScalar(p)
        return number
    }

    /// A checked number as an integer, fractions rounded; `nil` when 64 bits cannot hold it.
    func integer(_ number: JSONNumber) -> Int64? {
        guard number.isInteger, !number.overflows else { return Int64(exactly: double(number).rounded()) }
        guard number.isNegative else { return Int64(exactly: number.magnitude) }
        return number.magnitude == Int64.min.magnitude ? .min : Int64(exactly: number.magnitude).map { -$0 }
    }

    /// The value of a checked number.
    func double(_ number: JSONNumber) -> Double {
        if number.isInteger, !number.overflows {
            let magnitude = Double(number.magnitude)
            return number.isNegative ? -magnitude : magnitude
        }
        return Double(String(decoding: bytes(number.start, number.end), as: UTF8.self)) ?? .nan
    }
}

/// A number in a JSON text.
struct JSONNumber {
    var start: Int
    var end = 0
    var isNegative = false
    /// Neither a fraction nor an exponent.
    var isInteger = true
    /// The digits before the point, unless they overflow.
    var magnitude: UInt64 = 0
    var overflows = false

    init(start: Int) { self.start = start }
}
