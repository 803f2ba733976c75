extension Program {
    /// The same program without the order of mutual exclusion: what any schedule of the execution keeps.
    ///
    /// - Complexity: O(instructions).
    public func withoutLockOrder() -> Program { without(lockCells) }

    /// The same program with the order that tasks ask for by name only: forks, joins, messages and signals. What locks and
    /// atomic accesses added was decided by who came first.
    ///
    /// - Complexity: O(instructions).
    public func withoutLuck() -> Program { without(lockCells.union(atomicCells)) }

    private func without(_ cells: Set<UInt32>) -> Program {
        guard !cells.isEmpty else { return self }
        var leftOut = ContiguousArray(repeating: false, count: cellCount)
        for cell in cells { leftOut[Int(cell)] = true }
        var result = self
        for index in result.instructions.indices {
            switch result.instructions[index].code {
            case .join, .store, .merge, .clear, .swap:
                if leftOut[Int(result.instructions[index].argument)] { result.instructions[index].code = .step }
            default: break
            }
        }
        return result
    }
}
