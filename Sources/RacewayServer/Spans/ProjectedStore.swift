import TraceFormats
import TraceModel
import TraceStore

/// A store whose spans are told as events: what they say about order and shared state, concluded from all that have come.
///
/// Late, missing and repeated spans need nothing else: whoever reads after they came sees what follows from them.
struct ProjectedStore: TraceStore {
    private let base: any TraceStore
    private let totals: ServiceTotals

    init(_ base: any TraceStore, totals: ServiceTotals? = nil) {
        self.base = base
        self.totals = totals ?? ServiceTotals(base)
    }

    var capabilities: StoreCapabilities { base.capabilities }

    func append(_ batch: EventBatch) async throws(StoreError) -> AppendReceipt { try await base.append(batch) }

    /// Every span has events here, so that each can be shown.
    func trace(_ id: TraceID) async throws(StoreError) -> TraceRecord? {
        guard var record = try await base.trace(id) else { return nil }
        if let expansion = SpanArchive.expand(record.batch, everySpan: true) {
            (record.batch, record.spans) = (expansion.batch, expansion.spans)
        }
        return record
    }

    func summary(of id: TraceID) async throws(StoreError) -> TraceSummary? { try await base.summary(of: id) }

    func summaries(_ query: TraceQuery) async throws(StoreError) -> TracePage { try await base.summaries(query) }

    func services(activeSince moment: Int64) async throws(StoreError) -> [ServiceSummary] {
        try await totals.services(activeSince: moment)
    }

    func counts() async throws(StoreError) -> StoreCounts { try await base.counts() }

    /// Only traces that touch shared state have events here, as when a file is analysed.
    func snapshot() async throws(StoreError) -> StoreSnapshot {
        var snapshot = try await base.snapshot()
        if let expansion = SpanArchive.expand(snapshot.batch) {
            (snapshot.batch, snapshot.spans) = (expansion.batch, expansion.spans)
            snapshot.counts.damagedSegments += expansion.damaged > 0 ? 1 : 0
        }
        return snapshot
    }
}
