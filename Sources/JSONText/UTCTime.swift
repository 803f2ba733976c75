/// RFC 3339 spellings of a time in nanoseconds since 1970, without Foundation.
public enum UTCTime {
    /// `2026-11-21T01:31:24.348977Z`: UTC, with as many groups of three fraction digits as the value needs.
    ///
    /// Every `Int64` is in the years 1677 to 2262, so the text always has four digits of year.
    public static func text(nanoseconds: Int64) -> String {
        let perSecond: Int64 = 1_000_000_000
        let perDay: Int64 = 86_400
        let (seconds, fraction) = floorDivide(nanoseconds, perSecond)
        let (days, secondOfDay) = floorDivide(seconds, perDay)
        let (year, month, day) = civil(daysSince1970: days)
        var text = "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T"
        text += "\(pad(secondOfDay / 3_600, 2)):\(pad(secondOfDay / 60 % 60, 2)):\(pad(secondOfDay % 60, 2))"
        if fraction != 0 {
            if fraction % 1_000_000 == 0 {
                text += "." + pad(fraction / 1_000_000, 3)
            } else if fraction % 1_000 == 0 {
                text += "." + pad(fraction / 1_000, 6)
            } else {
                text += "." + pad(fraction, 9)
            }
        }
        return text + "Z"
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

    private static func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
