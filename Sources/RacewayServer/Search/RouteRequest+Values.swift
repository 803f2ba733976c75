import Hummingbird
import HTTPTypes
import TraceModel

extension RouteRequest {
    /// Every value of a query parameter, in order; empty ones left out.
    func texts(_ name: String) throws(RequestFailure) -> [String] {
        var texts: [String] = []
        for pair in (request.uri.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0] == name else { continue }
            guard let text = PercentDecoding.decode(parts[1], plusIsSpace: true) else {
                throw RequestFailure(.badRequest, "\(name) is not valid percent-encoded UTF-8", field: name)
            }
            texts.append(text)
        }
        return texts
    }

    /// Whether a query parameter is there, be it empty.
    func has(_ name: String) -> Bool {
        (request.uri.query ?? "").split(separator: "&").contains { $0.prefix { $0 != "=" } == name }
    }

    /// A whole number of the query; `nil` when it is absent or empty.
    func number(_ name: String) throws(RequestFailure) -> Int64? {
        guard let text = try text(name) else { return nil }
        guard let number = Int64(text) else {
            throw RequestFailure(
                .badRequest,
                "unable to parse param '\(name)': \"\(text.prefix(64))\" is not a whole number",
                field: name
            )
        }
        return number
    }

    /// A moment of the query in nanoseconds since 1970, given as a number of units of so many nanoseconds.
    func moment(_ name: String, unit: Int64) throws(RequestFailure) -> Int64? {
        try number(name).map { Self.scaled($0, by: unit) }
    }

    /// A length of time with units, such as `1.5s` or `1h30m`, in nanoseconds.
    func duration(_ name: String) throws(RequestFailure) -> Int64? {
        guard let text = try text(name) else { return nil }
        guard let duration = DurationText.nanoseconds(text) else {
            throw RequestFailure(
                .badRequest,
                "unable to parse param '\(name)': time: invalid duration \"\(text.prefix(64))\"",
                field: name
            )
        }
        return duration
    }

    /// Saturates.
    static func scaled(_ number: Int64, by unit: Int64) -> Int64 {
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow ? (number < 0 ? .min : .max) : product
    }
}

/// Lengths of time as Go writes them: numbers with units, one behind the other.
enum DurationText {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("\u{b5}s", 1e3), ("\u{3bc}s", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9),
        ("h", 3_600e9),
    ]

    /// `nil` for anything else, also for a number without a unit other than zero.
    static func nanoseconds(_ text: String) -> Int64? {
        if text == "0" { return 0 }
        var rest = text[...]
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !$0.isNumber && $0 != "." }
            rest = rest.dropFirst(name.count)
            guard let number = Double(digits), let unit = units.first(where: { $0.name == name }) else { return nil }
            total += number * unit.nanoseconds
        }
        guard total < 9.2e18 else { return nil }
        return Int64(isNegative ? -total : total)
    }
}

/// A window in time, whatever its ends.
enum TimeWindow {
    /// From one moment to another; nothing but the first where the second is earlier.
    static func between(_ start: Int64, _ end: Int64) -> ClosedRange<Int64> { start...max(start, end) }

    /// The time before a moment, both in nanoseconds.
    static func before(_ end: Int64, _ length: Int64) -> ClosedRange<Int64> {
        let (start, overflow) = end.subtractingReportingOverflow(max(0, length))
        return (overflow ? .min : start)...end
    }
}
