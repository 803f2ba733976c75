import Synchronization
public import TraceStore

extension IngestEngine {
    /// What ``drain(within:)`` left behind.
    public struct DrainReport: Sendable, Hashable {
        /// Events that are in the log and not in the store; the next process stores them.
        public var pendingEvents: Int
        /// Why, when there are some.
        public var reason: String?
    }

    /// Accepts nothing more, applies what was accepted, stores what is in the log, makes a last
    /// checkpoint, and stops.
    ///
    /// To be called once. The durable store stays open: it is closed by whoever opened it.
    public func drain(within deadline: Duration) async -> DrainReport {
        guard let pipeline else { return DrainReport(pendingEvents: 0) }
        pipeline.state.withLock { $0.readiness.set(.draining, "the server is stopping", at: .now) }
        pipeline.close()
        let error = await pipeline.flushAll(within: deadline)
        await checkpoints?.stop()
        await checkpoints?.make()
        for writer in pipeline.writers { await writer.stop() }
        let pending = pipeline.writers.reduce(0) { $0 + $1.pendingEvents }
        return DrainReport(pendingEvents: pending, reason: pending > 0 ? error?.message : nil)
    }

    /// Makes a checkpoint now; `false` when there is no plan for any, it failed, or one is being made.
    public func checkpoint() async -> Bool { await checkpoints?.make() ?? false }

    /// How checkpoints have gone; `nil` when none are made.
    public var checkpointStatus: CheckpointStatus? { checkpoints?.status }

    /// Has everything that was acknowledged so far in the durable store.
    public func flush(within deadline: Duration = .seconds(30)) async throws(StoreError) {
        if let error = await pipeline?.flushAll(within: deadline) { throw error }
    }
}

extension Pipeline {
    /// Brings everything that was applied so far into the durable store.
    func flushAll(within deadline: Duration) async -> StoreError? {
        let applied = await barrier { [self] in state.withLock { $0.applied } }
        return await withTaskGroup(of: StoreError?.self) { group in
            for writer in writers {
                group.addTask { await writer.flush(through: applied, deadline: deadline) }
            }
            return await group.reduce(nil) { $0 ?? $1 }
        }
    }
}
