import Causality
import TraceModel

/// What a stretch of an execution looked like as observed: the facts that another schedule of it has to keep.
///
/// Indices are relative to the start of the stretch.
struct ObservedStretch {
    let range: Range<Int>
    /// The task's event before each event, or -1.
    private(set) var previous: ContiguousArray<Int32>
    /// The write that each event saw: its index, -1 for one before the stretch.
    private(set) var writer: ContiguousArray<Int32>
    /// What each event reads or writes, numbered within the stretch, or -1.
    private(set) var memory: ContiguousArray<Int32>
    private(set) var memoryCount = 0
    /// Causes of each event besides program order, as `causes[starts[i]..<starts[i + 1]]`; lists as in ``ExplicitEdges``.
    private(set) var causes: ContiguousArray<UInt32> = []
    private(set) var links: ContiguousArray<ExplicitEdges.Link> = []
    private(set) var causeStarts: ContiguousArray<UInt32>
    /// Failed acquires that another task's claim explains.
    private(set) var obstructed: Set<Int> = []

    /// Runs the stretch as observed.
    ///
    /// - Complexity: O(events and explicit edges of the stretch).
    init(
        _ range: Range<Int>,
        batch: borrowing EventBatch,
        order: CausalOrder,
        edges: ExplicitEdges,
        positionOfRow: ContiguousArray<UInt32>,
        lockOfRow: ContiguousArray<UInt32>,
        machine: LockMachine
    ) {
        self.range = range
        previous = ContiguousArray(repeating: -1, count: range.count)
        writer = previous
        memory = previous
        causeStarts = ContiguousArray(repeating: 0, count: range.count + 1)
        var lastOfTask: [UInt32: Int32] = [:]
        var names: [UInt64: Int32] = [:]
        var lastWriter: ContiguousArray<Int32> = []
        var machine = machine
        for index in 0..<range.count {
            let row = Int(order.rows[range.lowerBound + index])
            let task = order.taskOfRow[row]
            previous[index] = lastOfTask.updateValue(Int32(index), forKey: task) ?? -1
            machine.settle(task, except: row)
            if lockOfRow[row] != .max, machine.step(row, lockOfRow[row], batch, order) == .obstructed {
                obstructed.insert(index)
            }
            guard let name = Self.name(row, batch, order) else { continue }
            let number = names[name] ?? Int32(lastWriter.count)
            if Int(number) == lastWriter.count {
                names[name] = number
                lastWriter.append(-1)
            }
            memory[index] = number
            if batch.operations[row].observes { writer[index] = lastWriter[Int(number)] }
            if batch.operations[row].changes { lastWriter[Int(number)] = Int32(index) }
        }
        memoryCount = lastWriter.count
        addCauses(edges, positionOfRow)
    }

    private mutating func addCauses(_ edges: ExplicitEdges, _ positionOfRow: ContiguousArray<UInt32>) {
        let base = range.lowerBound
        for row in edges.to { causeStarts[Int(positionOfRow[Int(row)]) - base + 1] += 1 }
        for index in 0..<range.count { causeStarts[index + 1] += causeStarts[index] }
        links = edges.links
        for index in links.indices { links[index].event = positionOfRow[Int(links[index].event)] - UInt32(base) }
        causes = ContiguousArray(repeating: 0, count: edges.to.count)
        var next = causeStarts
        for (edge, row) in edges.to.enumerated() {
            let target = Int(positionOfRow[Int(row)]) - base
            let source = edges.from[edge]
            let isList = ExplicitEdges.list(source) != nil
            causes[Int(next[target])] = isList ? source : positionOfRow[Int(source)] - UInt32(base)
            next[target] += 1
        }
    }

    /// A name for what a row reads or writes; rows of a store inside transactions count as well.
    private static func name(_ row: Int, _ batch: borrowing EventBatch, _ order: CausalOrder) -> UInt64? {
        if order.objectOfRow[row] != .max { return UInt64(order.objectOfRow[row]) }
        switch batch.operations[row] {
        case .dataRead, .dataWrite: return 1 << 32 | UInt64(batch.objects[row].rawValue)
        default: return nil
        }
    }
}
