import Causality
import TraceModel

/// What windows are cut from: a causal order with the tables that several windows share.
struct WindowSource {
    let batch: EventBatch
    let order: CausalOrder
    let sections: LockSections
    let survey: Survey

    /// - Complexity: O(lock operations).
    init(_ batch: EventBatch, _ order: CausalOrder, survey: Survey) {
        self.batch = batch
        self.order = order
        self.survey = survey
        sections = LockSections(order, batch, positionOfRow: survey.positionOfRow)
    }

    var count: Int { order.rows.count }

    func row(at position: Int) -> Int { Int(order.rows[position]) }
    func task(at position: Int) -> UInt32 { order.taskOfRow[row(at: position)] }
    func position(of row: UInt32) -> UInt32 { survey.positionOfRow[Int(row)] }

    /// The edges that every schedule keeps, both ends in the range; named by rows.
    func explicitEdges(in range: Range<Int>) -> ExplicitEdges {
        ExplicitEdges(order.program, in: instruction(at: range.lowerBound)..<instruction(at: range.upperBound))
    }

    /// The first instruction of the event at a position: instructions stand in causal order, those of an event together.
    private func instruction(at position: Int) -> Int {
        let instructions = order.program.instructions
        var (low, high) = (0, instructions.count)
        while low < high {
            let middle = (low + high) / 2
            if self.position(of: instructions[middle].event) < UInt32(position) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// The write that the event at a position observed, when it is in the window that begins at `start`.
    ///
    /// Ask for positions in ascending order within a window.
    func observedWriter(at position: Int, from start: Int, _ scratch: inout WindowScratch) -> Int? {
        let row = row(at: position)
        let operation = batch.operations[row]
        let object = order.objectOfRow[row]
        if object == .max {
            // A read inside a transaction is judged by the isolation detector, but a schedule must not change what it saw.
            guard operation == .dataRead || operation == .dataWrite else { return nil }
            let name = batch.objects[row]
            if operation == .dataRead { return scratch.writer(named: name, from: start, before: position) }
            scratch.wrote(named: name, at: position)
            return nil
        }
        let writer = operation.observes ? scratch.writer(object, from: start, before: position) : nil
        if operation.changes { scratch.wrote(object, at: position) }
        return writer
    }

    /// Failed acquires in the range.
    ///
    /// - Complexity: O(log refusals).
    func refusals(in range: Range<Int>) -> ArraySlice<LockSections.Refusal> {
        let all = sections.refusals
        func firstRefusal(atOrAfter position: Int) -> Int {
            var (low, high) = (0, all.count)
            while low < high {
                let middle = (low + high) / 2
                if Int(all[middle].position) < position { low = middle + 1 } else { high = middle }
            }
            return low
        }
        return all[firstRefusal(atOrAfter: range.lowerBound)..<firstRefusal(atOrAfter: range.upperBound)]
    }
}

extension Operation {
    /// True for everything that sees what is stored, rows of a store included.
    var observes: Bool { isRead || self == .dataRead }
}

/// Tables that windows use one after the other, so that a window costs what is in it.
struct WindowScratch {
    private var lastWrite: ContiguousArray<UInt32>
    private var lastNamedWrite: [Symbol: Int] = [:]
    private var localOfTask: ContiguousArray<UInt32>
    private var stampOfTask: ContiguousArray<UInt32>
    private var stamp: UInt32 = 0
    private var taskCount: UInt32 = 0

    init(_ order: CausalOrder) {
        lastWrite = ContiguousArray(repeating: .max, count: order.objects.count)
        localOfTask = ContiguousArray(repeating: 0, count: order.tasks.count)
        stampOfTask = ContiguousArray(repeating: 0, count: order.tasks.count)
    }

    mutating func begin() {
        stamp += 1
        taskCount = 0
    }

    /// The window's number of a task, given on first use.
    mutating func localTask(_ task: UInt32) -> UInt32 {
        if stampOfTask[Int(task)] != stamp {
            stampOfTask[Int(task)] = stamp
            localOfTask[Int(task)] = taskCount
            taskCount += 1
        }
        return localOfTask[Int(task)]
    }

    /// The window's number of a task that has events in it.
    func knownTask(_ task: UInt32) -> UInt32? {
        stampOfTask[Int(task)] == stamp ? localOfTask[Int(task)] : nil
    }

    // An entry of an earlier window between `start` and `position` is right all the same: had a later write come, this
    // window's own pass would have replaced it.

    func writer(_ object: UInt32, from start: Int, before position: Int) -> Int? {
        let writer = Int(lastWrite[Int(object)])
        return writer >= start && writer < position ? writer : nil
    }

    mutating func wrote(_ object: UInt32, at position: Int) { lastWrite[Int(object)] = UInt32(position) }

    func writer(named name: Symbol, from start: Int, before position: Int) -> Int? {
        guard let writer = lastNamedWrite[name], writer >= start, writer < position else { return nil }
        return writer
    }

    mutating func wrote(named name: Symbol, at position: Int) { lastNamedWrite[name] = position }
}
