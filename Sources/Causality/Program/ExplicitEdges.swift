/// The edges of a program that no schedule of the same execution can do without: everything but the order of mutual
/// exclusion and program order itself.
///
/// Together with program order they reach exactly what the program's clocks know when its lock cells are left out. Edges name
/// events (``Instruction/event``). Where many events come before many others, as with a signal that m tasks merge into and n wait
/// for, an edge comes from a list that the others share: m + n instead of m · n.
public struct ExplicitEdges: Sendable {
    /// One event of a list of sources, and the link that the rest of the list begins with or ``end``.
    public struct Link: Sendable {
        public var event: UInt32
        public var rest: UInt32
    }

    /// Sources and targets, as parallel columns, in the order of the targets. A source is an event, or a list: see ``list(_:)``.
    public private(set) var from: ContiguousArray<UInt32> = []
    public private(set) var to: ContiguousArray<UInt32> = []
    /// The links of all lists; a link comes after its rest.
    public private(set) var links: ContiguousArray<Link> = []

    /// The end of a list.
    public static let end = UInt32.max
    /// Tells lists from events, of which there are fewer than two thousand million.
    public static let listBit: UInt32 = 1 << 31

    /// The link that a source's list begins with; `nil` when it is one event.
    @inlinable
    public static func list(_ source: UInt32) -> Int? { source & listBit == 0 ? nil : Int(source & ~listBit) }

    /// What a cell holds: the event of one task, or a list whose first link is of that task.
    private struct Held {
        var task: UInt32
        var source: UInt32
    }

    /// Collects the edges whose two ends lie in a part of the program.
    ///
    /// - Parameter range: indices of instructions; whole events.
    /// - Complexity: O(instructions).
    public init(_ program: Program, in range: Range<Int>) {
        var cells: [UInt32: Held] = [:]
        var pending: [UInt32: Held] = [:]
        var last = ContiguousArray<UInt32>(repeating: .max, count: program.taskCount)
        let joinsAll = program.instructions[range].contains { $0.code == .joinAll }
        var everything = joinsAll ? Everything(program.taskCount) : nil
        for index in range {
            let step = program.instructions[index]
            if step.begins, !pending.isEmpty, let forks = pending.removeValue(forKey: step.task) { link(forks, step) }
            let moment = Held(task: step.task, source: step.event)
            switch step.code {
            case .join where !program.lockCells.contains(step.argument):
                if let held = cells[step.argument] { link(held, step) }
            case .store where !program.lockCells.contains(step.argument):
                cells[step.argument] = moment
            case .merge where !program.lockCells.contains(step.argument):
                cells[step.argument] = merged(cells[step.argument], moment)
            case .swap:
                if let held = cells[step.argument] { link(held, step) }
                cells[step.argument] = moment
            case .clear:
                cells[step.argument] = nil
            case .fork:
                pending[step.argument] = merged(pending[step.argument], moment)
            case .joinTask:
                let event = last[Int(step.argument)]
                if event != .max {
                    link(Held(task: step.argument, source: event), step)
                } else if let forks = pending[step.argument] {
                    link(forks, step)
                }
            case .joinAll:
                if let held = everything?.held(last, &links) { link(held, step) }
            default: break
            }
            last[Int(step.task)] = step.event
            everything?.note(step.task)
        }
    }

    /// A cell's content and one more event. A task's event stands for its earlier ones.
    private mutating func merged(_ held: Held?, _ moment: Held) -> Held {
        guard let held else { return moment }
        var rest = Self.end
        if let first = Self.list(held.source) {
            rest = held.task == moment.task ? links[first].rest : UInt32(first)
        } else if held.task == moment.task {
            return moment
        } else {
            rest = UInt32(links.count)
            links.append(Link(event: held.source, rest: Self.end))
        }
        links.append(Link(event: moment.source, rest: rest))
        return Held(task: moment.task, source: Self.listBit | UInt32(links.count - 1))
    }

    private mutating func link(_ held: Held, _ step: Instruction) {
        guard held.task != step.task || Self.list(held.source) != nil else { return }
        from.append(held.source)
        to.append(step.event)
    }

    /// The last event of every task so far, as one list that grows with what happens between two questions.
    private struct Everything {
        private var list = ExplicitEdges.end
        private var changed: ContiguousArray<UInt32> = []
        private var isChanged: ContiguousArray<Bool>
        private var first: UInt32 = 0

        init(_ tasks: Int) { isChanged = ContiguousArray(repeating: false, count: tasks) }

        mutating func note(_ task: UInt32) {
            if isChanged[Int(task)] { return }
            isChanged[Int(task)] = true
            changed.append(task)
        }

        mutating func held(_ last: ContiguousArray<UInt32>, _ links: inout ContiguousArray<Link>) -> Held? {
            for task in changed {
                links.append(Link(event: last[Int(task)], rest: list))
                list = UInt32(links.count - 1)
                first = task
                isChanged[Int(task)] = false
            }
            changed.removeAll(keepingCapacity: true)
            return list == ExplicitEdges.end ? nil : Held(task: first, source: ExplicitEdges.listBit | list)
        }
    }
}
