public import TraceModel

/// What a list shows of a trace, kept up to date as events arrive.
public struct TraceSummary: Sendable, Hashable {
    public var id: TraceID
    /// The store's revision when the trace last changed.
    public var revision: UInt64
    public var eventCount: Int
    /// Nanoseconds since 1970 of the first and the last event.
    public var firstTimestamp: Int64
    public var lastTimestamp: Int64
    /// Shares of the services, by name.
    public var services: [ServiceShare]
    /// Shares of the kinds of event, in the order of their raw values.
    public var kinds: [KindShare]
    /// Distinct span ids.
    public var spanCount: Int

    /// A trace without events.
    public init(id: TraceID) {
        self.id = id
        revision = 0
        eventCount = 0
        firstTimestamp = .max
        lastTimestamp = .min
        services = []
        kinds = []
        spanCount = 0
    }

    /// Nanoseconds from the first to the last event; 0 where that is not representable.
    public var wallNanoseconds: Int64 {
        let (difference, overflow) = lastTimestamp.subtractingReportingOverflow(firstTimestamp)
        return overflow || difference < 0 ? 0 : difference
    }
}

/// Number and duration of events, summed up.
public struct DurationShare: Sendable, Hashable {
    /// All events, and those that carry a duration.
    public var events = 0
    public var timed = 0
    /// Sum of the durations in nanoseconds, saturating.
    public var nanoseconds: Int64 = 0

    /// A sum over nothing.
    public init() {}

    /// Adds one event; a negative duration means that there is none.
    public mutating func add(duration: Int64) {
        events += 1
        guard duration >= 0 else { return }
        timed += 1
        nanoseconds = saturating(nanoseconds, duration)
    }

    /// Adds another sum.
    public mutating func add(_ other: DurationShare) {
        events += other.events
        timed += other.timed
        nanoseconds = saturating(nanoseconds, other.nanoseconds)
    }

    /// Mean of the events that carry a duration, in nanoseconds; 0 without any.
    public var meanNanoseconds: Double { timed == 0 ? 0 : Double(nanoseconds) / Double(timed) }
}

/// What one service contributed to a trace.
public struct ServiceShare: Sendable, Hashable {
    public var name: String
    public var durations: DurationShare
    /// Newest event of the service.
    public var lastTimestamp: Int64
    /// `Error` events and responses with a status of 500 or more.
    public var errors: Int

    /// A share of nothing.
    public init(name: String) {
        self.name = name
        durations = DurationShare()
        lastTimestamp = .min
        errors = 0
    }
}

/// What the events of one kind contributed to a trace.
public struct KindShare: Sendable, Hashable {
    public var kind: EventKind
    public var durations: DurationShare

    /// A share of nothing.
    public init(kind: EventKind) {
        self.kind = kind
        durations = DurationShare()
    }
}

/// What one service's events over many traces sum up to.
public struct ServiceSummary: Sendable, Hashable {
    public var share: ServiceShare
    public var traceCount: Int
    /// The service's newest event in that trace in which it has been silent longest: until a question's moment passes it, the
    /// answer stays what it is.
    public var oldestActivity: Int64

    /// A summary of no trace.
    public init(name: String) {
        share = ServiceShare(name: name)
        traceCount = 0
        oldestActivity = .max
    }

    /// Adds what the service contributed to one more trace.
    public mutating func add(_ other: ServiceShare) {
        share.durations.add(other.durations)
        share.errors += other.errors
        share.lastTimestamp = max(share.lastTimestamp, other.lastTimestamp)
        oldestActivity = min(oldestActivity, other.lastTimestamp)
        traceCount += 1
    }
}

private func saturating(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
}
