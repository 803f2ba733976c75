/// Numbers as people read them in a terminal.
enum Amount {
    /// `1,204,331`.
    static func count(_ number: Int) -> String {
        var digits = Array(String(number.magnitude))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return (number < 0 ? "-" : "") + String(digits)
    }

    /// `312 MB`, three digits.
    static func bytes(_ number: Int) -> String {
        scaled(Double(number), ["bytes", "kB", "MB", "GB", "TB"])
    }

    /// `12.4k`, three digits.
    static func short(_ number: Double) -> String {
        scaled(number, ["", "k", "M", "G"]).replacing(" ", with: "")
    }

    /// `412 µs`, `12.0 ms`, `3.40 s`, `5 min 12 s`.
    static func duration(nanoseconds: Double) -> String {
        let seconds = nanoseconds / 1e9
        if seconds >= 86_400 { return "\(Int(seconds / 86_400)) d \(Int(seconds / 3_600) % 24) h" }
        if seconds >= 3_600 { return "\(Int(seconds / 3_600)) h \(Int(seconds / 60) % 60) min" }
        if nanoseconds == 0 { return "0 s" }
        if seconds >= 120 { return "\(Int(seconds / 60)) min \(Int(seconds) % 60) s" }
        return scaled(nanoseconds, ["ns", "µs", "ms", "s"])
    }

    /// Bars of eight heights, the highest for the largest value.
    static func sparkline(_ values: some Collection<Double>) -> String {
        let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        let most = values.max() ?? 0
        return String(
            values.map { value in
                guard most > 0, value > 0 else { return bars[0] }
                return bars[min(7, Int((value / most * 7).rounded()))]
            }
        )
    }

    private static func scaled(_ number: Double, _ units: [String]) -> String {
        var value = number
        var unit = 0
        while value.magnitude >= 999.5, unit < units.count - 1 {
            value /= 1_000
            unit += 1
        }
        return digits(value, isWhole: unit == 0) + " " + units[unit]
    }

    private static func digits(_ value: Double, isWhole: Bool) -> String {
        if value.magnitude >= 99.95 || (isWhole && value == value.rounded()) { return String(Int(value.rounded())) }
        let places = value.magnitude >= 9.995 ? 1 : 2
        let scale = places == 1 ? 10 : 100
        let scaled = Int((value * Double(scale)).rounded())
        let rest = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: places - rest.count) + rest
    }
}
