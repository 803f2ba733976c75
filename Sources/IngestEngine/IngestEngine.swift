import Synchronization
public import TraceModel
public import TraceStore

/// The way of decoded events into the store.
///
/// Every entrance of the server hands its batches here, so that admission, the durable log and the counters of what was
/// offered have one place.
public final class IngestEngine: Sendable {
    private let store: any TraceStore
    private let counters = Mutex(IngestCounters())

    /// An engine in front of a store.
    public init(store: any TraceStore) {
        self.store = store
    }

    /// Takes the events of one request. When this returns they are visible to every query that starts afterwards.
    ///
    /// - Throws: ``StoreError`` when the store refused; the client may send the same events again.
    @discardableResult
    public func ingest(_ batch: EventBatch) async throws(StoreError) -> AppendReceipt {
        counters.withLock { $0.offered += batch.count }
        let receipt: AppendReceipt
        do {
            receipt = try await store.append(batch)
        } catch {
            counters.withLock { $0.failed += batch.count }
            throw error
        }
        counters.withLock { counters in
            counters.stored += receipt.stored
            counters.duplicates += receipt.duplicates
            counters.refused += receipt.refused
        }
        return receipt
    }

    /// Counts records that could not be decoded and were reported to the client.
    public func noteRejected(_ count: Int) {
        counters.withLock { $0.rejected += count }
    }

    /// What became of everything that was offered.
    public var totals: IngestCounters { counters.withLock { $0 } }
}

/// What became of events since the start: `offered = stored + duplicates + refused + failed`, once nothing is in flight.
public struct IngestCounters: Sendable, Hashable {
    /// Decoded events handed to the engine.
    public var offered = 0
    public var stored = 0
    public var duplicates = 0
    /// Surplus of a trace that alone exceeds the store.
    public var refused = 0
    /// Events of batches that the store did not take.
    public var failed = 0
    /// Records that could not be decoded; never offered.
    public var rejected = 0

    /// Counts of nothing.
    public init() {}
}
