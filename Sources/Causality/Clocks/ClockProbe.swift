/// The clocks of a few chosen events, kept after one more pass over a program.
///
/// Explanations ask how two particular events relate; keeping every clock for that would cost memory per event.
public struct ClockProbe: ~Copyable {
    private var clocks: TaskClocks
    private var copies: [UInt32: ClockCopy] = [:]

    /// Runs the program up to the last of `events` and keeps the clock of each of them, as it is when the event is over.
    ///
    /// - Complexity: the program's clock operations up to there, plus a snapshot an event kept.
    public init(_ program: Program, events: Set<UInt32>, widthMax: Int = 1_024) {
        clocks = TaskClocks(program, widthMax: widthMax)
        guard let highest = events.max() else { return }
        // Bits instead of the set: every instruction asks.
        var isWanted = ContiguousArray(repeating: false, count: Int(highest) + 1)
        for event in events { isWanted[Int(event)] = true }
        var left = events.count
        let instructions = program.instructions
        for index in instructions.indices {
            let instruction = instructions[index]
            if instruction.begins { clocks.begin(instruction.task) }
            clocks.execute(instruction)
            let last = index + 1 == instructions.count || instructions[index + 1].event != instruction.event
            if last, instruction.event <= highest, isWanted[Int(instruction.event)] {
                let copy = clocks.bank.copy(of: clocks.slot(of: instruction.task))
                if copies.updateValue(copy, forKey: instruction.event) == nil { left -= 1 }
                // The instructions of an event stand together, so nothing that comes later changes a copy.
                if left == 0 { return }
            }
            clocks.finish(instruction.task, at: index)
        }
    }

    /// Answers ``happensBefore(_:_:)`` alone, for the order without some cells: what other schedules keep.
    ///
    /// - Complexity: O(instructions), a few nanoseconds each, plus the clock operations that are left.
    public init(_ program: Program, without cells: Set<UInt32>, events: Set<UInt32>, widthMax: Int = 1_024) {
        self.init(program.reduced(to: events, without: cells), events: events, widthMax: widthMax)
    }

    /// The same without the cells of locks and atomics, whose order was luck.
    public init(withoutLuckIn program: Program, events: Set<UInt32>, widthMax: Int = 1_024) {
        self.init(program, without: program.luckCells, events: events, widthMax: widthMax)
    }

    /// True when `a` happened before `b`; an event does not happen before itself.
    public func happensBefore(_ a: UInt32, _ b: UInt32) -> Bool {
        guard a != b, let earlier = copies[a], let later = copies[b] else { return false }
        return clocks.bank.includes(later, earlier.slot, earlier.epoch)
    }

    /// The event's epoch in its own chain of tasks.
    public func epoch(_ event: UInt32) -> UInt32 { copies[event]?.epoch ?? 0 }

    /// How much of the other event's chain this event has seen.
    public func seen(_ event: UInt32, of other: UInt32) -> UInt32 {
        guard let copy = copies[event], let target = copies[other] else { return 0 }
        return clocks.bank.entry(copy, target.slot)
    }
}

extension ClockBank {
    /// One entry of a copy.
    public func entry(_ copy: ClockCopy, _ slot: UInt32) -> UInt32 {
        if copy.slot == slot { return copy.epoch }
        let snapshot = snapshots[Int(copy.snapshot)]
        guard slot < snapshot.length, let entries = snapshot.entries else { return 0 }
        return entries[Int(slot)]
    }
}
