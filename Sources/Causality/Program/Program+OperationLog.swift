public import TraceModel

extension Program {
    /// Compiles a totally ordered log of operations; `event` of each instruction is the operation's index.
    ///
    /// The fast path of `analyze --emit`: no events, strings or sorting in between. The same log as events compiles,
    /// through ``CausalOrder``, to a program with the same verdicts.
    ///
    /// - Complexity: O(operations).
    public init(_ log: OperationLog) {
        self.init()
        taskCount = log.taskCount
        objectCount = log.variableCount
        // Two cells a lock, for exclusive and for shared releases; one a synchronisation object, kept apart from locks.
        let objects = UInt32(log.synchronisationCount)
        cellCount = Int(objects) * 3
        instructions.reserveCapacity(log.count + log.count / 8)
        for index in 0..<log.count {
            let task = log.tasks[index]
            let operand = log.operands[index]
            let event = UInt32(index)
            var begun = false
            func put(_ code: Instruction.Code, _ argument: UInt32) {
                instructions.append(Instruction(code, begins: !begun, task: task, argument: argument, event: event))
                begun = true
            }
            switch log.steps[index] {
            case .none, .end: put(.step, 0)
            case .read: put(.read, operand)
            case .write: put(.write, operand)
            case .atomicRead: put(.atomicRead, operand)
            case .atomicWrite: put(.atomicWrite, operand)
            case .lock:
                put(.join, operand)
                put(.join, objects + operand)
            case .unlock: put(.store, operand)
            case .readLock: put(.join, operand)
            case .readUnlock: put(.merge, objects + operand)
            case .fork: put(.fork, operand)
            case .join: put(.joinTask, operand)
            case .acquire: put(.join, 2 * objects + operand)
            case .release: put(.store, 2 * objects + operand)
            case .releaseMerge: put(.merge, 2 * objects + operand)
            case .swap: put(.swap, 2 * objects + operand)
            case .acquireRelease:
                put(.join, 2 * objects + operand)
                put(.store, 2 * objects + operand)
            case .acquireAll: put(.joinAll, 0)
            }
        }
        seal()
    }
}
