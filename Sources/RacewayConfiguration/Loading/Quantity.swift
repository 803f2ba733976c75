/// Numbers with units: `64MiB`, `30s`.
public enum Quantity {
    /// The bytes that a text such as `512MiB`, `2g` or `1048576` stands for; `nil` for anything else.
    public static func bytes(_ text: String) -> Int? { try? parse(text, unit: .bytes, mismatch: "") }

    /// The number of `unit` that a text is.
    ///
    /// - Throws: `mismatch` when it is no number or its unit is of another sort; no overflow traps.
    static func parse(_ text: String, unit: ConfigurationKey.Unit, mismatch: String) throws(ValueFailure) -> Int {
        let text = text.trimmingBlanks()
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "_" || $0 == "-" || $0 == "+") }
        let suffix = text[digits.endIndex...].trimmingBlanks()
        guard let number = Int(digits.replacing("_", with: "")) else { throw ValueFailure(reason: mismatch) }
        if suffix.isEmpty { return number }
        guard let from = factor(String(suffix), unit), let into = base(unit) else {
            throw ValueFailure(reason: mismatch)
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: from)
        guard !overflow else { throw ValueFailure(reason: "too large, " + mismatch) }
        guard product % into == 0 else {
            throw ValueFailure(reason: "not a whole number of \(unit.rawValue), " + mismatch)
        }
        return product / into
    }

    /// What a suffix stands for, in bytes or milliseconds.
    private static func factor(_ suffix: String, _ unit: ConfigurationKey.Unit) -> Int? {
        switch unit {
        case .bytes, .megabytes:
            switch suffix.lowercased() {
            case "b": 1
            case "kb": 1_000
            case "mb": 1_000_000
            case "gb": 1_000_000_000
            case "k", "kib": 1 << 10
            case "m", "mib": 1 << 20
            case "g", "gib": 1 << 30
            case "t", "tib": 1 << 40
            default: nil
            }
        case .milliseconds, .seconds, .days:
            switch suffix {
            case "ms": 1
            case "s": 1_000
            case "m", "min": 60_000
            case "h": 3_600_000
            case "d": 86_400_000
            default: nil
            }
        case .none, .events, .percent, .requestsPerMinute: nil
        }
    }

    /// What a key counts in, in bytes or milliseconds.
    private static func base(_ unit: ConfigurationKey.Unit) -> Int? {
        switch unit {
        case .bytes, .milliseconds: 1
        case .megabytes: 1 << 20
        case .seconds: 1_000
        case .days: 86_400_000
        case .none, .events, .percent, .requestsPerMinute: nil
        }
    }
}
