import Synchronization
import TraceModel
import TraceStore

/// What comes back from the partitions, and the end.
extension Pipeline {
    /// A partition stored a flush.
    func settled(_ settlement: PartitionWriter.Settlement) {
        live.release(settlement.traces)
        state.withLock { state in
            state.counters.stored += settlement.stored
            state.counters.duplicates += settlement.duplicates
            state.counters.refused += settlement.refused
            state.counters.deadLettered += settlement.deadLettered
            state.counters.lost += settlement.lost
            let all = settlement.stored + settlement.duplicates + settlement.refused + settlement.deadLettered
            state.counters.inFlight -= all + settlement.lost
        }
        releaseLog()
    }

    /// The log lets go of what every partition has passed.
    func releaseLog() {
        guard let log, !logIsRing else { return }
        let writers = writers
        // Read before the partitions are: what is handed over meanwhile is newer.
        var passed = state.withLock { $0.applied }
        for writer in writers { if let oldest = writer.oldestPending { passed = min(passed, oldest - 1) } }
        log.trim(through: passed)
    }

    func noteStore(_ error: StoreError?) {
        state.withLock { state in
            guard let error else {
                return state.readiness.clear(.storeUnavailable, .storeFull, .storeMisconfigured)
            }
            if error.code == .fenced {
                state.isFenced = true
                _ = state.queue.setStalled(true)
            }
            state.readiness.set(error.condition, error.message, at: .now)
        }
        if error?.code == .fenced { close() }
    }

    /// Accepts nothing more.
    func close() {
        warming.withLock { $0?.cancel() }
        let (line, refusal) = state.withLock { state in
            let line = state.queue.close()
            for entry in line { state.counters.reject(entry.events, waited: true) }
            return (line, state.closedRefusal)
        }
        for entry in line { entry.item.continuation.resume(returning: .refused(refusal)) }
    }
}
