import Dispatch
import Synchronization
import TraceModel
import TraceStore

/// From the log into the live store, and on to the partitions.
extension Pipeline {
    /// Hands a durable group to the thread that applies it.
    func apply(_ group: ArraySlice<Queue.Entry>, first: UInt64?) {
        guard !group.isEmpty else { return }
        window.wait()
        applyQueue.async { [self] in
            let pins = !writers.isEmpty
            let batches = group.enumerated().map { index, entry in
                LaneWork.Batch(
                    sequence: first.map { $0 + UInt64(index) },
                    batch: entry.item.batch,
                    groups: entry.item.groups
                )
            }
            let results = LaneWork(live: live, lanes: options.parallelism, pins: pins).apply(batches)
            hand(batches, results)
            if pins { releaseLog() }
            window.signal()
            for (entry, result) in zip(group, results) {
                var receipt = IngestReceipt()
                receipt.offered = entry.events
                receipt.accepted = entry.events
                receipt.stored = result.receipt.stored
                receipt.duplicates = result.receipt.duplicates
                receipt.refused = pins ? 0 : result.receipt.refused
                receipt.revision = result.receipt.revision
                entry.item.continuation.resume(returning: .applied(receipt))
            }
        }
    }

    /// Counts what was applied and gives the partitions what they have to store.
    private func hand(_ batches: [LaneWork.Batch], _ results: [LaneWork.Result]) {
        let writers = writers
        let now = ContinuousClock.now
        var shares = [[PendingRows]](repeating: [], count: writers.count)
        if !writers.isEmpty {
            for (batch, result) in zip(batches, results) {
                LaneWork.distribute(batch, result, arrived: now, over: &shares)
            }
        }
        state.withLock { state in
            for (batch, result) in zip(batches, results) {
                if writers.isEmpty {
                    state.counters.settle(result.offered, result.receipt)
                } else {
                    // Rows that said nothing new go no further.
                    state.counters.inFlight -= result.offered - result.keptCount
                    state.counters.duplicates += result.offered - result.keptCount
                }
                if let sequence = batch.sequence { state.applied = max(state.applied, sequence) }
            }
        }
        for (writer, rows) in zip(writers, shares) { writer.add(rows) }
    }

    /// Runs after everything that was taken so far is applied and before anything else is: a consistent cut.
    func barrier<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { continuation in
            logQueue.async { [self] in
                applyQueue.async { continuation.resume(returning: body()) }
            }
        }
    }

    /// Applies what was read from the log or a checkpoint at the start.
    func replay(_ batches: [LaneWork.Batch]) {
        let results = LaneWork(live: live, lanes: options.parallelism, pins: !writers.isEmpty).apply(batches)
        state.withLock { state in
            for result in results {
                state.counters.recovered += result.offered
                state.counters.inFlight += result.offered
            }
        }
        hand(batches, results)
    }
}
