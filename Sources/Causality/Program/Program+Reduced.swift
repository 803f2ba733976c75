extension Program {
    /// Cells whose order was decided by who came first: what locks and atomic accesses added. The rest are asked for by name:
    /// forks, joins, messages and signals.
    public var luckCells: Set<UInt32> { lockCells.union(atomicCells) }

    /// The part that decides how a few events are ordered when some cells are left out: these events, every clock operation
    /// before the last of them, and where tasks end. Epochs differ from the whole program's, order does not.
    ///
    /// - Complexity: O(instructions).
    func reduced(to events: Set<UInt32>, without cells: Set<UInt32>) -> Program {
        var result = Program()
        (result.taskCount, result.cellCount, result.objectCount) = (taskCount, cellCount, objectCount)
        result.lastUse = ContiguousArray(repeating: -1, count: taskCount)
        guard let highest = events.max() else { return result }
        var isWanted = ContiguousArray(repeating: false, count: Int(highest) + 1)
        for event in events { isWanted[Int(event)] = true }
        var isLeftOut = ContiguousArray(repeating: false, count: cellCount)
        for cell in cells { isLeftOut[Int(cell)] = true }
        var isKnown = ContiguousArray(repeating: false, count: taskCount)
        var left = events.count
        var current = UInt32.max
        var hasBegun = false
        for index in instructions.indices {
            var step = instructions[index]
            if step.begins { hasBegun = false }
            if step.code.usesCell, isLeftOut[Int(step.argument)] { step.code = .step }
            let wanted = step.event <= highest && isWanted[Int(step.event)]
            if wanted, current != step.event {
                current = step.event
                left -= 1
            } else if left == 0, current != step.event {
                break
            }
            let ends = Int(lastUse[Int(step.task)]) == index
            guard wanted || step.code.rawValue >= Instruction.Code.join.rawValue || (ends && isKnown[Int(step.task)])
            else { continue }
            isKnown[Int(step.task)] = true
            step.begins = !hasBegun
            hasBegun = true
            if ends { result.lastUse[Int(step.task)] = Int32(truncatingIfNeeded: result.instructions.count) }
            result.instructions.append(step)
        }
        return result
    }
}

extension Instruction.Code {
    /// True for the operations whose argument is a cell.
    var usesCell: Bool {
        switch self {
        case .join, .store, .merge, .swap, .clear: true
        default: false
        }
    }
}
