import TraceModel

/// Rows of one log record that a partition has to store.
struct PendingRows: Sendable {
    var sequence: UInt64
    /// `nil` when it is to be read from the log again.
    var batch: EventBatch?
    var rows: ContiguousArray<UInt32>
    /// Rows by trace, for the pins that go with them.
    var traces: [TraceID: Int]
    var bytes: Int
    var arrived: ContinuousClock.Instant

    var events: Int { rows.count }
}

/// Decides when the rows of a partition are flushed, and what happens after a failure: a state machine without threads or clocks.
struct Batcher {
    typealias Instant = ContinuousClock.Instant

    struct Limits {
        var batchSize: Int
        var interval: Duration
        /// Events of one flush at most, when many wait.
        var flushEventsMax: Int
        var pendingBytesMax: Int
        var retryInitial: Duration
        var retryMax: Duration
    }

    enum Decision: Equatable {
        case flush
        /// Until this moment or until something changes; `nil` has no moment.
        case sleep(until: Instant?)
    }

    private let limits: Limits
    private var pending: [PendingRows] = []
    private var head = 0
    private(set) var events = 0
    private(set) var bytesInMemory = 0
    /// Everything at or before it is to be flushed at once.
    private var forcedThrough: UInt64 = 0
    /// What is being flushed, until its success: after a failure exactly this is tried again.
    private(set) var current: [PendingRows] = []
    private var failures = 0
    private var retryAt: Instant?

    init(limits: Limits) {
        self.limits = limits
    }

    /// Sequence of the oldest record that is not stored.
    var oldest: UInt64? { current.first?.sequence ?? (head < pending.count ? pending[head].sequence : nil) }

    /// Adds the rows of a record newer than all before.
    mutating func add(_ rows: PendingRows) {
        var rows = rows
        if bytesInMemory + rows.bytes > limits.pendingBytesMax, head < pending.count || !current.isEmpty {
            rows.batch = nil
            rows.bytes = 0
        }
        precondition(
            rows.sequence > (pending.last?.sequence ?? current.last?.sequence ?? 0),
            "records came out of order"
        )
        bytesInMemory += rows.bytes
        events += rows.events
        pending.append(rows)
    }

    /// Asks for everything up to a record to be stored without waiting for more; also ends a pause after a failure.
    mutating func force(through sequence: UInt64) {
        forcedThrough = max(forcedThrough, sequence)
        retryAt = nil
    }

    func decide(now: Instant) -> Decision {
        if !current.isEmpty {
            guard let retryAt, now < retryAt else { return .flush }
            return .sleep(until: retryAt)
        }
        guard head < pending.count else { return .sleep(until: nil) }
        if events >= limits.batchSize || pending[head].sequence <= forcedThrough { return .flush }
        let due = pending[head].arrived + limits.interval
        return now >= due ? .flush : .sleep(until: due)
    }

    /// Begins a flush: the same as before when that one failed.
    mutating func begin() -> [PendingRows] {
        guard current.isEmpty else { return current }
        var taken = 0
        while head < pending.count, current.isEmpty || taken + pending[head].events <= limits.flushEventsMax {
            taken += pending[head].events
            current.append(pending[head])
            head += 1
        }
        if head == pending.count || (head > 256 && head * 2 > pending.count) {
            pending.removeFirst(head)
            head = 0
        }
        return current
    }

    /// The flush is stored.
    mutating func succeeded() {
        events -= current.reduce(0) { $0 + $1.events }
        bytesInMemory -= current.reduce(0) { $0 + $1.bytes }
        current = []
        failures = 0
        retryAt = nil
    }

    /// The flush has to be tried again, after a pause that doubles and of which a random part is slept.
    ///
    /// - Parameter random: in 0..<1.
    mutating func failed(now: Instant, random: Double) {
        failures += 1
        let doubled = limits.retryInitial * (1 << min(failures - 1, 20))
        let pause = min(doubled, limits.retryMax)
        retryAt = now + pause / 2 + .nanoseconds(Int64(Double((pause / 2).nanosecondsClamped) * random))
    }

    /// Failures in a row.
    var failuresInARow: Int { failures }

    func checkInvariants() {
        let all = current + pending[head...]
        precondition(all.reduce(0) { $0 + $1.events } == events, "events of a batcher are miscounted")
        precondition(all.reduce(0) { $0 + $1.bytes } == bytesInMemory, "bytes of a batcher are miscounted")
        precondition(zip(all, all.dropFirst()).allSatisfy { $0.sequence < $1.sequence }, "a batcher is out of order")
    }
}
