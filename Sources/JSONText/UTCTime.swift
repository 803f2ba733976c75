/// RFC 3339 spellings of a time in nanoseconds since 1970, without Foundation.
public enum UTCTime {
    /// `2026-11-21T01:31:24.348977Z`: UTC, with as many groups of three fraction digits as the value needs.
    ///
    /// Every `Int64` is in the years 1677 to 2262, so the text always has four digits of year.
    public static func text(nanoseconds: Int64) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(30)
        append(nanoseconds: nanoseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// ``text(nanoseconds:)`` for writers that keep their own bytes.
    public static func append(nanoseconds: Int64, to bytes: inout [UInt8]) {
        let perSecond: Int64 = 1_000_000_000
        let perDay: Int64 = 86_400
        let (seconds, fraction) = floorDivide(nanoseconds, perSecond)
        let (days, secondOfDay) = floorDivide(seconds, perDay)
        let (year, month, day) = civil(daysSince1970: days)
        append(year, width: 4, then: "-", to: &bytes)
        append(month, width: 2, then: "-", to: &bytes)
        append(day, width: 2, then: "T", to: &bytes)
        append(secondOfDay / 3_600, width: 2, then: ":", to: &bytes)
        append(secondOfDay / 60 % 60, width: 2, then: ":", to: &bytes)
        append(secondOfDay % 60, width: 2, then: fraction == 0 ? "Z" : ".", to: &bytes)
        if fraction == 0 { return }
        if fraction % 1_000_000 == 0 {
            append(fraction / 1_000_000, width: 3, then: "Z", to: &bytes)
        } else if fraction % 1_000 == 0 {
            append(fraction / 1_000, width: 6, then: "Z", to: &bytes)
        } else {
            append(fraction, width: 9, then: "Z", to: &bytes)
        }
    }

    /// The civil date of a day number, after Howard Hinnant's "chrono-compatible low-level date algorithms": years start
    /// in March so that the leap day comes last.
    private static func civil(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
        return remainder < 0 ? (quotient - 1, remainder + b) : (quotient, remainder)
    }

    /// Appends `width` digits and a separator.
    private static func append(_ value: Int64, width: Int, then separator: Unicode.Scalar, to bytes: inout [UInt8]) {
        var unit: Int64 = 1
        for _ in 1..<width { unit *= 10 }
        while unit > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / unit % 10))
            unit /= 10
        }
        bytes.append(UInt8(ascii: separator))
    }
}
