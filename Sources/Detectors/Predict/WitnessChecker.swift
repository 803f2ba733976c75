public import Causality
public import TraceModel

/// Replays witness schedules event by event on its own little machine; shares nothing with the closure but the explicit edges.
///
/// Checked are program order, mutual exclusion with re-entrancy and shared mode, that every read sees the write that it saw,
/// that every cause of an event has happened, and the ending. Locks that did not behave like locks order like signals: their
/// edges are explicit ones, and who holds them is not checked.
public struct WitnessChecker {
    private let batch: EventBatch
    private let order: CausalOrder
    private let positionOfRow: ContiguousArray<UInt32>
    private let lockOfRow: ContiguousArray<UInt32>
    private let isRegular: ContiguousArray<Bool>
    private var machine: LockMachine
    private var reached = 0
    private var instruction = 0
    private var stretch: ObservedStretch?

    /// Stretches are at least this long, so that the witnesses of one window share one.
    static let stretchEvents = PredictedPairs.windowEvents

    /// A checker for one causal order.
    ///
    /// - Complexity: O(rows).
    public init(_ batch: EventBatch, order: CausalOrder) {
        self.batch = batch
        self.order = order
        machine = LockMachine(locks: order.locks.count)
        positionOfRow = Positions.ofRows(order, count: batch.count)
        var lockOfRow = ContiguousArray(repeating: UInt32.max, count: batch.count)
        for step in order.lockSteps {
            lockOfRow[Int(step.row)] = step.lock
        }
        self.lockOfRow = lockOfRow
        isRegular = ContiguousArray(order.locks.indices.map { !order.irregularLocks.contains(UInt32($0)) })
    }

    /// Replays a schedule; throws what is wrong with it.
    ///
    /// - Complexity: O(events between the start and the schedule's last one); cheapest when starts ascend.
    public mutating func replay(_ witness: Witness) throws(WitnessFailure) {
        let stretch = try observe(witness)
        var replay = Replay(stretch, machine)
        let ordered = witness.ending == .race ? witness.rows.dropLast(2) : witness.rows[...]
        for row in ordered { try run(row, seeingTheSame: true, &replay) }
        switch witness.ending {
        case .race:
            guard witness.rows.count >= 2 else { throw .ending(row: witness.rows.last ?? -1) }
            // What the two accesses themselves see is what the race is about.
            for row in witness.rows.suffix(2) { try run(row, seeingTheSame: false, &replay) }
            let last = witness.rows.count - 1
            guard conflict(witness.rows[last - 1], witness.rows[last]) else { throw .ending(row: witness.rows[last]) }
        case .deadlock(let acquires):
            try checkBlocked(acquires, &replay)
        }
    }

    private func conflict(_ a: Int, _ b: Int) -> Bool {
        let x = batch.operations[a]
        let y = batch.operations[b]
        return order.objectOfRow[a] != .max && order.objectOfRow[a] == order.objectOfRow[b]
            && order.taskOfRow[a] != order.taskOfRow[b]
            && (x.changes || y.changes) && !(x.isAtomic && y.isAtomic)
    }

    // MARK: The observed part

    /// The stretch that a witness rearranges, with everything before it run as observed.
    private mutating func observe(_ witness: Witness) throws(WitnessFailure) -> ObservedStretch {
        var end = witness.start
        var rows = witness.rows
        if case .deadlock(let acquires) = witness.ending { rows += acquires }
        for row in rows {
            guard row >= 0, row < positionOfRow.count, positionOfRow[row] != .max,
                Int(positionOfRow[row]) >= witness.start
            else { throw .unknownEvent(row: row) }
            end = max(end, Int(positionOfRow[row]) + 1)
        }
        if let stretch, stretch.range.lowerBound == witness.start, stretch.range.upperBound >= end { return stretch }
        advance(to: witness.start)
        end = max(end, min(order.rows.count, witness.start + Self.stretchEvents))
        let instructions = order.program.instructions
        var last = instruction
        while last < instructions.count, Int(positionOfRow[Int(instructions[last].event)]) < end { last += 1 }
        let fresh = ObservedStretch(
            witness.start..<end,
            batch: batch,
            order: order,
            edges: ExplicitEdges(order.program, in: instruction..<last),
            positionOfRow: positionOfRow,
            lockOfRow: lockOfRow,
            machine: machine
        )
        stretch = fresh
        return fresh
    }

    private mutating func advance(to start: Int) {
        if start < reached {
            machine = LockMachine(locks: order.locks.count)
            reached = 0
            instruction = 0
        }
        while reached < start {
            let row = Int(order.rows[reached])
            machine.settle(order.taskOfRow[row], except: row)
            if lockOfRow[row] != .max { _ = machine.step(row, lockOfRow[row], batch, order) }
            reached += 1
        }
        let instructions = order.program.instructions
        while instruction < instructions.count, Int(positionOfRow[Int(instructions[instruction].event)]) < start {
            instruction += 1
        }
    }

    // MARK: The rearranged part

    private struct Replay {
        let stretch: ObservedStretch
        var machine: LockMachine
        var done: ContiguousArray<Bool>
        /// Links of lists of causes that have all happened, with the rests of their lists.
        var happened: ContiguousArray<Bool>
        var lastWriter: ContiguousArray<Int32>

        init(_ stretch: ObservedStretch, _ machine: LockMachine) {
            self.stretch = stretch
            self.machine = machine
            done = ContiguousArray(repeating: false, count: stretch.range.count)
            happened = ContiguousArray(repeating: false, count: stretch.links.count)
            lastWriter = ContiguousArray(repeating: -1, count: stretch.memoryCount)
        }

        /// Throws unless the event is its task's next one and everything that caused it has happened.
        mutating func checkReady(_ row: Int, _ index: Int) throws(WitnessFailure) {
            guard !done[index] else { throw .unknownEvent(row: row) }
            let previous = Int(stretch.previous[index])
            guard previous < 0 || done[previous] else { throw .programOrder(row: row) }
            var cause = Int(stretch.causeStarts[index])
            let end = Int(stretch.causeStarts[index + 1])
            while cause < end {
                guard hasHappened(stretch.causes[cause]) else { throw .missingCause(row: row) }
                cause += 1
            }
        }

        private mutating func hasHappened(_ cause: UInt32) -> Bool {
            guard let list = ExplicitEdges.list(cause) else { return done[Int(cause)] }
            var link = UInt32(list)
            while link != ExplicitEdges.end, !happened[Int(link)] {
                guard done[Int(stretch.links[Int(link)].event)] else { return false }
                link = stretch.links[Int(link)].rest
            }
            link = UInt32(list)
            while link != ExplicitEdges.end, !happened[Int(link)] {
                happened[Int(link)] = true
                link = stretch.links[Int(link)].rest
            }
            return true
        }
    }

    private func index(_ row: Int, _ replay: borrowing Replay) -> Int {
        Int(positionOfRow[row]) - replay.stretch.range.lowerBound
    }

    private func run(_ row: Int, seeingTheSame: Bool, _ replay: inout Replay) throws(WitnessFailure) {
        let index = index(row, replay)
        try replay.checkReady(row, index)
        // An acquire that was logged before it succeeded has to succeed before its task goes on.
        guard replay.machine.settle(order.taskOfRow[row], except: row) else { throw .lock(row: row) }
        let lock = lockOfRow[row]
        if lock != .max, isRegular[Int(lock)] {
            switch replay.machine.step(row, lock, batch, order) {
            case .blocked: throw .lock(row: row)
            case .free where replay.stretch.obstructed.contains(index): throw .lock(row: row)
            case .free, .obstructed: break
            }
        }
        let memory = Int(replay.stretch.memory[index])
        if memory >= 0 {
            if seeingTheSame, batch.operations[row].observes,
                replay.lastWriter[memory] != replay.stretch.writer[index]
            {
                throw .otherWrite(row: row)
            }
            if batch.operations[row].changes { replay.lastWriter[memory] = Int32(index) }
        }
        replay.done[index] = true
    }

    /// Every acquire is its task's next event, and waits for a lock that the next task of the cycle holds.
    private func checkBlocked(_ acquires: [Int], _ replay: inout Replay) throws(WitnessFailure) {
        let tasks = acquires.map { order.taskOfRow[$0] }
        guard acquires.count >= 2, Set(tasks).count == tasks.count else { throw .ending(row: acquires.first ?? -1) }
        for (place, row) in acquires.enumerated() {
            guard batch.operations[row] == .lockAcquire else { throw .ending(row: row) }
            try replay.checkReady(row, index(row, replay))
            guard replay.machine.settle(tasks[place], except: row) else { throw .lock(row: row) }
        }
        for (place, row) in acquires.enumerated() {
            let holder = tasks[(place + 1) % tasks.count]
            let shared = batch.flags[row].contains(.shared)
            guard replay.machine.holds(lockOfRow[row], holder, against: shared) else { throw .ending(row: row) }
        }
    }
}
