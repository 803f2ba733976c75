import Synchronization
import TraceStore

/// Sizes of the process and the store, read again when they are older than the configured interval: a store may have to count.
final class SampledSizes: Sendable {
    /// What was read together.
    struct Sample: Sendable {
        var process: ProcessMetrics
        /// The last that the store said; `nil` when it never answered.
        var store: StoreCounts?
    }

    private let interval: Duration
    private let last = Mutex<(taken: ContinuousClock.Instant, sample: Sample)?>(nil)

    init(interval: Duration) { self.interval = interval }

    /// The sample in force, or a new one.
    func sample(_ glance: StoreGlance) async -> Sample {
        let now = ContinuousClock.now
        let before = last.withLock { $0 }
        if let before, now - before.taken < interval { return before.sample }
        // A server whose store is away is what metrics are for.
        let counts = await glance.look().counts
        let sample = Sample(process: ProcessMetrics.now(), store: counts)
        last.withLock { $0 = (now, sample) }
        return sample
    }
}
