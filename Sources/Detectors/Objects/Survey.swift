import Causality
import TraceModel

/// One look at every event before the detectors run, so that each of them can leave alone what cannot concern it.
///
/// Most objects of most programs are private to a task, never written, or protected by one lock throughout. Whoever looks for
/// interleavings then pays for a comparison an access instead of for its tables.
struct Survey {
    /// What the accesses of an object have in common.
    struct Traits: OptionSet {
        let rawValue: UInt8
        static let severalTasks = Traits(rawValue: 1)
        /// Several tasks, or one task in several traces.
        static let severalActors = Traits(rawValue: 2)
        static let written = Traits(rawValue: 4)
        /// No lock was held at every access, exclusively at every write.
        static let unprotected = Traits(rawValue: 8)
    }

    /// Place of each row in the causal order, ``UInt32/max`` for duplicates.
    let positionOfRow: ContiguousArray<UInt32>
    /// Position of each task's last event, ``UInt32/max`` when it has none.
    let lastPositionOfTask: ContiguousArray<UInt32>
    /// Any access carries a value.
    let hasValues: Bool
    /// Number of each row's trace; `nil` when the input's own order is all there is.
    let traces: ContiguousArray<UInt32>?
    private let traits: ContiguousArray<Traits>
    private let operations: UInt64
    private let kinds: UInt64

    /// What is known of an object while the events go by.
    private struct Object {
        var task = UInt32.max
        var trace: UInt32 = 0
        /// Lockset and kind of the last access, which mostly are those of the one before.
        var key = UInt32.max
        /// The locks held so far, as a number of ``CommonLocks``.
        var locks: UInt32 = 0
    }

    /// - Complexity: O(rows + members of locksets).
    init(_ batch: borrowing EventBatch, _ order: CausalOrder) {
        // Variables instead of properties: each of those would be checked for uniqueness at every event.
        var positions = ContiguousArray<UInt32>(repeating: .max, count: batch.count)
        var last = ContiguousArray<UInt32>(repeating: .max, count: order.tasks.count)
        var traits = ContiguousArray<Traits>(repeating: [], count: order.objects.count)
        var (operations, kinds): (UInt64, UInt64) = (0, 0)
        var hasValues = false
        let traces = order.isTotal ? nil : TraceNumbers.ofRows(batch)
        var objects = ContiguousArray(repeating: Object(), count: order.objects.count)
        var common = CommonLocks(order.locksets)
        for position in order.rows.indices {
            let row = Int(order.rows[position])
            positions[row] = UInt32(truncatingIfNeeded: position)
            let task = order.taskOfRow[row]
            last[Int(task)] = UInt32(truncatingIfNeeded: position)
            let operation = batch.operations[row]
            operations |= 1 &<< UInt64(operation.rawValue)
            kinds |= 1 &<< UInt64(batch.kinds[row].rawValue)
            let object = Int(order.objectOfRow[row])
            if object == Int(UInt32.max) { continue }
            if !batch.newValues[row].isEmpty { hasValues = true }
            let key = order.locksetOfRow[row] << 1 | (operation.changes ? 1 : 0)
            let trace = traces?[row] ?? 0
            let known = objects[object]
            if known.task == task, known.trace == trace, known.key == key { continue }
            if known.task == .max {
                objects[object] = Object(task: task, trace: trace, key: key, locks: common.locks(at: key))
            } else {
                if known.task != task {
                    traits[object].formUnion([.severalTasks, .severalActors])
                } else if known.trace != trace {
                    traits[object].insert(.severalActors)
                }
                objects[object].key = key
                if known.locks != 0 { objects[object].locks = common.intersection(known.locks, key) }
            }
            if operation.changes { traits[object].insert(.written) }
        }
        for object in objects.indices where objects[object].locks == 0 { traits[object].insert(.unprotected) }
        (positionOfRow, lastPositionOfTask, self.traits, self.traces) = (positions, last, traits, traces)
        (self.operations, self.kinds, self.hasValues) = (operations, kinds, hasValues)
    }

    /// True when any event has one of the operations.
    func has(_ wanted: Operation...) -> Bool { wanted.contains { operations & (1 << UInt64($0.rawValue)) != 0 } }

    /// True when any event is of the kind.
    func hasKind(_ kind: EventKind) -> Bool { kinds & (1 << UInt64(kind.rawValue)) != 0 }

    /// True when any event says something about a store: a transaction, an access in one or a statement.
    var hasStores: Bool {
        has(.transactionBegin, .transactionCommit, .transactionRollback, .dataRead, .dataWrite)
            || hasKind(.databaseQuery) || hasKind(.databaseResult)
    }

    /// True when some accesses of an object conflict and no lock excludes them all.
    func mayRace(_ object: UInt32) -> Bool {
        traits[Int(object)].isSuperset(of: [.severalTasks, .written, .unprotected])
    }

    /// True when somebody's access can lie between two of somebody else, and matter.
    func mayInterleave(_ object: UInt32) -> Bool {
        traits[Int(object)].isSuperset(of: [.severalActors, .written])
    }
}

/// Sets of locks that exclude every two conflicting accesses of an object, interned; 0 is the empty set.
private struct CommonLocks {
    private let locksets: LocksetTable
    private var sets: ContiguousArray<[UInt32]> = [[]]
    private var numbers: [[UInt32]: UInt32] = [[]: 0]
    /// The set of each lockset, for reads and for writes.
    private var known: ContiguousArray<UInt32>

    init(_ locksets: LocksetTable) {
        self.locksets = locksets
        known = ContiguousArray(repeating: .max, count: locksets.sets.count * 2)
    }

    /// Locks that count at an access: all of them at a read, those held exclusively at a write.
    ///
    /// - Parameter key: number of the lockset, shifted by one, and one for a write.
    mutating func locks(at key: UInt32) -> UInt32 {
        if known[Int(key)] == .max {
            let members = locksets.sets[Int(key >> 1)]
            known[Int(key)] = intern(members.filter { key & 1 == 0 || $0 & 1 == 0 }.map { $0 >> 1 })
        }
        return known[Int(key)]
    }

    mutating func intersection(_ locks: UInt32, _ key: UInt32) -> UInt32 {
        let here = self.locks(at: key)
        if here == locks { return locks }
        let common = Self.common(sets[Int(locks)], sets[Int(here)])
        return common.count == sets[Int(locks)].count ? locks : intern(common)
    }

    /// Members of two sorted sets.
    private static func common(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var place = 0
        for member in left {
            while place < right.count, right[place] < member { place += 1 }
            if place < right.count, right[place] == member { result.append(member) }
        }
        return result
    }

    private mutating func intern(_ members: [UInt32]) -> UInt32 {
        if let number = numbers[members] { return number }
        let number = UInt32(sets.count)
        numbers[members] = number
        sets.append(members)
        return number
    }
}
