import Causality
import TraceModel

/// Proposes pairs of accesses that no common lock excludes, whatever order was observed between them.
///
/// This is the lockset idea of Eraser (Savage et al., SOSP 1997), which alone reports mostly noise: its pairs are only ever
/// questions to ``SyncPreservingClosure``. One pass, O(1) an access: per object at most ``classesMax`` classes of access (place,
/// kind, lockset) are told apart, each with the last two tasks that did it. What is private to one task, or well protected, costs
/// one comparison.
struct RaceCandidates {
    /// Whether an access like some earlier one by `task` can be adjacent to the one at position `second`.
    struct Instance {
        var task: UInt32
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
    /// Meetings of two classes of one object that are counted before the pair is left alone.
    private static let meetingsMax: UInt8 = 128
    private static let nobody = UInt32.max

    /// What is known of an object; most objects never need more.
    private struct ObjectState {
        /// The only task so far, or `nobody` once there are several.
        var task = RaceCandidates.nobody
        /// The class seen last, 0 for none.
        var recent: UInt32 = 0
        var block: UInt32 = RaceCandidates.nobody
        var count: UInt8 = 0
        var replace: UInt8 = 0
    }

    /// One class of access.
    private struct AccessClass {
        var task: UInt32
        var other = RaceCandidates.nobody
        /// A row of the class.
        var row: UInt32
        var lockset: UInt32
        var kind: WindowAccesses.Kind
        /// How often each other class of the object was met, and which are still worth it.
        var met: UInt64 = 0
    }

    private(set) var groups: ContiguousArray<Group> = []
    private var index: [StaticPairs.Key: Int] = [:]
    private var states: ContiguousArray<ObjectState>
    /// ``classesMax`` entries an object: the classes' names, the pairs worth counting as bits, and the rest.
    private var names: ContiguousArray<UInt32> = []
    private var open: ContiguousArray<UInt8> = []
    private var classes: ContiguousArray<AccessClass> = []

    /// Collects candidates.
    ///
    /// - Parameters:
    ///   - survey: tells which objects need no look.
    ///   - keys: names static pairs.
    ///   - known: pairs that need no prediction.
    init(
        _ order: CausalOrder,
        _ batch: borrowing EventBatch,
        survey: Survey,
        keys: StaticPairs.Naming,
        known: Set<StaticPairs.Key>
    ) {
        states = ContiguousArray(repeating: ObjectState(), count: order.objects.count)
        for position in order.rows.indices {
            let row = order.rows[position]
            let object = Int(order.objectOfRow[Int(row)])
            if object == Int(UInt32.max) || !survey.mayRace(UInt32(object)) { continue }
            let task = order.taskOfRow[Int(row)]
            let kind = WindowAccesses.Kind(batch.operations[Int(row)])
            let lockset = order.locksetOfRow[Int(row)]
            let name = Self.name(batch.locations[Int(row)], lockset, kind)
            let state = states[object]
            if state.task == task, state.recent == name { continue }
            let place = classPlace(object, name, AccessClass(task: task, row: row, lockset: lockset, kind: kind), order)
            states[object].recent = name
            if state.task == task { continue }
            states[object].task = state.block == Self.nobody ? task : Self.nobody
            if place < 0 { continue }
            if classes[place].task != task {
                classes[place].other = classes[place].task
                classes[place].task = task
            }
            if open[place] != 0 { meet(place, object, row, UInt32(position), keys, known) }
        }
    }

    /// A class's name in 32 bits, never 0; two that collide are one class, which can only ask a question too few.
    private static func name(_ location: Symbol, _ lockset: UInt32, _ kind: WindowAccesses.Kind) -> UInt32 {
        var mixed = UInt64(location.rawValue) << 32 | UInt64(lockset) << 2 | UInt64(kind.rawValue)
        mixed = (mixed ^ (mixed >> 33)) &* 0xff51_afd7_ed55_8ccd
        return max(1, UInt32(truncatingIfNeeded: mixed >> 32))
    }

    /// Counts the meetings of a class with the others that it may race with.
    private mutating func meet(
        _ place: Int,
        _ object: Int,
        _ row: UInt32,
        _ position: UInt32,
        _ keys: StaticPairs.Naming,
        _ known: Set<StaticPairs.Key>
    ) {
        let base = Int(states[object].block) * Self.classesMax
        let task = classes[place].task
        var bits = open[place]
        while bits != 0 {
            let rival = bits.trailingZeroBitCount
            bits &= bits - 1
            let held = classes[base + rival]
            let partner = held.task == task ? held.other : held.task
            if partner == Self.nobody { continue }
            let shift = UInt64(rival) * 8
            let count = UInt8(truncatingIfNeeded: classes[place].met >> shift) + 1
            classes[place].met += 1 << shift
            // Looking at powers of two only spreads the instances over the run for the price of eight looks.
            if count & (count - 1) == 0 {
                let key = keys.key(held.row, row, object: object)
                if known.contains(key) {
                    close(base, place - base, rival)
                } else {
                    add(key, Instance(task: partner, second: position))
                }
            }
            if count >= Self.meetingsMax { open[place] &= ~(1 << UInt8(rival)) }
        }
    }

    private mutating func close(_ base: Int, _ a: Int, _ b: Int) {
        open[base + a] &= ~(1 << UInt8(b))
        open[base + b] &= ~(1 << UInt8(a))
    }

    /// The place of an access's class, made when new; -1 when an object that one task owns has too many.
    private mutating func classPlace(_ object: Int, _ name: UInt32, _ fresh: AccessClass, _ order: CausalOrder) -> Int {
        if states[object].block == Self.nobody {
            states[object].block = UInt32(names.count / Self.classesMax)
            names.append(contentsOf: repeatElement(0, count: Self.classesMax))
            open.append(contentsOf: repeatElement(0, count: Self.classesMax))
            classes.append(contentsOf: repeatElement(fresh, count: Self.classesMax))
        }
        let state = states[object]
        let base = Int(state.block) * Self.classesMax
        for slot in 0..<Int(state.count) where names[base + slot] == name { return base + slot }
        let slot: Int
        if Int(state.count) < Self.classesMax {
            slot = Int(state.count)
            states[object].count += 1
        } else if state.task == fresh.task {
            return -1
        } else {
            slot = Int(state.replace)
            states[object].replace = (state.replace + 1) % UInt8(Self.classesMax)
            for rival in 0..<Self.classesMax {
                close(base, slot, rival)
                classes[base + rival].met &= ~(0xff << (UInt64(slot) * 8))
            }
        }
        names[base + slot] = name
        classes[base + slot] = fresh
        for rival in 0..<Int(states[object].count) {
            let held = classes[base + rival]
            guard fresh.kind.conflicts(with: held.kind), !order.locksets.exclude(fresh.lockset, held.lockset) else {
                continue
            }
            open[base + slot] |= 1 << UInt8(rival)
            open[base + rival] |= 1 << UInt8(slot)
        }
        return base + slot
    }

    // MARK: Groups

    /// Adds an instance that must be asked about.
    mutating func insist(_ key: StaticPairs.Key, _ instance: Instance) {
        groups[number(key)].instances.append(instance)
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

    private mutating func number(_ key: StaticPairs.Key) -> Int {
        if let found = index[key] { return found }
        index[key] = groups.count
        groups.append(Group(key: key))
        return groups.count - 1
    }
}
