import TraceModel

extension RacewayDecoder {
    /// The symbol of a string.
    @inline(__always)
    mutating func intern(_ string: JSONString) throws(JSONFault) -> Symbol {
        guard string.count <= options.stringBytesMax else { throw JSONFault(.stringTooLong, at: string.start) }
        if !string.isEscaped { return document.batch.symbols.intern(bytes: cursor.bytes(string.start, string.end)) }
        scratch.removeAll(keepingCapacity: true)
        cursor.unescape(string, into: &scratch)
        return internScratch()
    }

    /// The symbol of the bytes in `scratch`.
    mutating func internScratch() -> Symbol {
        scratch.withUnsafeBufferPointer { document.batch.symbols.intern(bytes: $0) }
    }

    /// The symbol of a value that is a string.
    mutating func intern(_ value: JSONValue) throws(JSONFault) -> Symbol {
        guard value.isString else { throw JSONFault(.wrongType, at: value.start, expected: "a string") }
        return try intern(cursor.string(value))
    }

    /// The symbol of a value that names something: a string, or the text of a number or a boolean.
    mutating func internName(_ value: JSONValue) throws(JSONFault) -> Symbol {
        if value.isString { return try intern(cursor.string(value)) }
        guard !value.isObject, !value.isArray else {
            throw JSONFault(.wrongType, at: value.start, expected: "a string or a number")
        }
        return try intern(JSONString(start: value.start, end: value.end, isEscaped: false))
    }

    /// A 128-bit identifier.
    mutating func identifier() throws(JSONFault) -> (high: UInt64, low: UInt64) {
        let text = try cursor.string()
        guard let parsed = FastUUID.parse(cursor.bytes(text.start, text.end)) else {
            throw JSONFault(.invalidID, at: text.start, expected: "a UUID")
        }
        return parsed
    }

    mutating func timestamp() throws(JSONFault) -> Int64 {
        let text = try cursor.string()
        switch Timestamp.parse(cursor.bytes(text.start, text.end)) {
        case .nanoseconds(let value): return value
        case .outOfRange: throw JSONFault(.timestampOutOfRange, at: text.start)
        case nil: throw JSONFault(.invalidTimestamp, at: text.start, expected: "for example 2024-01-31T12:00:00.5Z")
        }
    }

    /// A number as an integer; fractions are rounded.
    mutating func integer(_ value: JSONValue, in range: ClosedRange<Int64>) throws(JSONFault) -> Int64 {
        let result = cursor.integer(try number(value))
        guard let result, range.contains(result) else { throw JSONFault(.numberTooLarge, at: value.start) }
        return result
    }

    /// A duration in `unit` nanoseconds; negative ones are unknown, those that leave 64 bits are the longest.
    mutating func duration(_ value: JSONValue, unit: Int64) throws(JSONFault) -> Int64 {
        if value.isNull { return -1 }
        let number = try self.number(value)
        if number.isNegative { return -1 }
        if number.isInteger, !number.overflows {
            let (product, overflow) = number.magnitude.multipliedReportingOverflow(by: UInt64(unit))
            return overflow ? .max : Int64(clamping: product)
        }
        let nanoseconds = (cursor.double(number) * Double(unit)).rounded()
        return nanoseconds < 0x1p63 ? Int64(nanoseconds) : .max
    }

    private mutating func number(_ value: JSONValue) throws(JSONFault) -> JSONNumber {
        guard value.isNumber else { throw JSONFault(.wrongType, at: value.start, expected: "a number") }
        let behind = cursor.at
        cursor.at = value.token
        let number = try cursor.number()
        cursor.at = behind
        return number
    }
}

extension JSONCursor {
    /// The string that a checked value is.
    func string(_ value: JSONValue) -> JSONString {
        let start = value.start + 1
        let end = value.end - 1
        return JSONString(start: start, end: end, isEscaped: bytes(start, end).contains(Byte.backslash))
    }
}

/// The values of the members of one object, by the index of their name.
struct FieldSlots {
    private var values: [JSONValue]
    private var seen: UInt64 = 0

    init(count: Int) { values = [JSONValue](repeating: .absent, count: count) }

    mutating func clear() { seen = 0 }

    /// - Returns: false when the member was there already.
    @inline(__always)
    mutating func set(_ index: Int, _ value: JSONValue) -> Bool {
        guard seen & 1 << UInt64(index) == 0 else { return false }
        seen |= 1 << UInt64(index)
        values[index] = value
        return true
    }

    @inline(__always)
    subscript(_ index: Int) -> JSONValue {
        seen & 1 << UInt64(index) == 0 ? .absent : values[index]
    }
}
