/// What each atomic object carries to its readers (`docs/edges.md`, "Atomics"), as lists of store cells.
///
/// A write puts the task's clock into a cell of its own; relaxed reads remember the cells until the next acquire fence. Cells are
/// counted so that they are used again once nothing refers to them: memory follows the objects, not the writes.
struct AtomicCells {
    private var carried: [UInt64: [UInt32]] = [:]
    private var uses: [UInt32: Int] = [:]
    private var fenceCells: [Int: UInt32] = [:]
    private var pendingReads: [Int: [UInt32]] = [:]

    /// Cells that an object carries now.
    func cells(of object: UInt64) -> [UInt32] { carried[object] ?? [] }

    /// Makes `cells` what the object carries, and returns those that nothing refers to any more.
    mutating func replace(_ object: UInt64, with cells: [UInt32]) -> [UInt32] {
        for cell in cells { uses[cell, default: 0] += 1 }
        let old = carried.updateValue(cells, forKey: object) ?? []
        return drop(old)
    }

    /// The cell of a task's last release fence.
    func fence(of task: Int) -> UInt32? { fenceCells[task] }

    /// Remembers the cell of a release fence, and returns cells that became free.
    mutating func setFence(_ cell: UInt32, of task: Int) -> [UInt32] {
        uses[cell, default: 0] += 1
        return fenceCells.updateValue(cell, forKey: task).map { drop([$0]) } ?? []
    }

    /// Remembers what a relaxed read could observe.
    mutating func remember(_ cells: [UInt32], for task: Int) {
        for cell in cells where !(pendingReads[task]?.contains(cell) ?? false) {
            uses[cell, default: 0] += 1
            pendingReads[task, default: []].append(cell)
        }
    }

    /// What an acquire fence joins. Call ``release(_:)`` with it after the joins.
    mutating func takeDeferred(_ task: Int) -> [UInt32] { pendingReads.removeValue(forKey: task) ?? [] }

    /// Drops references, and returns cells that became free.
    mutating func release(_ cells: [UInt32]) -> [UInt32] { drop(cells) }

    private mutating func drop(_ cells: [UInt32]) -> [UInt32] {
        var free: [UInt32] = []
        for cell in cells {
            let left = (uses[cell] ?? 1) - 1
            if left == 0 {
                uses[cell] = nil
                free.append(cell)
            } else {
                uses[cell] = left
            }
        }
        return free
    }
}
