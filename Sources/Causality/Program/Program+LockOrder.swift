extension Program {
    /// The same program without the order of mutual exclusion: what any schedule of the execution keeps.
    ///
    /// - Complexity: O(instructions).
    public func withoutLockOrder() -> Program {
        guard !lockCells.isEmpty else { return self }
        var result = self
        for index in result.instructions.indices {
            switch result.instructions[index].code {
            case .join, .store, .merge:
                if lockCells.contains(result.instructions[index].argument) { result.instructions[index].code = .step }
            default: break
            }
        }
        return result
    }
}
