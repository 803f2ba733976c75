/// Checks of RFC 3339 dates and times, and of TOML's local forms.
enum TOMLDateTime {
    /// True for a date, a time, or both with or without a zone.
    static func isValid(_ word: [UInt8]) -> Bool {
        guard word.count >= 10, word[4] == UInt8(ascii: "-") else { return isTime(word, mayHaveZone: false) }
        guard isDate(word[0..<10]) else { return false }
        guard word.count > 10 else { return true }
        let separator = word[10]
        guard separator == UInt8(ascii: " ") || separator | 0x20 == UInt8(ascii: "t") else { return false }
        return isTime(Array(word[11...]), mayHaveZone: true)
    }

    /// `07:32:00`, with a fraction, and with a zone if one may follow.
    static func isTime(_ word: [UInt8], mayHaveZone: Bool) -> Bool {
        guard word.count >= 8, word[2] == UInt8(ascii: ":"), word[5] == UInt8(ascii: ":"),
            let hour = number(word[0..<2]), let minute = number(word[3..<5]), let second = number(word[6..<8])
        else { return false }
        // RFC 3339 allows the leap second; which minutes have one is not a matter of syntax.
        guard hour < 24, minute < 60, second <= 60 else { return false }
        var rest = word[8...]
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix { TOMLReader.isDigit($0) }
            guard !fraction.isEmpty else { return false }
            rest = rest.dropFirst(1 + fraction.count)
        }
        return rest.isEmpty || (mayHaveZone && isZone(rest))
    }

    private static func isZone(_ zone: ArraySlice<UInt8>) -> Bool {
        let zone = Array(zone)
        if zone.count == 1 { return zone[0] | 0x20 == UInt8(ascii: "z") }
        guard zone.count == 6, zone[0] == UInt8(ascii: "+") || zone[0] == UInt8(ascii: "-"),
            zone[3] == UInt8(ascii: ":"), let hour = number(zone[1..<3]), let minute = number(zone[4..<6])
        else { return false }
        return hour < 24 && minute < 60
    }

    private static func isDate(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count == 10, word[7] == UInt8(ascii: "-"), let year = number(word[0..<4]),
            let month = number(word[5..<7]), let day = number(word[8..<10])
        else { return false }
        return (1...12).contains(month) && (1...days(in: month, of: year)).contains(day)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard TOMLReader.isDigit(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }
}
