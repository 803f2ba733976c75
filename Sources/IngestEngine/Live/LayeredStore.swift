import Synchronization
public import TraceModel
public import TraceStore

/// Recent traces in memory over a durable store that has everything: what was acknowledged is visible at once, and stays.
///
/// A trace that is in memory as a whole is read from there. Lists and sums are the durable store's, after what is pending was
/// flushed, so that they are exact. ``snapshot()`` is the traces in memory; the others count as evicted from the analysis.
public final class LayeredStore: TraceStore {
    /// Brings everything that was acknowledged so far into the durable store.
    typealias Flush = @Sendable () async -> StoreError?

    private let live: MemoryStore
    private let durable: any DurableTraceStore
    private let flush: Flush
    /// Revision of the durable store when this process began: what memory adds comes on top.
    private let base: UInt64
    private let known: Mutex<StoreCounts>
    private let recent: Mutex<RecentCount>
    private let absent: Mutex<AbsentTraces>
    /// Revisions, in the durable store, of traces of which memory had everything.
    private let adopted = Mutex<[TraceID: UInt64]>([:])
    private static let adoptedMax = 65_536
    /// Rises when content changes that neither layer's revision tells.
    private let bumps = Atomic<UInt64>(0)

    init(
        live: MemoryStore,
        durable: any DurableTraceStore,
        counts: StoreCounts,
        absent: AbsentTraces = AbsentTraces(countMax: 0, timeToLive: .zero),
        recent: RecentCount = RecentCount(),
        flush: @escaping Flush
    ) {
        self.live = live
        self.durable = durable
        self.flush = flush
        base = counts.revision
        known = Mutex(counts)
        self.recent = Mutex(recent)
        self.absent = Mutex(absent)
    }

    /// Those of the durable store; what was acknowledged survives the process.
    public var capabilities: StoreCapabilities {
        StoreCapabilities(durable: true, shared: durable.capabilities.shared)
    }

    /// Stores events without the log: for imports. They are durable when this returns.
    @discardableResult
    public func append(_ batch: EventBatch) async throws(StoreError) -> AppendReceipt {
        var receipt = try await durable.append(batch)
        // What memory holds of these traces is no longer all there is.
        for group in TraceRows.of(batch) {
            if live.isWhole(group.trace) != nil {
                var part = EventBatch()
                part.append(batch, rows: group.rows)
                try await live.append(part)
            } else {
                live.noteElsewhere(group.trace)
                absent.withLock { $0.remove(group.trace) }
            }
        }
        bumps.add(1, ordering: .relaxed)
        receipt.revision = try await counts().revision
        return receipt
    }

    public func trace(_ id: TraceID) async throws(StoreError) -> TraceRecord? {
        try await complete(id)
        if var record = try await live.trace(id) {
            guard live.isWhole(id) != true else {
                record.summary.revision += base
                return record
            }
            // The trace alone exceeds memory: the durable store has all of it.
            if let error = await flush() { throw error }
            return try await raised(durable.trace(id), over: record.summary.revision)
        }
        return try await stored(id) { () throws(StoreError) in try await durable.trace(id) }
    }

    public func summary(of id: TraceID) async throws(StoreError) -> TraceSummary? {
        try await complete(id)
        if var summary = try await live.summary(of: id) {
            guard live.isWhole(id) != true else {
                summary.revision += base
                return summary
            }
            if let error = await flush() { throw error }
            guard var stored = try await durable.summary(of: id) else { return nil }
            stored.revision = max(stored.revision, base + summary.revision)
            return stored
        }
        return try await stored(id) { () throws(StoreError) in try await durable.summary(of: id) }
    }

    /// Asks the durable store about a trace that is not in memory, unless it had no such trace a moment ago.
    private func stored<Answer>(
        _ id: TraceID,
        _ ask: () async throws(StoreError) -> Answer?
    ) async throws(StoreError) -> Answer? {
        let evictions = live.evictedTraces
        guard !absent.withLock({ $0.contains(id, now: .now, evictions: evictions) }) else { return nil }
        let answer = try await ask()
        if answer == nil { absent.withLock { $0.note(id, now: .now, evictions: evictions) } }
        return answer
    }

    private func raised(_ record: TraceRecord?, over revision: UInt64) -> TraceRecord? {
        guard var record else { return nil }
        record.summary.revision = max(record.summary.revision, base + revision)
        return record
    }

    public func summaries(_ query: TraceQuery) async throws(StoreError) -> TracePage {
        if let error = await flush() { throw error }
        return try await durable.summaries(query)
    }

    public func services(activeSince moment: Int64) async throws(StoreError) -> [ServiceSummary] {
        if let error = await flush() { throw error }
        return try await durable.services(activeSince: moment)
    }

    /// Exact whenever nothing is on its way into the durable store, and otherwise but for events that came late for a trace that is
    /// no longer in memory: they count before it is known whether they are new. What other servers write is seen within 50 milliseconds
    /// (``RecentCount``), what this one does at once.
    public func counts() async throws(StoreError) -> StoreCounts {
        let asked = await recount()
        let inMemory = try await live.counts()
        var counts: StoreCounts
        let added: (events: Int, traces: Int, released: Int, pinned: Int)
        (counts, added) = known.withLock { ($0, live.added) }
        counts.revision = durable.capabilities.shared ? max(asked?.revision ?? 0, counts.revision) : base
        counts.revision += inMemory.revision + bumps.load(ordering: .relaxed)
        counts.events += added.events
        counts.traces += added.traces
        counts.duplicates += inMemory.duplicates
        return counts
    }

    /// Counts the durable store, unless it was a moment ago. What it says is the sum only when it has everything.
    ///
    /// - Returns: what it said last.
    private func recount() async -> StoreCounts? {
        let (before, mark) = (live.added, mark)
        let isExact = before.pinned == 0
        guard isExact || durable.capabilities.shared else { return nil }
        let now = ContinuousClock.now
        if let kept = recent.withLock({ $0.take(isExact ? mark : nil, now: now) }) { return kept }
        let counts = try? await durable.counts()
        var isSum = false
        if isExact, let counts {
            known.withLock { known in
                isSum = live.rebase(released: before.released)
                if isSum, counts.revision >= known.revision { known = counts }
            }
        }
        var settled = mark
        settled.released = 0
        let isSettled = isSum && self.mark == settled
        return recent.withLock { recent in
            recent.note(counts, asked: now, as: isSettled ? settled : nil)
            return recent.last
        }
    }

    /// Changes with everything that this process does to the counts.
    private var mark: RecentCount.Mark {
        RecentCount.Mark(
            memory: live.revision,
            bumps: bumps.load(ordering: .relaxed),
            released: live.added.released
        )
    }

    public func snapshot() async throws(StoreError) -> StoreSnapshot {
        for id in live.partialTraces { try await complete(id) }
        let all = try await counts()
        var snapshot = try await live.snapshot()
        let held = snapshot.counts.events
        snapshot.counts = all
        // Never newer than what is in it: who asks for a later revision computes again.
        snapshot.counts.evictedEvents = all.evictedEvents + max(0, all.events - held)
        return snapshot
    }

    /// Has the whole of a trace in memory when any of it is, as far as it fits.
    private func complete(_ id: TraceID) async throws(StoreError) {
        guard let isWhole = live.isWhole(id), !isWhole || durable.capabilities.shared else { return }
        // Others may have written to it; most often they have not.
        if isWhole, let revision = adopted.withLock({ $0[id] }), try await durable.summary(of: id)?.revision == revision
        {
            return
        }
        let moment = live.moment(of: id)
        if let record = try await durable.trace(id) {
            live.adopt(record, asOf: moment)
            adopted.withLock { adopted in
                if adopted.count >= Self.adoptedMax { adopted.removeAll() }
                adopted[id] = record.summary.revision
            }
        } else if !isWhole {
            live.settle(id)
        }
    }

    /// Forgets by age, in both layers' terms: see ``DurableTraceStore/forget(tracesBefore:withRacesBefore:)``.
    @discardableResult
    public func forget(tracesBefore moment: Int64, withRacesBefore raceMoment: Int64) async throws(StoreError) -> Int {
        if let error = await flush() { throw error }
        let forgotten = try await durable.forget(tracesBefore: moment, withRacesBefore: raceMoment)
        for id in forgotten { live.forget(id) }
        if durable.capabilities.shared { try await dropWhatOthersForgot(before: moment) }
        bumps.add(1, ordering: .relaxed)
        return forgotten.count
    }

    /// Other servers forget too. Whether the durable store has a trace is only asked of those that are old by their own time.
    private func dropWhatOthersForgot(before moment: Int64) async throws(StoreError) {
        for id in live.traceIDs {
            guard let summary = try await live.summary(of: id), summary.lastTimestamp < moment,
                try await durable.summary(of: id) == nil
            else { continue }
            live.forget(id)
        }
    }

    /// What has to go when only so many bytes may stay: see ``DurableTraceStore/arrival(leavingBytes:)``.
    public func arrival(leavingBytes bytes: Int) async throws(StoreError) -> Int64? {
        try await durable.arrival(leavingBytes: bytes)
    }

    /// Records what was found in some traces: see ``DurableTraceStore/record(_:)``.
    public func record(_ changes: [FindingChange]) async throws(StoreError) {
        try await durable.record(changes)
    }

    /// Groups of recorded findings.
    public func findingGroups(_ query: FindingQuery) async throws(StoreError) -> FindingPage {
        try await durable.findingGroups(query)
    }

    /// Moves a group of findings to a state.
    public func setState(_ state: FindingState, ofGroup fingerprint: String) async throws(StoreError) -> Bool {
        try await durable.setState(state, ofGroup: fingerprint)
    }
}
