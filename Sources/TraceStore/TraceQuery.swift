/// Which traces to list.
public struct TraceQuery: Sendable, Hashable {
    /// Traces to skip, newest first.
    public var offset: Int
    /// Traces to return at most.
    public var limit: Int
    /// Only traces with at least this many events.
    public var eventsMin: Int
    /// Only traces in which this service took part.
    public var service: String?

    /// A query; everything by default.
    public init(offset: Int = 0, limit: Int = .max, eventsMin: Int = 0, service: String? = nil) {
        self.offset = offset
        self.limit = limit
        self.eventsMin = eventsMin
        self.service = service
    }
}

/// A page of the list and the length of the whole list.
public struct TracePage: Sendable, Hashable {
    /// Traces that match the query, on this page or not.
    public var total: Int
    public var traces: [TraceSummary]

    /// Makes a page.
    public init(total: Int, traces: [TraceSummary]) {
        self.total = total
        self.traces = traces
    }
}
