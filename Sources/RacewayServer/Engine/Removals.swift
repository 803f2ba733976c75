import Synchronization
import TraceStore

/// What retention did last, for those who ask for a trace that is gone.
final class Removals: Sendable {
    private struct Pass {
        var at: Int64
        var tracesBefore: Int64
        var withRacesBefore: Int64
        var removed: Int
    }

    private let last = Mutex<Pass?>(nil)

    /// Notes a pass that removed something. Moments in nanoseconds since 1970.
    func note(_ removed: Int, tracesBefore: Int64, withRacesBefore: Int64, at moment: Int64) {
        guard removed > 0 else { return }
        last.withLock {
            $0 = Pass(at: moment, tracesBefore: tracesBefore, withRacesBefore: withRacesBefore, removed: removed)
        }
    }

    /// Why a trace may be gone; empty when nothing was removed.
    func reason(_ counts: StoreCounts?) -> String {
        if let pass = last.withLock({ $0 }) {
            return
                "; retention (days, race_days, max_bytes) removed \(pass.removed) traces at \(Timestamps.zulu(pass.at)): those that grew last before "
                + "\(Timestamps.zulu(pass.tracesBefore)), with races before \(Timestamps.zulu(pass.withRacesBefore))"
        }
        guard let evicted = counts?.evictedTraces, evicted > 0 else { return "" }
        return "; \(evicted) older traces gave way to newer ones at the bounds of the store (storage.memory)"
    }
}
