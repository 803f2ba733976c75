/// Maps tasks to slots of a ``ClockBank`` and runs the clock half of a ``Program``.
///
/// A task gets a slot at its first event: the slot of a finished task that happened before it, when there is one among
/// the most recently finished, else a new one. Past `widthMax` the longest finished task's slot is taken by force and its
/// history counts as ordered; past ``aliveMax`` tasks that are all alive, a new one shares a slot with another, as if they took turns
/// on one thread. Both can hide a race and never invent one.
public struct TaskClocks: ~Copyable {
    @usableFromInline static let unassigned = UInt32.max

    /// The clocks; accesses ask it what the current task knows.
    public var bank = ClockBank()
    @usableFromInline var slots: ContiguousArray<UInt32>
    @usableFromInline var cells: ContiguousArray<ClockCopy>
    /// Copies that a task joins at its next event.
    @usableFromInline var pending: [UInt32: ContiguousArray<ClockCopy>] = [:]
    /// Final clocks of finished tasks that someone may still join.
    @usableFromInline var finals: [UInt32: ClockCopy] = [:]
    /// Tasks that a later `joinTask` names: only their final clocks are kept.
    @usableFromInline let joined: Set<UInt32>
    @usableFromInline let lastUse: ContiguousArray<Int32>
    @usableFromInline var finished: ContiguousArray<UInt32> = []
    @usableFromInline var finishedHead = 0
    @usableFromInline let widthMax: Int
    @usableFromInline let chains: Bool
    /// Slots taken by force or shared at the width bounds.
    public private(set) var retired = 0
    private var lastShared = 0

    /// How many finished slots a new task looks at: enough for pools and trees of tasks, bounded for everything else.
    static let probesMax = 16
    /// Forks of one task that are kept apart until it begins.
    static let forksMax = 16
    /// Slots while nobody has finished: clocks of n tasks that all know each other take n² entries, 64 MiB at this many.
    static let aliveMax = 4_096

    /// Clocks for one run of `program`.
    ///
    /// - Parameters:
    ///   - widthMax: most slots while finished ones can be taken by force.
    ///   - chains: whether a task takes over the slot of a finished one; without, a slot is a task.
    public init(_ program: Program, widthMax: Int = 1_024, chains: Bool = true) {
        self.chains = chains
        slots = ContiguousArray(repeating: Self.unassigned, count: program.taskCount)
        cells = ContiguousArray(repeating: .nothing, count: program.cellCount)
        lastUse = program.lastUse
        self.widthMax = widthMax
        var joined: Set<UInt32> = []
        for instruction in program.instructions where instruction.code == .joinTask {
            joined.insert(instruction.argument)
        }
        self.joined = joined
    }

    /// The slot of a task that has begun.
    @inlinable @inline(__always)
    public func slot(of task: UInt32) -> UInt32 { slots[Int(task)] }

    /// Begins an event of a task: gives it a slot when it is the first, advances its epoch, joins what waits for it.
    @inlinable @inline(__always)
    public mutating func begin(_ task: UInt32) {
        var slot = slots[Int(task)]
        if slot == Self.unassigned {
            slot = assign(task)
        } else {
            bank.tick(slot)
            if !pending.isEmpty { joinPending(task, slot) }
        }
    }

    /// Executes a clock instruction of the current event.
    @inlinable
    public mutating func execute(_ instruction: Instruction) {
        let slot = slots[Int(instruction.task)]
        let argument = Int(instruction.argument)
        switch instruction.code {
        case .join:
            bank.join(slot, cells[argument])
        case .store:
            bank.release(cells[argument])
            cells[argument] = bank.copy(of: slot)
        case .merge:
            bank.merge(slot, into: &cells[argument])
        case .swap:
            let old = cells[argument]
            cells[argument] = bank.copy(of: slot)
            bank.tick(slot)
            bank.join(slot, old)
            bank.release(old)
        case .clear:
            bank.release(cells[argument])
            cells[argument] = .nothing
        case .joinAll:
            bank.joinAll(slot)
        case .fork:
            addFork(slot, of: instruction.argument)
        case .joinTask:
            joinTask(slot, instruction.argument)
        case .step, .read, .write, .atomicRead, .atomicWrite, .atomicReadModifyWrite:
            break
        }
    }

    /// Tells that the instruction at `index` was executed; a task's last one frees its slot.
    @inlinable @inline(__always)
    public mutating func finish(_ task: UInt32, at index: Int) {
        if Int(lastUse[Int(task)]) == index { retireTask(task) }
    }

    /// Leaves the clock for another task to begin with. A later fork by the same slot includes its earlier ones, and many are merged,
    /// so that a task which is forked for ever and never runs costs a few copies.
    @usableFromInline
    mutating func addFork(_ slot: UInt32, of task: UInt32) {
        var copies = pending.removeValue(forKey: task) ?? []
        if let last = copies.last, last.slot == slot {
            bank.release(last)
            copies[copies.count - 1] = bank.copy(of: slot)
        } else if copies.count < Self.forksMax {
            copies.append(bank.copy(of: slot))
        } else {
            bank.merge(slot, into: &copies[copies.count - 1])
        }
        pending[task] = copies
    }

    @usableFromInline
    mutating func joinPending(_ task: UInt32, _ slot: UInt32) {
        guard let copies = pending.removeValue(forKey: task) else { return }
        for copy in copies {
            bank.join(slot, copy)
            bank.release(copy)
        }
    }

    @usableFromInline
    mutating func joinTask(_ slot: UInt32, _ other: UInt32) {
        if let final = finals[other] {
            bank.join(slot, final)
        } else if slots[Int(other)] != Self.unassigned {
            let copy = bank.copy(of: slots[Int(other)])
            bank.join(slot, copy)
            bank.release(copy)
        }
        // A fork that the other task has not acted on yet is part of what it knows.
        if let copies = pending[other] {
            for copy in copies { bank.join(slot, copy) }
        }
    }

    @usableFromInline
    mutating func retireTask(_ task: UInt32) {
        let slot = slots[Int(task)]
        if joined.contains(task) { finals[task] = bank.copy(of: slot) }
        finished.append(slot)
    }

    /// Picks a slot for a task's first event and begins it.
    @usableFromInline
    mutating func assign(_ task: UInt32) -> UInt32 {
        let copies = pending.removeValue(forKey: task) ?? []
        let slot = takeOver(knownBy: copies) ?? freshSlot()
        slots[Int(task)] = slot
        bank.tick(slot)
        for copy in copies {
            // A task that takes over the slot of the one that forked it has that epoch already, and none of what it knew.
            if copy.slot == slot { bank.inherit(slot, copy) } else { bank.join(slot, copy) }
            bank.release(copy)
        }
        return slot
    }

    /// A finished slot whose whole history one of the copies knows.
    private mutating func takeOver(knownBy copies: ContiguousArray<ClockCopy>) -> UInt32? {
        guard chains, !copies.isEmpty, finished.count > finishedHead else { return nil }
        let lowest = max(finishedHead, finished.count - Self.probesMax)
        var index = finished.count - 1
        while index >= lowest {
            let slot = finished[index]
            for copy in copies where bank.includes(copy, slot, bank.epoch(of: slot)) {
                finished.remove(at: index)
                return slot
            }
            index -= 1
        }
        return nil
    }

    private mutating func freshSlot() -> UInt32 {
        if !chains || bank.width < widthMax { return bank.makeSlot() }
        if finished.count == finishedHead {
            if bank.width < max(widthMax, Self.aliveMax) { return bank.makeSlot() }
            retired += 1
            lastShared = (lastShared + 1) % bank.width
            return UInt32(lastShared)
        }
        let slot = finished[finishedHead]
        finishedHead += 1
        if finishedHead > 1_024, finishedHead * 2 > finished.count {
            finished.removeFirst(finishedHead)
            finishedHead = 0
        }
        bank.retire(slot)
        retired += 1
        return slot
    }
}

extension ClockBank {
    /// True when the copy knows the event `epoch` of `slot`.
    public func includes(_ copy: ClockCopy, _ slot: UInt32, _ epoch: UInt32) -> Bool {
        if copy.slot == slot, copy.epoch >= epoch { return true }
        let snapshot = snapshots[Int(copy.snapshot)]
        guard slot < snapshot.length, let entries = snapshot.entries else { return false }
        return entries[Int(slot)] >= epoch
    }
}
