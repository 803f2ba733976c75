import Synchronization
public import TraceModel

/// Traces in memory, bounded in events, bytes and traces.
///
/// One lock guards everything. It is held for at most ``rowsPerHold`` rows at a time and never while events are copied
/// for a reader.
public final class MemoryStore: TraceStore {
    /// Rows added between two chances for others to take the lock: about a quarter of a millisecond.
    static let rowsPerHold = 512

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
        for (trace, rows) in batch.rowsByTrace() {
            var rest = rows[...]
            while !rest.isEmpty {
                let slice = rest.prefix(Self.rowsPerHold)
                rest = rest.dropFirst(slice.count)
                let receipt = state.withLock { $0.append(batch, trace: trace, rows: slice) }
                total.stored += receipt.stored
                total.duplicates += receipt.duplicates
                total.refused += receipt.refused
                total.revision = receipt.revision
            }
        }
        return total
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
        let (counts, shelves) = state.withLock { state in
            (state.counts, state.shelves.map { (id: $0.key, contents: $0.value.contents) })
        }
        var batch = EventBatch()
        batch.reserve(events: counts.events, payloadBytes: 0)
        // By identifier, so that equal content makes equal batches whatever the hash seed.
        for shelf in shelves.sorted(by: { $0.id < $1.id }) {
            // Ranges have 32 bits: beyond that the verdicts lose their values rather than the events.
            batch.append(shelf.contents, keeping: batch.payload.count < Self.valueBytesMax ? .values : .none)
        }
        return StoreSnapshot(counts: counts, batch: batch)
    }
}

extension EventBatch {
    mutating func append(_ shelf: TraceShelf.Contents, keeping part: PayloadPart) {
        for (index, chunk) in shelf.chunks.enumerated() {
            if let live = shelf.liveRows(ofChunk: index) {
                append(chunk, rows: live, keeping: part)
            } else {
                append(chunk, rows: 0..<chunk.count, keeping: part)
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
