import Synchronization
public import TraceModel

/// Traces in memory, bounded in events, bytes and traces.
///
/// One lock guards everything. It is held for at most ``rowsPerHold`` rows or ``tracesPerHold`` traces at a time and never while
/// events are copied for a reader.
public final class MemoryStore: TraceStore {
    /// Rows added between two chances for others to take the lock: about a quarter of a millisecond.
    static let rowsPerHold = 512

    /// Traces of which a reader takes hold between two such chances.
    static let tracesPerHold = 512

    /// Bytes of values in a snapshot, safely below what a ``ByteRange`` can address.
    static let valueBytesMax = 2 << 30

    let state: Mutex<MemoryState>
    private let list = Mutex(SortedTraces())

    /// An empty store.
    public init(limits: MemoryLimits = MemoryLimits()) {
        state = Mutex(MemoryState(limits: limits))
    }

    /// Memory does not outlive the process.
    public var capabilities: StoreCapabilities { StoreCapabilities() }

    @discardableResult
    public func append(_ batch: EventBatch) async throws(StoreError) -> AppendReceipt {
        var total = AppendReceipt()
        for (receipt, _) in add(batch, batch.rowsByTrace(), pins: false) { total.add(receipt) }
        return total
    }

    /// Changes what is held. Shelves that had to go are freed after the lock is.
    func change<Value: Sendable>(_ body: (inout MemoryState) -> Value) -> Value {
        let (value, gone) = state.withLock { state in
            let value = body(&state)
            return (value, state.takeGone())
        }
        return withExtendedLifetime(gone) { value }
    }

    public func trace(_ id: TraceID) async throws(StoreError) -> TraceRecord? {
        let held = state.withLock { state in
            state.shelves[id].map { (summary: $0.statistics.summary, contents: $0.contents) }
        }
        guard let held else { return nil }
        var batch = EventBatch()
        batch.reserve(
            events: held.summary.eventCount,
            payloadBytes: held.contents.chunks.reduce(0) { $0 + $1.payload.count }
        )
        batch.append(held.contents, keeping: .all)
        return TraceRecord(summary: held.summary, batch: batch)
    }

    public func summary(of id: TraceID) async throws(StoreError) -> TraceSummary? {
        state.withLock { $0.shelves[id]?.statistics.summary }
    }

    public func summaries(_ query: TraceQuery) async throws(StoreError) -> TracePage {
        var sorted = list.withLock { $0 }
        let keys = state.withLock { state -> [SortedTraces.Key]? in
            guard sorted.revision != state.counts.revision else { return nil }
            sorted.revision = state.counts.revision
            return state.shelves.map { id, shelf in
                SortedTraces.Key(last: shelf.statistics.lastTimestamp, id: id, events: shelf.count)
            }
        }
        if let keys {
            sorted.keys = keys.sorted()
            list.withLock { [sorted] held in if held.revision < sorted.revision { held = sorted } }
        }
        var matching = sorted.keys.filter { $0.events >= query.eventsMin }
        if let service = query.service {
            state.withLock { state in
                matching.removeAll { !(state.shelves[$0.id]?.statistics.involves(service) ?? false) }
            }
        }
        let page = matching.dropFirst(max(0, query.offset)).prefix(max(0, query.limit))
        let traces = state.withLock { state in page.compactMap { state.shelves[$0.id]?.statistics.summary } }
        return TracePage(total: matching.count, traces: traces)
    }

    public func services(activeSince moment: Int64) async throws(StoreError) -> [ServiceSummary] {
        state.withLock { $0.services(activeSince: moment) }
    }

    public func counts() async throws(StoreError) -> StoreCounts {
        state.withLock { $0.counts }
    }

    public func snapshot() async throws(StoreError) -> StoreSnapshot {
        let (counts, shelves) = await held()
        var batch = EventBatch()
        batch.reserve(events: counts.events, payloadBytes: 0)
        for shelf in shelves {
            // Ranges have 32 bits: beyond that the verdicts lose their values rather than the events.
            batch.append(shelf, keeping: batch.payload.count < Self.valueBytesMax ? .values : .none)
        }
        return StoreSnapshot(counts: counts, batch: batch)
    }

    /// What every trace holds, in the order of their identifiers, so that equal content makes equal batches whatever the hash seed.
    ///
    /// Each trace as of one moment, all at or after the counts. On a thread that gives way to nobody, whoever asks: one that
    /// does, and holds the lock, would have all wait for it that it gives way to.
    private func held() async -> (counts: StoreCounts, shelves: [TraceShelf.Contents]) {
        await withTaskExecutorPreference(globalConcurrentExecutor) {
            let (counts, unsorted) = state.withLock { ($0.counts, Array($0.shelves.keys)) }
            let ids = unsorted.sorted()
            var shelves: [TraceShelf.Contents] = []
            shelves.reserveCapacity(ids.count)
            var next = 0
            while next < ids.count {
                let piece = ids[next..<min(next + Self.tracesPerHold, ids.count)]
                state.withLock { state in
                    for id in piece { if let contents = state.shelves[id]?.contents { shelves.append(contents) } }
                }
                next = piece.endIndex
            }
            return (counts, shelves)
        }
    }
}

extension EventBatch {
    mutating func append(_ shelf: TraceShelf.Contents, keeping part: PayloadPart) {
        for (index, chunk) in shelf.chunks.enumerated() {
            if let live = shelf.liveRows(ofChunk: index) {
                append(chunk, rows: live, keeping: part)
            } else {
                append(contentsOf: chunk, keeping: part)
            }
        }
    }
}

/// Every trace, newest last event first, as of one revision.
private struct SortedTraces {
    struct Key: Comparable {
        var last: Int64
        var id: TraceID
        var events: Int

        static func < (a: Key, b: Key) -> Bool { a.last == b.last ? a.id < b.id : a.last > b.last }
    }

    var revision: UInt64 = 0
    var keys: [Key] = []
}
