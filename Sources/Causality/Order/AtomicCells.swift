/// What each atomic object carries to its readers (`docs/edges.md`, "Atomics"), as lists of store cells.
///
/// A write puts the task's clock into a cell of its own; relaxed reads remember the cells until the next acquire fence. Cells are
/// counted so that they are used again once nothing refers to them: memory follows the objects, not the writes.
struct AtomicCells {
    /// Cells of one object, which read-modify-writes that join nothing add to: a counter that n tasks release and one acquires. Those
    /// beyond share the last cell, so that whoever remembered it for a later fence may learn too much, never too little.
    static let cellsMax = 16

    /// What a task's relaxed reads could observe, in the order of the reads.
    private struct Deferred {
        var cells: [UInt32] = []
        var known: Set<UInt32> = []
    }

    private var carried: [UInt64: [UInt32]] = [:]
    private var uses: [UInt32: Int] = [:]
    private var fenceCells: [Int: UInt32] = [:]
    private var pendingReads: [Int: Deferred] = [:]

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
        if cells.isEmpty { return }
        var deferred = pendingReads.removeValue(forKey: task) ?? Deferred()
        for cell in cells where deferred.known.insert(cell).inserted {
            uses[cell, default: 0] += 1
            deferred.cells.append(cell)
        }
        pendingReads[task] = deferred
    }

    /// What an acquire fence joins. Call ``release(_:)`` with it after the joins.
    mutating func takeDeferred(_ task: Int) -> [UInt32] { pendingReads.removeValue(forKey: task)?.cells ?? [] }

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
