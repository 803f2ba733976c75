public import Causality

/// Finds unordered conflicting accesses in one pass over a program.
///
/// With ``Order/shb`` every read also joins its last write, so that every reported pair is schedulable, not only the
/// first of an object (Mathur, Kini, Viswanathan, "What happens-after the first race?", OOPSLA 2018). With ``Order/hb`` it is
/// plain happens-before. Earlier unordered writes are kept, which FastTrack (Flanagan, Freund, PLDI 2009) throws away.
///
/// An access costs O(1) while its object's accesses are ordered, else O(unordered accesses of the object), which is at
/// most the clock width.
public struct RaceEngine: ~Copyable {
    /// The partial order that decides.
    public enum Order: String, Sendable, CaseIterable {
        case hb
        case shb
    }

    /// Most earlier accesses handed to an observer for one access; all are checked.
    static let marksMax = 16

    private let order: Order
    /// One element an object, owned by this value: an array element here costs a uniqueness check an access.
    private let shadows: UnsafeMutablePointer<Shadow>
    private var writeLists: ContiguousArray<ContiguousArray<Mark>> = []
    private var readLists: ContiguousArray<ContiguousArray<Mark>> = []
    private var atomicShadows: ContiguousArray<AtomicShadow> = []
    /// The clocks; the count of slots retired by force is read from them after the run.
    public private(set) var clocks: TaskClocks
    /// Accesses executed.
    public private(set) var accesses = 0

    /// An engine for one run of `program`.
    public init(_ program: Program, order: Order, widthMax: Int = 1_024) {
        self.order = order
        shadows = .allocate(capacity: max(1, program.objectCount))
        shadows.initialize(repeating: Shadow(), count: program.objectCount)
        clocks = TaskClocks(program, widthMax: widthMax)
    }

    deinit { shadows.deallocate() }

    /// Events that are the later access of an unordered pair, in causal order.
    public static func racyEvents(_ program: Program, order: Order) -> ContiguousArray<UInt32> {
        var engine = RaceEngine(program, order: order)
        var collector = RacyEvents()
        engine.run(program, &collector)
        return collector.events
    }

    private struct RacyEvents: RaceObserver {
        var events: ContiguousArray<UInt32> = []
        mutating func access(_ instruction: Instruction, slot: UInt32, clocks: borrowing TaskClocks) {}
        mutating func unordered(with event: UInt32) {}
        mutating func checked(_ instruction: Instruction, slot: UInt32, racy: Bool, clocks: borrowing TaskClocks) {
            if racy, events.last != instruction.event { events.append(instruction.event) }
        }
    }

    /// Executes the program, telling the observer about every access.
    mutating func run<Observer: RaceObserver>(_ program: Program, _ observer: inout Observer) {
        for index in program.instructions.indices {
            let instruction = program.instructions[index]
            if instruction.begins { clocks.begin(instruction.task) }
            switch instruction.code {
            case .step: break
            case .read: read(instruction, &observer)
            case .write: write(instruction, &observer)
            case .atomicRead, .atomicWrite, .atomicReadModifyWrite: atomic(instruction, &observer)
            default: clocks.execute(instruction)
            }
            clocks.finish(instruction.task, at: index)
        }
    }

    // MARK: Plain accesses

    private mutating func read<Observer: RaceObserver>(_ instruction: Instruction, _ observer: inout Observer) {
        accesses += 1
        let object = Int(instruction.argument)
        let slot = clocks.slot(of: instruction.task)
        observer.access(instruction, slot: slot, clocks: clocks)
        var marks = 0
        var racy = false
        let last = shadows[object].write
        if last.slot != Mark.none, !clocks.bank.knows(slot, last.slot, last.epoch) {
            racy = true
            marks += 1
            observer.unordered(with: last.event)
        }
        if shadows[object].writeList != 0 {
            let list = Int(shadows[object].writeList) - 1
            check(writeLists[list], slot, &racy, &marks, &observer)
        }
        if shadows[object].atomics != 0 {
            let list = Int(shadows[object].atomics) - 1
            check(atomicShadows[list].writes, slot, &racy, &marks, &observer)
        }
        observer.checked(instruction, slot: slot, racy: racy, clocks: clocks)
        if order == .shb, last.slot != Mark.none {
            clocks.bank.join(
                slot,
                ClockCopy(slot: last.slot, epoch: last.epoch, snapshot: shadows[object].writeSnapshot)
            )
        }
        noteRead(object, Mark(slot: slot, epoch: clocks.bank.epoch(of: slot), event: instruction.event))
    }

    @inline(__always)
    private mutating func noteRead(_ object: Int, _ mark: Mark) {
        if shadows[object].readList != 0 {
            let list = Int(shadows[object].readList) - 1
            Self.replace(&readLists[list], mark, clocks.bank)
            return
        }
        let read = shadows[object].read
        if read.slot == Mark.none || clocks.bank.knows(mark.slot, read.slot, read.epoch) {
            shadows[object].read = mark
            return
        }
        readLists.append([read, mark])
        shadows[object].readList = UInt32(readLists.count)
        shadows[object].read = .absent
    }

    private mutating func write<Observer: RaceObserver>(_ instruction: Instruction, _ observer: inout Observer) {
        accesses += 1
        let object = Int(instruction.argument)
        let slot = clocks.slot(of: instruction.task)
        observer.access(instruction, slot: slot, clocks: clocks)
        var marks = 0
        var racy = false
        let last = shadows[object].write
        let lastUnordered = last.slot != Mark.none && !clocks.bank.knows(slot, last.slot, last.epoch)
        if lastUnordered {
            racy = true
            marks += 1
            observer.unordered(with: last.event)
        }
        if shadows[object].writeList != 0 {
            let list = Int(shadows[object].writeList) - 1
            check(writeLists[list], slot, &racy, &marks, &observer)
            Self.prune(&writeLists[list], slot, clocks.bank)
        }
        if shadows[object].readList != 0 {
            let list = Int(shadows[object].readList) - 1
            check(readLists[list], slot, &racy, &marks, &observer)
            Self.prune(&readLists[list], slot, clocks.bank)
        } else {
            let read = shadows[object].read
            if read.slot != Mark.none {
                if clocks.bank.knows(slot, read.slot, read.epoch) {
                    shadows[object].read = .absent
                } else {
                    racy = true
                    marks += 1
                    observer.unordered(with: read.event)
                }
            }
        }
        if shadows[object].atomics != 0 {
            let list = Int(shadows[object].atomics) - 1
            check(atomicShadows[list].writes, slot, &racy, &marks, &observer)
            check(atomicShadows[list].reads, slot, &racy, &marks, &observer)
        }
        observer.checked(instruction, slot: slot, racy: racy, clocks: clocks)
        if lastUnordered {
            if shadows[object].writeList == 0 {
                writeLists.append([last])
                shadows[object].writeList = UInt32(writeLists.count)
            } else {
                writeLists[Int(shadows[object].writeList) - 1].append(last)
            }
        }
        shadows[object].write = Mark(slot: slot, epoch: clocks.bank.epoch(of: slot), event: instruction.event)
        if order == .shb {
            let copy = clocks.bank.copy(of: slot)
            clocks.bank.release(ClockCopy(slot: slot, epoch: 0, snapshot: shadows[object].writeSnapshot))
            shadows[object].writeSnapshot = copy.snapshot
        }
    }

    // MARK: Atomic accesses

    /// Atomic accesses race with plain ones only. They take no order from values: the format's explicit operations, or the
    /// edges that `Causality` made of the memory orders, say what they synchronise.
    private mutating func atomic<Observer: RaceObserver>(_ instruction: Instruction, _ observer: inout Observer) {
        accesses += 1
        let object = Int(instruction.argument)
        let slot = clocks.slot(of: instruction.task)
        observer.access(instruction, slot: slot, clocks: clocks)
        var marks = 0
        var racy = false
        let writes = instruction.code != .atomicRead
        let last = shadows[object].write
        if last.slot != Mark.none, !clocks.bank.knows(slot, last.slot, last.epoch) {
            racy = true
            marks += 1
            observer.unordered(with: last.event)
        }
        if shadows[object].writeList != 0 {
            let list = Int(shadows[object].writeList) - 1
            check(writeLists[list], slot, &racy, &marks, &observer)
        }
        if writes {
            if shadows[object].readList != 0 {
                let list = Int(shadows[object].readList) - 1
                check(readLists[list], slot, &racy, &marks, &observer)
            } else {
                let read = shadows[object].read
                if read.slot != Mark.none, !clocks.bank.knows(slot, read.slot, read.epoch) {
                    racy = true
                    marks += 1
                    observer.unordered(with: read.event)
                }
            }
        }
        observer.checked(instruction, slot: slot, racy: racy, clocks: clocks)
        if shadows[object].atomics == 0 {
            atomicShadows.append(AtomicShadow())
            shadows[object].atomics = UInt32(atomicShadows.count)
        }
        let list = Int(shadows[object].atomics) - 1
        let mark = Mark(slot: slot, epoch: clocks.bank.epoch(of: slot), event: instruction.event)
        if writes {
            Self.replace(&atomicShadows[list].writes, mark, clocks.bank)
        } else {
            Self.replace(&atomicShadows[list].reads, mark, clocks.bank)
        }
    }

    // MARK: Lists

    private func check<Observer: RaceObserver>(
        _ list: ContiguousArray<Mark>,
        _ slot: UInt32,
        _ racy: inout Bool,
        _ marks: inout Int,
        _ observer: inout Observer
    ) {
        for mark in list where !clocks.bank.knows(slot, mark.slot, mark.epoch) {
            racy = true
            if marks == Self.marksMax { return }
            marks += 1
            observer.unordered(with: mark.event)
        }
    }

    /// Drops what `slot` knows: whoever is unordered with it is unordered with the current write as well.
    private static func prune(_ list: inout ContiguousArray<Mark>, _ slot: UInt32, _ bank: borrowing ClockBank) {
        var kept = 0
        for i in list.indices {
            let mark = list[i]
            if bank.knows(slot, mark.slot, mark.epoch) { continue }
            list[kept] = mark
            kept += 1
        }
        list.removeLast(list.count - kept)
    }

    /// Adds an access, dropping those of its own past that it stands for.
    private static func replace(_ list: inout ContiguousArray<Mark>, _ mark: Mark, _ bank: borrowing ClockBank) {
        prune(&list, mark.slot, bank)
        list.append(mark)
    }
}
