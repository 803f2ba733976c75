import Synchronization

/// The counters of one open store that are not kept in it.
final class StoreTally: Sendable {
    private let counts = Mutex(StoreCounts())

    func add(_ receipt: AppendReceipt) {
        counts.withLock {
            $0.duplicates += receipt.duplicates
            $0.refusedEvents += receipt.refused
        }
    }

    func addForgotten(traces: Int, events: Int) {
        counts.withLock {
            $0.evictedTraces += traces
            $0.evictedEvents += events
        }
    }

    func addDamage(_ segments: Int) {
        guard segments > 0 else { return }
        counts.withLock { $0.damagedSegments += segments }
    }

    /// The counters with the sizes filled in.
    func counts(revision: Int64, events: Int64, traces: Int64, bytes: Int64) -> StoreCounts {
        var all = counts.withLock { $0 }
        all.revision = UInt64(clamping: revision)
        all.events = Int(events)
        all.traces = Int(traces)
        all.bytes = Int(bytes)
        return all
    }
}
