import Causality
import TraceModel

/// Proposes pairs of accesses that no common lock excludes, whatever order was observed between them.
///
/// This is the lockset idea of Eraser (Savage et al., SOSP 1997), which alone reports mostly noise: its pairs are only ever
/// questions to ``SyncPreservingClosure``. One pass, O(1) an access: per object at most ``classesMax`` classes of access (place,
/// kind, lockset) are told apart, each with its latest access by two different tasks.
struct RaceCandidates {
    /// Two accesses, by position in the causal order.
    struct Instance {
        var first: UInt32
        var second: UInt32
    }

    /// A static pair with the instances to ask about: the first two seen and the last three.
    struct Group {
        var key: StaticPairs.Key
        var instances: ContiguousArray<Instance> = []
        var seen = 0
    }

    static let classesMax = 8
    static let instancesMax = 5

    private struct Mark {
        var task: UInt32
        var position: UInt32
        static let none = Mark(task: .max, position: 0)
    }

    private struct AccessClass {
        var location: Symbol
        var lockset: UInt32
        var kind: WindowAccesses.Kind
        /// Classes whose pairs with this one are still worth counting.
        var open: UInt8 = 0
        /// How often each pair was met, one byte a class.
        var met: UInt64 = 0
        /// The latest access, and the latest by another task.
        var latest: Mark
        var other: Mark = .none
    }

    private struct ObjectState {
        var first: UInt32 = .max
        var count: UInt8 = 0
        var recent: UInt8 = 0
        var replace: UInt8 = 0
    }

    private(set) var groups: ContiguousArray<Group> = []
    private var index: [StaticPairs.Key: Int] = [:]
    private var states: ContiguousArray<ObjectState>
    /// Classes of objects that more than one class of access touched, ``classesMax`` places an object.
    private var classes: ContiguousArray<AccessClass> = []
    private let horizon: UInt32

    /// Collects candidates.
    ///
    /// - Parameters:
    ///   - horizon: accesses further apart than this many events are not compared.
    ///   - keys: names static pairs.
    ///   - known: pairs that need no prediction.
    init(
        _ order: CausalOrder,
        _ batch: borrowing EventBatch,
        horizon: Int,
        keys: StaticPairs.Naming,
        known: Set<StaticPairs.Key>
    ) {
        self.horizon = UInt32(clamping: horizon)
        states = ContiguousArray(repeating: ObjectState(), count: order.objects.count)
        for (position, row) in order.rows.enumerated() {
            let object = order.objectOfRow[Int(row)]
            if object == .max { continue }
            visit(UInt32(position), row, object, order, batch, keys, known)
        }
    }

    private mutating func visit(
        _ position: UInt32,
        _ row: UInt32,
        _ object: UInt32,
        _ order: CausalOrder,
        _ batch: borrowing EventBatch,
        _ keys: StaticPairs.Naming,
        _ known: Set<StaticPairs.Key>
    ) {
        let kind = WindowAccesses.Kind(batch.operations[Int(row)])
        let location = batch.locations[Int(row)]
        let lockset = order.locksetOfRow[Int(row)]
        let task = order.taskOfRow[Int(row)]
        let place = classIndex(object, location, kind, lockset, task, position, order.locksets)
        let base = Int(states[Int(object)].first)
        if classes[place].latest.task != task {
            classes[place].other = classes[place].latest
            classes[place].latest.task = task
        }
        classes[place].latest.position = position
        let open = classes[place].open
        if open == 0 { return }
        for rival in 0..<Int(states[Int(object)].count) where open & (1 << UInt8(rival)) != 0 {
            let held = classes[base + rival]
            let mark = held.latest.task == task ? held.other : held.latest
            guard mark.task != Mark.none.task, mark.task != task, position - mark.position < horizon else { continue }
            let shift = UInt64(rival) * 8
            let count = (classes[place].met >> shift) & 0xff
            classes[place].met += 1 << shift
            // Looking at powers of two only spreads the instances over the run for the price of seven looks.
            if (count + 1) & count == 0 {
                let earlier = order.rows[Int(mark.position)]
                let key = keys.key(earlier, row, object: Int(object))
                if known.contains(key) {
                    classes[place].open &= ~(1 << UInt8(rival))
                    continue
                }
                add(key, Instance(first: mark.position, second: position))
            }
            if count + 1 >= 128 { classes[place].open &= ~(1 << UInt8(rival)) }
        }
    }

    /// The class of an access, made when new; past the bound the oldest gives way.
    private mutating func classIndex(
        _ object: UInt32,
        _ location: Symbol,
        _ kind: WindowAccesses.Kind,
        _ lockset: UInt32,
        _ task: UInt32,
        _ position: UInt32,
        _ locksets: borrowing LocksetTable
    ) -> Int {
        let state = states[Int(object)]
        func matches(_ candidate: AccessClass) -> Bool {
            candidate.location == location && candidate.lockset == lockset && candidate.kind == kind
        }
        if state.count > 0 {
            let recent = Int(state.first) + Int(state.recent)
            if matches(classes[recent]) { return recent }
            for slot in 0..<Int(state.count) where matches(classes[Int(state.first) + slot]) {
                states[Int(object)].recent = UInt8(slot)
                return Int(state.first) + slot
            }
        }
        let fresh = AccessClass(
            location: location,
            lockset: lockset,
            kind: kind,
            latest: Mark(task: task, position: position)
        )
        let slot: Int
        if state.count == 0 {
            states[Int(object)].first = UInt32(classes.count)
            states[Int(object)].count = 1
            classes.append(fresh)
            slot = 0
        } else {
            slot = makeRoom(Int(object), fresh)
        }
        let base = Int(states[Int(object)].first)
        states[Int(object)].recent = UInt8(slot)
        for rival in 0..<Int(states[Int(object)].count) {
            let held = classes[base + rival]
            guard kind.conflicts(with: held.kind), !locksets.exclude(lockset, held.lockset) else { continue }
            classes[base + slot].open |= 1 << UInt8(rival)
            classes[base + rival].open |= 1 << UInt8(slot)
        }
        return base + slot
    }

    /// Puts a second or later class of an object in its place, and returns the slot.
    private mutating func makeRoom(_ object: Int, _ fresh: AccessClass) -> Int {
        var state = states[object]
        if state.count == 1 {
            // The first class stood alone; now the object gets room for all.
            let only = classes[Int(state.first)]
            state.first = UInt32(classes.count)
            classes.append(contentsOf: repeatElement(only, count: Self.classesMax))
        }
        let slot: Int
        if Int(state.count) < Self.classesMax {
            slot = Int(state.count)
            state.count += 1
        } else {
            slot = Int(state.replace)
            state.replace = (state.replace + 1) % UInt8(Self.classesMax)
            for rival in 0..<Self.classesMax {
                classes[Int(state.first) + rival].open &= ~(1 << UInt8(slot))
                classes[Int(state.first) + rival].met &= ~(0xff << (UInt64(slot) * 8))
            }
        }
        classes[Int(state.first) + slot] = fresh
        states[object] = state
        return slot
    }

    /// Adds an instance that must be asked about.
    mutating func insist(_ key: StaticPairs.Key, _ instance: Instance) {
        groups[number(key)].instances.append(instance)
    }

    private mutating func number(_ key: StaticPairs.Key) -> Int {
        if let found = index[key] { return found }
        index[key] = groups.count
        groups.append(Group(key: key))
        return groups.count - 1
    }

    private mutating func add(_ key: StaticPairs.Key, _ instance: Instance) {
        let group = number(key)
        let seen = groups[group].seen
        groups[group].seen += 1
        if seen < Self.instancesMax {
            groups[group].instances.append(instance)
        } else {
            groups[group].instances[2 + seen % (Self.instancesMax - 2)] = instance
        }
    }
}
