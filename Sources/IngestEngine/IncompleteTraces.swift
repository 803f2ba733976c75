public import TraceModel

/// Traces of which events were dropped: a missing release or message makes concurrency appear that was none.
public struct IncompleteTraces: Sendable, Hashable {
    /// Traces remembered one by one; beyond that only the sum is kept.
    static let tracesMax = 65_536

    /// Dropped events by trace.
    public private(set) var dropped: [TraceID: Int] = [:]
    /// Dropped events of traces that are not in ``dropped``: any trace may be incomplete when there are some.
    public private(set) var droppedElsewhere = 0

    init() {}

    mutating func note(_ batch: EventBatch, rows: Range<Int>) {
        for row in rows { note(batch.traces[row], events: 1) }
    }

    mutating func note(_ trace: TraceID, events: Int) {
        if dropped[trace] != nil || dropped.count < Self.tracesMax {
            dropped[trace, default: 0] += events
        } else {
            droppedElsewhere += events
        }
    }

    mutating func restore(_ trace: TraceID, events: Int) { note(trace, events: events) }

    mutating func restoreElsewhere(_ events: Int) { droppedElsewhere += events }

    /// Dropped events in all.
    public var total: Int { dropped.values.reduce(droppedElsewhere, +) }
}
