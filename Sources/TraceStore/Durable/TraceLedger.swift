import TraceModel

/// What a writer knows about one stored trace: enough to recognise a duplicate and to keep the summary without reading
/// its events again.
struct TraceLedger {
    var statistics: TraceStatistics
    /// What each stored event says.
    var digests: [EventID: UInt64] = [:]
    /// Payload bytes of the events, against the bound of one trace.
    var payloadBytes = 0
    /// Events and bytes of the segments as the trace's row says; damage may have left fewer events than that.
    var storedEvents = 0
    var storedBytes = 0
    /// Identity of the trace's row: SQLite's number of the trace, PostgreSQL's moment of birth.
    var key: Int64 = 0
    /// Sequence of the last segment; also counts changes, so that a writer notices those of others.
    var version: Int64 = 0
    /// Days since 1970 in which segments were written, first and last.
    var firstDay: Int32 = .max
    var lastDay: Int32 = .min

    init(id: TraceID) {
        statistics = TraceStatistics(id: id)
    }

    var id: TraceID { statistics.id }
    var count: Int { digests.count }

    /// What became of an event that was offered.
    enum Verdict {
        case fresh
        case duplicate
        /// Stored, but saying something else.
        case conflict
        /// The trace has as many events or bytes as it may.
        case refused
    }

    /// Takes note of an event that is about to be stored, unless it is there.
    mutating func offer(
        _ batch: EventBatch,
        _ row: Int,
        digest: UInt64,
        _ limits: TraceLimits,
        _ slots: inout StatisticSlots
    ) -> Verdict {
        let id = batch.ids[row]
        if count >= limits.eventsMax || payloadBytes >= limits.bytesMax {
            guard let stored = digests[id] else { return .refused }
            return stored == digest ? .duplicate : .conflict
        }
        // One look into the table for the common case of an event that is new.
        if let stored = digests.updateValue(digest, forKey: id) {
            if stored == digest { return .duplicate }
            digests[id] = stored
            return .conflict
        }
        statistics.add(batch, row, &slots)
        payloadBytes += Self.payloadBytes(batch, row)
        return .fresh
    }

    /// Takes note of all events of a batch, each of this trace and none twice.
    mutating func add(all batch: EventBatch) {
        var slots = StatisticSlots()
        digests.reserveCapacity(digests.count + batch.count)
        for (row, digest) in EventDigest.all(batch).enumerated() {
            digests[batch.ids[row]] = digest
            statistics.add(batch, row, &slots)
            payloadBytes += Self.payloadBytes(batch, row)
        }
    }

    static func payloadBytes(_ batch: EventBatch, _ row: Int) -> Int {
        Int(batch.kindPayloads[row].length) + Int(batch.metadataPayloads[row].length)
            + Int(batch.vectorPayloads[row].length) + Int(batch.lockSetPayloads[row].length)
    }
}

/// The ledgers of the traces written last, bounded by their events; what a trace takes beside them counts as some more.
struct LedgerCache {
    /// A ledger of few events takes about a kilobyte, an event in a large one some fifty bytes.
    static let eventsOfTrace = 16

    private let eventsMax: Int
    private var entries: [TraceID: (ledger: TraceLedger, tick: UInt64)] = [:]
    private var queue = EvictionQueue()
    private(set) var events = 0

    init(eventsMax: Int) { self.eventsMax = eventsMax }

    /// Takes a ledger out; the caller puts it back when its changes are stored, and leaves it out when they are not.
    mutating func take(_ id: TraceID) -> TraceLedger? {
        guard let entry = entries.removeValue(forKey: id) else { return nil }
        events -= Self.cost(entry.ledger)
        return entry.ledger
    }

    func contains(_ id: TraceID) -> Bool { entries[id] != nil }

    /// A ledger that stays where it is.
    func peek(_ id: TraceID) -> TraceLedger? { entries[id]?.ledger }

    /// Puts a ledger in and forgets those used longest ago while there are too many events.
    mutating func put(_ ledger: TraceLedger) {
        events += Self.cost(ledger) - (entries[ledger.id].map { Self.cost($0.ledger) } ?? 0)
        entries[ledger.id] = (ledger, queue.push(ledger.id, live: entries.count + 1))
        while events > eventsMax, entries.count > 1 {
            let victim = queue.pop { id, tick in id != ledger.id && entries[id]?.tick == tick }
            guard let victim else { return }
            _ = take(victim)
        }
    }

    private static func cost(_ ledger: TraceLedger) -> Int { ledger.count + eventsOfTrace }

    mutating func removeAll() {
        entries.removeAll()
        queue = EvictionQueue()
        events = 0
    }
}
