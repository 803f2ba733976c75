import Synchronization
import TraceStore

/// Sizes of the process and the store, read again when they are older than the configured interval: a store may have to count.
final class SampledSizes: Sendable {
    /// What was read together.
    struct Sample: Sendable {
        var process: ProcessMetrics
        var store: StoreCounts
    }

    private let interval: Duration
    private let last = Mutex<(taken: ContinuousClock.Instant, sample: Sample)?>(nil)

    init(interval: Duration) { self.interval = interval }

    /// The sample in force, or a new one.
    func sample(_ store: any TraceStore) async throws -> Sample {
        let now = ContinuousClock.now
        if let last = last.withLock({ $0 }), now - last.taken < interval { return last.sample }
        let sample = Sample(process: ProcessMetrics.now(), store: try await store.counts())
        last.withLock { $0 = (now, sample) }
        return sample
    }
}
