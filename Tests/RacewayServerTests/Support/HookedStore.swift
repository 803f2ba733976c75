import TraceModel
import TraceStore

/// A memory store that waits where a test wants it to.
final class HookedStore: TraceStore {
    private let base = MemoryStore()
    private let beforeAppend: @Sendable () async -> Void
    private let beforeSnapshot: @Sendable () async -> Void
    private let beforeCounts: @Sendable () async -> Void

    init(
        beforeAppend: @escaping @Sendable () async -> Void = {},
        beforeSnapshot: @escaping @Sendable () async -> Void = {},
        beforeCounts: @escaping @Sendable () async -> Void = {}
    ) {
        self.beforeAppend = beforeAppend
        self.beforeSnapshot = beforeSnapshot
        self.beforeCounts = beforeCounts
    }

    var capabilities: StoreCapabilities { base.capabilities }

    func append(_ batch: EventBatch) async throws(StoreError) -> AppendReceipt {
        await beforeAppend()
        return try await base.append(batch)
    }

    func snapshot() async throws(StoreError) -> StoreSnapshot {
        await beforeSnapshot()
        return try await base.snapshot()
    }

    func trace(_ id: TraceID) async throws(StoreError) -> TraceRecord? { try await base.trace(id) }
    func summary(of id: TraceID) async throws(StoreError) -> TraceSummary? { try await base.summary(of: id) }
    func summaries(_ query: TraceQuery) async throws(StoreError) -> TracePage { try await base.summaries(query) }
    func services(activeSince moment: Int64) async throws(StoreError) -> [ServiceSummary] {
        try await base.services(activeSince: moment)
    }
    func counts() async throws(StoreError) -> StoreCounts {
        await beforeCounts()
        return try await base.counts()
    }
}
