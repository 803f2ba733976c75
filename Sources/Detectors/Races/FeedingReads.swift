import Causality
import TraceModel

/// Which of the reported reads feed a later write of the same task to the same object: a check that an act followed.
struct FeedingReads {
    private var feeding: Set<UInt32> = []

    /// - Complexity: O(rows), only when there are groups.
    init(_ groups: ContiguousArray<StaticPairs.Group>, order: CausalOrder, batch: EventBatch) {
        var open: [UInt64: ContiguousArray<UInt32>] = [:]
        var wanted: Set<UInt32> = []
        for group in groups {
            for row in [group.best.first, group.best.second] where !batch.operations[Int(row)].changes {
                wanted.insert(row)
            }
        }
        guard !wanted.isEmpty else { return }
        let keys = Set(wanted.map { Self.key($0, order) })
        for row in order.rows {
            let index = Int(row)
            guard order.objectOfRow[index] != .max else { continue }
            let key = Self.key(row, order)
            guard keys.contains(key) else { continue }
            if batch.operations[index].changes {
                feeding.formUnion(open.removeValue(forKey: key) ?? [])
            } else if wanted.contains(row) {
                open[key, default: []].append(row)
            }
        }
    }

    private static func key(_ row: UInt32, _ order: CausalOrder) -> UInt64 {
        UInt64(order.taskOfRow[Int(row)]) << 32 | UInt64(order.objectOfRow[Int(row)])
    }

    /// True when one side of the group's best instance is such a read.
    func contains(_ group: StaticPairs.Group) -> Bool {
        feeding.contains(group.best.first) || feeding.contains(group.best.second)
    }
}
