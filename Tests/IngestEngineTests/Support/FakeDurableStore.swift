import Synchronization
import TraceModel
import TraceStore

/// A durable store in memory that fails in every way it is told to. What it holds survives the engine over it.
final class FakeDurableStore: DurableTraceStore {
    enum Failure: Hashable {
        case unavailable
        /// The commit happened; the answer is lost.
        case answerLost
        case full
    }

    private struct State {
        var positions: [String: LogPosition] = [:]
        var failures: [Failure] = []
        var isDown = false
        var refusesPoison = false
        var epochOfOther: UInt64?
        var flushes: [Int] = []
        var isClosed = false
        var isShared = false
        var questions = 0
        var recentPageSize = Int.max
        var afterRecentPage: (@Sendable (RecentTracesPage) async -> Void)?
    }

    private let memory = MemoryStore()
    private let state = Mutex(State())

    /// The next appends with a position fail like this, one after the other.
    func inject(_ failures: Failure...) { state.withLock { $0.failures += failures } }
    func setDown(_ down: Bool) { state.withLock { $0.isDown = down } }
    /// Refuses every batch with an event whose object is "poison".
    func refusePoison() { state.withLock { $0.refusesPoison = true } }
    /// Another process took the log over.
    func fence() { state.withLock { $0.epochOfOther = 1_000_000 } }
    /// Pages of recent traces have so many of them at most; what happens after one was read and before it is returned.
    func setRecentPages(of size: Int, then happens: (@Sendable (RecentTracesPage) async -> Void)? = nil) {
        state.withLock { ($0.recentPageSize, $0.afterRecentPage) = (size, happens) }
    }
    /// Events of each flush that was stored.
    var flushes: [Int] { state.withLock { $0.flushes } }

    /// Several servers write to it.
    func share() { state.withLock { $0.isShared = true } }
    /// How often it was counted.
    var questions: Int { state.withLock { $0.questions } }

    var capabilities: StoreCapabilities { StoreCapabilities(durable: true, shared: state.withLock { $0.isShared }) }

    private func check() throws(StoreError) {
        if state.withLock({ $0.isDown }) { throw StoreError(.unavailable, "the fake is down") }
    }

    private func checkPoison(_ batch: EventBatch) throws(StoreError) {
        guard state.withLock({ $0.refusesPoison }), let poison = batch.symbols.find("poison") else { return }
        if batch.objects.contains(poison) { throw StoreError(.refused, "poison") }
    }

    func append(_ batch: EventBatch) async throws(StoreError) -> AppendReceipt {
        try check()
        try checkPoison(batch)
        return try await memory.append(batch)
    }

    func append(
        _ batch: EventBatch,
        from previous: LogPosition?,
        through next: LogPosition
    ) async throws(StoreError) -> AppendReceipt {
        try check()
        if state.withLock({ ($0.epochOfOther ?? 0) > next.epoch }) { throw StoreError(.fenced, "another epoch") }
        let failure = state.withLock { $0.failures.isEmpty ? nil : $0.failures.removeFirst() }
        if failure == .unavailable { throw StoreError(.unavailable, "the fake failed") }
        if failure == .full { throw StoreError(.full, "the fake is full") }
        try checkPoison(batch)
        let key = "\(next.source)/\(next.partition)"
        let kept = state.withLock { $0.positions[key] }
        if let kept, kept.epoch > next.epoch { throw StoreError(.fenced, "another epoch") }
        if let kept, kept.sequence >= next.sequence { return AppendReceipt(duplicates: batch.count) }
        // Between the two is fine: a commit of a process that is gone may come late, and its events are known.
        guard (kept?.sequence ?? 0) >= (previous?.sequence ?? 0) else {
            throw StoreError(
                .misconfigured,
                "the store is at \(kept?.sequence ?? 0), not at \(previous?.sequence ?? 0)"
            )
        }
        let receipt = try await memory.append(batch)
        state.withLock { state in
            state.positions[key] = next
            if !batch.isEmpty { state.flushes.append(batch.count) }
        }
        if failure == .answerLost { throw StoreError(.unavailable, "the answer was lost") }
        return receipt
    }

    func positions(of source: String) async throws(StoreError) -> [LogPosition] {
        try check()
        return state.withLock { $0.positions.values.filter { $0.source == source } }
    }

    func recentTraces(
        bytesMax: Int,
        timeMax: Duration,
        after mark: RecentTracesPage.Mark?
    ) async throws(StoreError) -> RecentTracesPage {
        try check()
        let (size, hook) = state.withLock { ($0.recentPageSize, $0.afterRecentPage) }
        var rest = try await memory.summaries(TraceQuery()).traces.sorted { $0.revision > $1.revision }
        if let mark { rest.removeAll { $0.revision >= mark.revision } }
        var page = RecentTracesPage(records: [], next: nil)
        var bytes = 0
        for summary in rest.prefix(size) {
            guard let record = try await memory.trace(summary.id) else { continue }
            bytes += record.batch.footprintBytes
            guard bytes <= bytesMax else { return page }
            page.records.append(record)
        }
        if rest.count > size, let last = page.records.last?.summary {
            page.next = RecentTracesPage.Mark(revision: last.revision, trace: last.id)
        }
        await hook?(page)
        return page
    }

    func trace(_ id: TraceID) async throws(StoreError) -> TraceRecord? {
        try check()
        return try await memory.trace(id)
    }

    func summary(of id: TraceID) async throws(StoreError) -> TraceSummary? {
        try check()
        return try await memory.summary(of: id)
    }

    func summaries(_ query: TraceQuery) async throws(StoreError) -> TracePage {
        try check()
        return try await memory.summaries(query)
    }

    func services(activeSince moment: Int64) async throws(StoreError) -> [ServiceSummary] {
        try check()
        return try await memory.services(activeSince: moment)
    }

    func counts() async throws(StoreError) -> StoreCounts {
        state.withLock { $0.questions += 1 }
        try check()
        return try await memory.counts()
    }

    func snapshot() async throws(StoreError) -> StoreSnapshot {
        try check()
        return try await memory.snapshot()
    }

    func forget(tracesBefore moment: Int64, withRacesBefore raceMoment: Int64) async throws(StoreError) -> [TraceID] {
        []
    }

    func arrival(leavingBytes bytes: Int) async throws(StoreError) -> Int64? { nil }
    func record(_ changes: [FindingChange]) async throws(StoreError) {}
    func findingGroups(_ query: FindingQuery) async throws(StoreError) -> FindingPage {
        FindingPage(total: 0, groups: [])
    }
    func setState(_ state: FindingState, ofGroup fingerprint: String) async throws(StoreError) -> Bool { false }
    func close() async { state.withLock { $0.isClosed = true } }
}

extension TraceStore {
    /// Every event of every trace as text, sorted: equal for equal content.
    var contents: [String] {
        get async throws {
            var texts: [String] = []
            for summary in try await summaries(TraceQuery()).traces {
                texts += try await trace(summary.id)?.batch.described ?? []
            }
            return texts.sorted()
        }
    }
}

/// Waits until a condition holds, for at most the given time.
func eventually(
    within limit: Duration = .seconds(20),
    _ condition: () async throws -> Bool
) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(2))
    }
    return try await condition()
}
