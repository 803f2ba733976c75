import TraceModel

/// Resolves parent ids to rows.
enum ParentIndex {
    /// The parent id is set and no event has it.
    static let absent: Int32 = -2
    /// There is no parent id.
    static let root: Int32 = -1

    /// Row of each row's parent: in the same trace, else the only event with that id, else ``absent`` or ``root``.
    static func resolve(
        _ batch: borrowing EventBatch,
        _ kept: ContiguousArray<UInt32>,
        _ index: IdentityIndex
    )
        -> ContiguousArray<Int32>
    {
        var parents = ContiguousArray<Int32>(repeating: root, count: batch.count)
        var strangers: ContiguousArray<UInt32> = []
        for row in kept {
            let row = Int(row)
            let parent = batch.parents[row]
            guard parent != .none else { continue }
            if let found = index.find(batch.traces[row], parent, batch) {
                parents[row] = found == row ? root : Int32(found)
            } else {
                parents[row] = absent
                strangers.append(UInt32(row))
            }
        }
        guard !strangers.isEmpty else { return parents }
        let wanted = Set(strangers.map { batch.parents[Int($0)] })
        var owners: [EventID: Int32] = [:]
        for row in kept where wanted.contains(batch.ids[Int(row)]) {
            let id = batch.ids[Int(row)]
            owners[id] = owners[id] == nil ? Int32(row) : absent
        }
        for row in strangers {
            let found = owners[batch.parents[Int(row)]] ?? absent
            parents[Int(row)] = found == Int32(row) ? absent : found
        }
        return parents
    }
}
