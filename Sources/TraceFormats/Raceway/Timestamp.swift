/// RFC 3339 date-times as nanoseconds since 1970 UTC, without Foundation: every event carries one.
public enum Timestamp {
    /// Reads a date-time with a zone.
    ///
    /// Takes RFC 3339 and what existing SDKs and servers also take: a blank for `T`, blanks before the zone, the zone
    /// as `Z`, `UTC`, `+05:30`, `+0530` or `+05`, fields of one digit, second 60 (the next minute), any number of
    /// fraction digits (those after the ninth are dropped), and a signed year.
    ///
    /// - Returns: `nil` when the text is no such date-time; `.outOfRange` when it is one outside 1677-09-21 to
    ///   2262-04-11, which is what 64 bits of nanoseconds hold.
    /// - Complexity: O(*n*) in the bytes of the text.
    static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Parsed? {
        var scanner = TimestampScanner(text: text)
        return scanner.scan()
    }

    /// Reads a date-time with a zone; `nil` when it is none or out of range.
    public static func parse(_ text: String) -> Int64? {
        var copy = text
        return copy.withUTF8 {
            if case .nanoseconds(let value) = parse($0) { value } else { nil }
        }
    }

    enum Parsed: Equatable {
        case nanoseconds(Int64)
        case outOfRange
    }

    /// Nanoseconds since 1970 UTC in seconds and the rest, `nil` when they leave 64 bits.
    static func nanoseconds(seconds: Int64, fraction: Int64) -> Int64? {
        // The lowest representable instant needs a negative product that overflows before the fraction is added.
        let borrow: Int64 = seconds < 0 && fraction > 0 ? 1 : 0
        let (product, overflow) = (seconds + borrow).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return nil }
        let (sum, carry) = product.addingReportingOverflow(fraction - borrow * 1_000_000_000)
        return carry ? nil : sum
    }

    /// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        // Years begin in March, so that the leap day is the last of its year; eras are 400 years.
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Days of a month.
    static func length(ofMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}

/// One pass over the text of a date-time.
private struct TimestampScanner {
    let text: UnsafeBufferPointer<UInt8>
    var at = 0

    init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    private var peek: UInt8 { at < text.count ? text[at] : 0 }

    mutating func scan() -> Timestamp.Parsed? {
        skipBlanks()
        guard let year = scanYear(), take("-"), let month = number(1...12), take("-"), let day = number(1...31),
            day <= Timestamp.length(ofMonth: month, year: year)
        else { return nil }
        let separator = peek
        guard separator | 0x20 == UInt8(ascii: "t") || separator == Byte.space else { return nil }
        at += 1
        skipBlanks()
        guard let hour = number(0...23), take(":"), let minute = number(0...59), take(":"),
            let second = number(0...60), let fraction = scanFraction()
        else { return nil }
        skipBlanks()
        guard let offset = scanZone() else { return nil }
        skipBlanks()
        guard at == text.count else { return nil }
        // Far beyond the representable years the arithmetic below could overflow.
        guard abs(year) < 10_000 else { return .outOfRange }
        let days = Timestamp.days(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset * 60
        guard let value = Timestamp.nanoseconds(seconds: seconds, fraction: fraction) else { return .outOfRange }
        return .nanoseconds(value)
    }

    private mutating func skipBlanks() {
        while peek == Byte.space { at += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    /// One or two digits.
    private mutating func number(_ range: ClosedRange<Int64>) -> Int64? {
        guard Byte.isDigit(peek) else { return nil }
        var value = Int64(peek &- UInt8(ascii: "0"))
        at += 1
        if Byte.isDigit(peek) {
            value = value * 10 + Int64(peek &- UInt8(ascii: "0"))
            at += 1
        }
        return range.contains(value) ? value : nil
    }

    /// Four digits, or a sign and any number of them.
    private mutating func scanYear() -> Int64? {
        let isNegative = peek == UInt8(ascii: "-")
        let isSigned = isNegative || peek == UInt8(ascii: "+")
        if isSigned { at += 1 }
        let start = at
        var value: Int64 = 0
        while Byte.isDigit(peek) {
            value = min(value * 10 + Int64(peek &- UInt8(ascii: "0")), 1_000_000)
            at += 1
        }
        guard isSigned ? at > start : at - start == 4 else { return nil }
        return isNegative ? -value : value
    }

    private mutating func scanFraction() -> Int64? {
        guard peek == UInt8(ascii: ".") else { return 0 }
        at += 1
        var value: Int64 = 0
        var unit: Int64 = 100_000_000
        guard Byte.isDigit(peek) else { return nil }
        while Byte.isDigit(peek) {
            value += Int64(peek &- UInt8(ascii: "0")) * unit
            unit /= 10
            at += 1
        }
        return value
    }

    /// The zone as minutes east of UTC.
    private mutating func scanZone() -> Int64? {
        let sign = peek
        at += 1
        switch sign {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): return 0
        case UInt8(ascii: "U"):
            return take("T") && take("C") ? 0 : nil
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard let hours = number(0...23) else { return nil }
            let hasColon = take(":")
            guard hasColon || Byte.isDigit(peek) else { return sign == UInt8(ascii: "+") ? hours * 60 : -hours * 60 }
            guard let minutes = number(0...59) else { return nil }
            return sign == UInt8(ascii: "+") ? hours * 60 + minutes : -(hours * 60 + minutes)
        default: return nil
        }
    }
}
