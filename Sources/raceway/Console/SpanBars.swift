import TraceFormats

/// When the events of a trace ran, as bars of characters: `  ====    `, or `|` where an event has no duration.
struct SpanBars {
    private static let cells = 24

    private let first: Double
    private let length: Double

    /// Events as they are to be shown: when they began, as an RFC 3339 text, and how long they took.
    init(_ events: [TraceDetail.Event]) {
        let spans = events.compactMap(Self.span)
        first = spans.map(\.from).min() ?? 0
        length = (spans.map(\.to).max() ?? 0) - first
    }

    /// The bar of one event; `#` on the critical path.
    func bar(_ event: TraceDetail.Event, isCritical: Bool) -> String {
        guard length > 0, let (from, to) = Self.span(event) else { return "" }
        let last = Self.cells - 1
        let start = min(last, Int((from - first) / length * Double(Self.cells)))
        let end = min(last, Int((to - first) / length * Double(Self.cells)))
        let mark = to > from ? (isCritical ? "#" : "=") : "|"
        return String(repeating: " ", count: start) + String(repeating: mark, count: end - start + 1)
            + String(repeating: " ", count: last - end)
    }

    private static func span(_ event: TraceDetail.Event) -> (from: Double, to: Double)? {
        guard let start = Timestamp.parse(event.timestamp) else { return nil }
        return (Double(start), Double(start) + max(0, event.metadata.duration_ns ?? 0))
    }
}
