import TraceModel

extension JSONCursor {
    /// Checks the escapes between two quotes.
    func checkEscapes(_ start: Int, _ end: Int) throws(JSONFault) {
        var i = start
        while i < end {
            guard base[i] == Byte.backslash else {
                i += 1
                continue
            }
            i = try escape(at: i, end: end).next
        }
    }

    /// Appends the characters of a checked string.
    func unescape(_ string: JSONString, into target: inout [UInt8]) {
        var i = string.start
        while i < string.end {
            guard base[i] == Byte.backslash else {
                target.append(base[i])
                i += 1
                continue
            }
            // The string was checked when it was passed.
            guard let (scalar, next) = try? escape(at: i, end: string.end) else { return }
            target.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            i = next
        }
    }

    /// The characters of a checked string.
    func unescaped(_ string: JSONString) -> [UInt8] {
        var target: [UInt8] = []
        unescape(string, into: &target)
        return target
    }

    /// The character that the escape at `start` stands for, and the offset behind it.
    private func escape(at start: Int, end: Int) throws(JSONFault) -> (scalar: Unicode.Scalar, next: Int) {
        guard start + 1 < end else { throw JSONFault(.invalidEscape, at: start) }
        switch base[start + 1] {
        case UInt8(ascii: "\""): return ("\"", start + 2)
        case UInt8(ascii: "\\"): return ("\\", start + 2)
        case UInt8(ascii: "/"): return ("/", start + 2)
        case UInt8(ascii: "b"): return ("\u{8}", start + 2)
        case UInt8(ascii: "f"): return ("\u{C}", start + 2)
        case UInt8(ascii: "n"): return ("\n", start + 2)
        case UInt8(ascii: "r"): return ("\r", start + 2)
        case UInt8(ascii: "t"): return ("\t", start + 2)
        case UInt8(ascii: "u"): return try unicodeEscape(at: start, end: end)
        default: throw JSONFault(.invalidEscape, at: start)
        }
    }

    private func unicodeEscape(at start: Int, end: Int) throws(JSONFault) -> (scalar: Unicode.Scalar, next: Int) {
        let unit = try hexUnit(at: start, end: end)
        if let scalar = Unicode.Scalar(unit) { return (scalar, start + 6) }
        guard unit < 0xDC00, start + 12 <= end, base[start + 6] == Byte.backslash,
            base[start + 7] == UInt8(ascii: "u")
        else { throw JSONFault(.loneSurrogate, at: start) }
        let low = try hexUnit(at: start + 6, end: end)
        guard low >= 0xDC00, low <= 0xDFFF,
            let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
        else { throw JSONFault(.loneSurrogate, at: start) }
        return (scalar, start + 12)
    }

    /// The code unit of `\uXXXX` at `start`.
    private func hexUnit(at start: Int, end: Int) throws(JSONFault) -> UInt32 {
        guard start + 6 <= end else { throw JSONFault(.invalidEscape, at: start) }
        var unit: UInt32 = 0
        for i in 2..<6 {
            let digit = UUIDText.hexValue(base[start + i])
            guard digit < 16 else { throw JSONFault(.invalidEscape, at: start) }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }
}
