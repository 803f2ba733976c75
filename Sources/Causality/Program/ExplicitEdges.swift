/// The edges of a program that no schedule of the same execution can do without: everything but the order of mutual
/// exclusion and program order itself.
///
/// Together with program order they reach exactly what the program's clocks know when its lock cells are left out. Edges name
/// events (``Instruction/event``).
public struct ExplicitEdges: Sendable {
    /// Sources and targets, as parallel columns, in the order of the targets.
    public private(set) var from: ContiguousArray<UInt32> = []
    public private(set) var to: ContiguousArray<UInt32> = []

    private struct Moment {
        var task: UInt32
        var event: UInt32
    }

    /// Collects the edges whose two ends lie in a part of the program.
    ///
    /// - Parameter range: indices of instructions; whole events.
    /// - Complexity: O(instructions + edges); a join has one edge for each task that contributed to its cell.
    public init(_ program: Program, in range: Range<Int>) {
        var cells: [UInt32: [Moment]] = [:]
        var pending: [UInt32: [Moment]] = [:]
        var last = ContiguousArray<UInt32>(repeating: .max, count: program.taskCount)
        for index in range {
            let step = program.instructions[index]
            if step.begins {
                if !pending.isEmpty, let forks = pending.removeValue(forKey: step.task) { link(forks, step) }
            }
            let moment = Moment(task: step.task, event: step.event)
            switch step.code {
            case .join where !program.lockCells.contains(step.argument):
                if let moments = cells[step.argument] { link(moments, step) }
            case .store where !program.lockCells.contains(step.argument):
                cells[step.argument] = [moment]
            case .merge where !program.lockCells.contains(step.argument):
                var moments = cells.removeValue(forKey: step.argument) ?? []
                moments.removeAll { $0.task == step.task }
                moments.append(moment)
                cells[step.argument] = moments
            case .swap:
                if let moments = cells[step.argument] { link(moments, step) }
                cells[step.argument] = [moment]
            case .clear:
                cells[step.argument] = nil
            case .fork:
                pending[step.argument, default: []].append(moment)
            case .joinTask:
                let event = last[Int(step.argument)]
                if event != .max {
                    link([Moment(task: step.argument, event: event)], step)
                } else if let forks = pending[step.argument] {
                    link(forks, step)
                }
            case .joinAll:
                for (task, event) in last.enumerated() where event != .max {
                    link([Moment(task: UInt32(task), event: event)], step)
                }
            default: break
            }
            last[Int(step.task)] = step.event
        }
    }

    private mutating func link(_ sources: [Moment], _ step: Instruction) {
        for source in sources where source.task != step.task {
            from.append(source.event)
            to.append(step.event)
        }
    }
}
