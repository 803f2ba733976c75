import TraceModel

/// Walking a checked text by member names, for formats with few, large records.
///
/// The text was passed once by ``JSONCursor/skip(depth:)``, so that brackets match and nesting is bounded: what can still be wrong is
/// a type or a value.
extension JSONCursor {
    /// Calls `body` before the value of each member of the object that is next; `body` has to move behind it. `null` has no members.
    mutating func members(_ body: (inout JSONCursor, String) throws(JSONFault) -> Void) throws(JSONFault) {
        if try takeNull() { return }
        guard try enter(Byte.openBrace) else { return }
        repeat {
            let key = try key()
            try body(&self, text(key))
        } while try more(Byte.openBrace)
    }

    /// Calls `body` before each element of the array that is next; `body` has to move behind it. `null` has no elements.
    mutating func elements(_ body: (inout JSONCursor, Int) throws(JSONFault) -> Void) throws(JSONFault) {
        if try takeNull() { return }
        guard try enter(Byte.openBracket) else { return }
        var index = 0
        repeat {
            try body(&self, index)
            index += 1
        } while try more(Byte.openBracket)
    }

    /// Passes the value that is next, which nobody wants.
    mutating func ignore() throws(JSONFault) { _ = try skip(depth: 0) }

    /// Passes `null` when it is next.
    mutating func takeNull() throws(JSONFault) -> Bool {
        guard peek == UInt8(ascii: "n") else { return false }
        try ignore()
        return true
    }

    /// The characters of a string.
    func text(_ string: JSONString) -> String {
        guard string.isEscaped else { return String(decoding: bytes(string.start, string.end), as: UTF8.self) }
        var scratch: [UInt8] = []
        scratch.reserveCapacity(string.count)
        unescape(string, into: &scratch)
        return String(decoding: scratch, as: UTF8.self)
    }

    /// A string; empty for `null`.
    mutating func textValue() throws(JSONFault) -> String {
        if try takeNull() { return "" }
        return text(try string())
    }

    /// An integer, as a number or as a string, the way protobuf writes 64 bits.
    mutating func integerValue() throws(JSONFault) -> Int64 {
        let start = byteOffset
        if try takeNull() { return 0 }
        if peek == Byte.quote {
            guard let value = Int64(text(try string())) else {
                throw JSONFault(.wrongType, at: start, expected: "an integer")
            }
            return value
        }
        let number = try number()
        let value: Int64?
        if number.isInteger, !number.overflows {
            value =
                number.isNegative
                ? Int64(exactly: number.magnitude).map { -$0 } : Int64(exactly: number.magnitude)
        } else {
            value = Int64(exactly: double(number).rounded())
        }
        guard let value else { throw JSONFault(.numberTooLarge, at: start, expected: "64 bits") }
        return value
    }

    /// An integer that cannot be negative and is cut to 32 bits, for counts.
    mutating func countValue() throws(JSONFault) -> UInt32 { UInt32(clamping: try integerValue()) }

    /// A number; `NaN` and the infinities come as strings.
    mutating func doubleValue() throws(JSONFault) -> Double {
        let start = byteOffset
        if peek == Byte.quote {
            switch text(try string()) {
            case "NaN": return .nan
            case "Infinity": return .infinity
            case "-Infinity": return -.infinity
            case let other:
                guard let value = Double(other) else {
                    throw JSONFault(.wrongType, at: start, expected: "a number")
                }
                return value
            }
        }
        return double(try number())
    }

    /// `true` or `false`.
    mutating func truthValue() throws(JSONFault) -> Bool {
        let first = peek
        guard first == UInt8(ascii: "t") || first == UInt8(ascii: "f") else {
            throw JSONFault(.wrongType, at: byteOffset, expected: "true or false")
        }
        try ignore()
        return first == UInt8(ascii: "t")
    }

    /// Any value as an attribute: objects become maps.
    mutating func anyValue() throws(JSONFault) -> AttributeValue {
        switch peek {
        case Byte.quote: return .string(text(try string()))
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(try truthValue())
        case UInt8(ascii: "n"):
            try ignore()
            return .empty
        case Byte.openBracket:
            var items: [AttributeValue] = []
            try elements { cursor, _ throws(JSONFault) in items.append(try cursor.anyValue()) }
            return .array(items)
        case Byte.openBrace:
            var items: [Attribute] = []
            try members { cursor, key throws(JSONFault) in items.append(Attribute(key, try cursor.anyValue())) }
            return .map(items)
        default:
            let number = try number()
            guard number.isInteger, !number.overflows, let magnitude = Int64(exactly: number.magnitude) else {
                return .double(double(number))
            }
            return .int(number.isNegative ? -magnitude : magnitude)
        }
    }
}
