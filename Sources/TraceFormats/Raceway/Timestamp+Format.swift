extension Timestamp {
    /// Appends nanoseconds since 1970 as RFC 3339 in UTC with `Z` and 0, 3, 6 or 9 fraction digits.
    public static func append(_ nanoseconds: Int64, to bytes: inout [UInt8]) {
        var seconds = nanoseconds / 1_000_000_000
        var fraction = nanoseconds % 1_000_000_000
        if fraction < 0 {
            seconds -= 1
            fraction += 1_000_000_000
        }
        var days = seconds / 86_400
        var second = seconds % 86_400
        if second < 0 {
            days -= 1
            second += 86_400
        }
        let (year, month, day) = date(days: days)
        digits(year, 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        digits(month, 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        digits(day, 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        digits(second / 3_600, 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        digits(second / 60 % 60, 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        digits(second % 60, 2, to: &bytes)
        if fraction != 0 {
            bytes.append(UInt8(ascii: "."))
            if fraction % 1_000_000 == 0 {
                digits(fraction / 1_000_000, 3, to: &bytes)
            } else if fraction % 1_000 == 0 {
                digits(fraction / 1_000, 6, to: &bytes)
            } else {
                digits(fraction, 9, to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "Z"))
    }

    /// RFC 3339 in UTC with `Z` and 0, 3, 6 or 9 fraction digits.
    public static func format(_ nanoseconds: Int64) -> String {
        var bytes: [UInt8] = []
        append(nanoseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digits(_ value: Int64, _ width: Int, to bytes: inout [UInt8]) {
        var unit: Int64 = 1
        for _ in 1..<width { unit *= 10 }
        while unit > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / unit % 10))
            unit /= 10
        }
    }
}
