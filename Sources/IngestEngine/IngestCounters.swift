/// What became of events since this process started: one value, taken at one moment.
///
/// At every moment `offered = accepted + rejected + waiting` and
/// `accepted + recovered = stored + duplicates + refused + evicted + deadLettered + lost + failed + queued + inFlight`.
public struct IngestCounters: Sendable, Hashable {
    /// Decoded events handed to the engine.
    public var offered = 0
    /// Events that entered the queue.
    public var accepted = 0
    /// Events that did not, for want of room or because the engine was stopping.
    public var rejected = 0
    /// Events of requests that stand in line.
    public var waiting = 0
    /// Events of the log that were read again at the start, because no store had them.
    public var recovered = 0
    /// Events that are in the store: the durable one where there is one.
    public var stored = 0
    /// Events that were there already.
    public var duplicates = 0
    /// Surplus of a trace that alone exceeds the store.
    public var refused = 0
    /// Accepted events that gave way to newer ones.
    public var evicted = 0
    /// Events that the store never takes, kept in the dead-letter file.
    public var deadLettered = 0
    /// Events whose log record could not be read again.
    public var lost = 0
    /// Events that the log, or a store without one, did not take before their request was over; their sender was told.
    public var failed = 0
    /// Events in the queue.
    public var queued = 0
    /// Events that left the queue and are not in the store yet.
    public var inFlight = 0
    /// Records that could not be decoded; never offered.
    public var undecoded = 0

    /// Counts of nothing.
    public init() {}

    /// Whether both laws hold.
    public var isBalanced: Bool {
        let settled = stored + duplicates + refused + evicted + deadLettered + lost + failed
        return offered == accepted + rejected + waiting && accepted + recovered == settled + queued + inFlight
    }
}
