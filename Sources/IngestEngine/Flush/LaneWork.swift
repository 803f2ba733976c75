import Dispatch
import Synchronization
import TraceModel
import TraceStore

/// Applies batches to the live store on several lanes at once, each lane with its share of the traces.
struct LaneWork {
    struct Batch: Sendable {
        var sequence: UInt64?
        var batch: EventBatch
        /// The rows that count, by trace.
        var groups: [TraceRows]
    }

    struct Result: Sendable {
        var receipt = AppendReceipt()
        /// Rows that said anything new, for each of the batch's groups.
        var kept: [ContiguousArray<UInt32>] = []
        /// Rows of all groups.
        var offered = 0

        var keptCount: Int { kept.reduce(0) { $0 + $1.count } }
    }

    /// Below this the lanes cost more than they bring.
    static let rowsPerLaneMin = 256

    let live: MemoryStore
    let lanes: Int
    /// Traces stay in memory until their rows are stored elsewhere.
    let pins: Bool

    /// What became of each batch, in their order.
    func apply(_ batches: [Batch]) -> [Result] {
        var results = batches.map { batch in
            Result(
                kept: Array(repeating: [], count: batch.groups.count),
                offered: batch.groups.reduce(0) { $0 + $1.rows.count }
            )
        }
        let rows = batches.reduce(0) { $0 + $1.batch.count }
        let used = min(lanes, max(1, rows / Self.rowsPerLaneMin))
        if used == 1 {
            for part in work(batches, lane: 0, of: 1) { part.add(to: &results) }
            return results
        }
        let parts = Mutex<[Part]>([])
        DispatchQueue.concurrentPerform(iterations: used) { lane in
            let done = work(batches, lane: lane, of: used)
            parts.withLock { $0 += done }
        }
        for part in parts.withLock({ $0 }) { part.add(to: &results) }
        return results
    }

    private struct Part: Sendable {
        var batch: Int
        var group: Int
        var receipt: AppendReceipt
        var kept: ContiguousArray<UInt32>

        func add(to results: inout [Result]) {
            results[batch].receipt.stored += receipt.stored
            results[batch].receipt.duplicates += receipt.duplicates
            results[batch].receipt.refused += receipt.refused
            results[batch].receipt.revision = max(results[batch].receipt.revision, receipt.revision)
            results[batch].kept[group] = kept
        }
    }

    private func work(_ batches: [Batch], lane: Int, of lanes: Int) -> [Part] {
        var parts: [Part] = []
        for (index, batch) in batches.enumerated() {
            let slots = batch.groups.indices.filter { lanes == 1 || batch.groups[$0].trace.share(of: lanes) == lane }
            let groups = slots.map { (batch.groups[$0].trace, batch.groups[$0].rows) }
            for (slot, added) in zip(slots, live.add(batch.batch, groups, pins: pins)) {
                parts.append(Part(batch: index, group: slot, receipt: added.receipt, kept: added.kept))
            }
        }
        return parts
    }

    /// Gives each partition its part of a record.
    static func distribute(
        _ batch: Batch,
        _ result: Result,
        arrived: ContinuousClock.Instant,
        over shares: inout [[PendingRows]]
    ) {
        guard let sequence = batch.sequence else { return }
        var rows = [ContiguousArray<UInt32>](repeating: [], count: shares.count)
        var traces = [[TraceID: Int]](repeating: [:], count: shares.count)
        for (group, kept) in zip(batch.groups, result.kept) where !kept.isEmpty {
            let share = group.trace.share(of: shares.count)
            rows[share].append(contentsOf: kept)
            traces[share][group.trace, default: 0] += kept.count
        }
        for share in shares.indices where !rows[share].isEmpty {
            rows[share].sort()
            let part = batch.batch.footprintBytes / max(1, batch.batch.count) * rows[share].count
            shares[share].append(
                PendingRows(
                    sequence: sequence,
                    batch: batch.batch,
                    rows: rows[share],
                    traces: traces[share],
                    bytes: part,
                    arrived: arrived
                )
            )
        }
    }
}
