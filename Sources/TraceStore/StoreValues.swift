public import TraceModel

/// What became of one appended batch: `offered = stored + duplicates + refused`.
public struct AppendReceipt: Sendable, Hashable {
    /// Events that are new, or that replaced a later version of themselves.
    public var stored: Int
    /// Events that were there already.
    public var duplicates: Int
    /// Events of a trace that alone exceeds the store's bounds.
    public var refused: Int
    /// The store's revision afterwards.
    public var revision: UInt64

    /// Makes a receipt.
    public init(stored: Int = 0, duplicates: Int = 0, refused: Int = 0, revision: UInt64 = 0) {
        self.stored = stored
        self.duplicates = duplicates
        self.refused = refused
        self.revision = revision
    }
}

/// Sizes now and counters since the store was opened.
public struct StoreCounts: Sendable, Hashable {
    /// Rises with every change of content.
    public var revision: UInt64 = 0
    /// Events and traces held now.
    public var events = 0
    public var traces = 0
    /// Bytes held now, as accounted against the bound.
    public var bytes = 0
    /// Duplicates dropped.
    public var duplicates = 0
    /// Whole traces forgotten at the bounds, and the events in them.
    public var evictedTraces = 0
    public var evictedEvents = 0
    /// Events refused because their trace alone exceeds the bounds.
    public var refusedEvents = 0
    /// Segments that could not be read back when more than their own trace was asked for; they were left out.
    public var damagedSegments = 0

    /// Counts of an empty store.
    public init() {}
}

/// One trace with its events.
public struct TraceRecord: Sendable {
    public var summary: TraceSummary
    /// Events in order of arrival, payloads included, no duplicates.
    public var batch: EventBatch

    /// Makes a record.
    public init(summary: TraceSummary, batch: EventBatch) {
        self.summary = summary
        self.batch = batch
    }
}

/// Every retained event at one revision.
public struct StoreSnapshot: Sendable {
    public var counts: StoreCounts
    /// Values are kept, other payloads are not.
    public var batch: EventBatch

    /// Makes a snapshot.
    public init(counts: StoreCounts, batch: EventBatch) {
        self.counts = counts
        self.batch = batch
    }
}
