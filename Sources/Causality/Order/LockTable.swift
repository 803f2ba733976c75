import TraceModel

/// Who holds which lock, while the events are walked in causal order.
///
/// Every operation is O(1) amortised, however many locks a task holds and however many tasks share one; see ``LocksetTable`` for
/// the members of a lockset.
struct LockTable {
    /// A lock that a task holds.
    private struct Claim {
        var shared: Bool
        var depth: UInt32
        /// Tells this claim from earlier ones of the same task.
        var serial: UInt32
        /// It stands in the task's lockset.
        var counts: Bool
    }

    private struct Holder {
        var task: UInt32
        var serial: UInt32
    }

    /// What is known of one lock besides its name.
    private struct Holders {
        /// In the order of their acquires; those that gave it back stay until nobody or too few of the list hold it.
        var list: ContiguousArray<Holder> = []
        var count = 0
        var exclusive = 0
    }

    /// Lock names with the process they belong to; `nil` for a global lock.
    private(set) var locks: ContiguousArray<(name: Symbol, process: UInt32?)> = []
    private(set) var locksets = LocksetTable()
    private var index: [UInt64: UInt32] = [:]
    /// Claims by task and lock.
    private var claims: [UInt64: Claim] = [:]
    private var current: ContiguousArray<UInt32>
    private var holders: ContiguousArray<Holders> = []
    private var serial: UInt32 = 0

    init(tasks: Int) { current = ContiguousArray(repeating: 0, count: tasks) }

    /// The number of a lock: (process, name), or the name alone when its scope is global.
    mutating func number(_ row: Int, _ batch: borrowing EventBatch) -> UInt32 {
        let global = batch.flags[row].contains(.globalScope)
        let process = batch.processIndices[row]
        let key = (global ? UInt64(UInt32.max) : UInt64(process)) << 32 | UInt64(batch.objects[row].rawValue)
        if let known = index[key] { return known }
        let number = UInt32(locks.count)
        locks.append((batch.objects[row], global ? nil : process))
        holders.append(Holders())
        index[key] = number
        return number
    }

    /// The lockset that a task holds now.
    func lockset(of task: Int) -> UInt32 { current[task] }

    /// Takes a lock; true when this is the outermost acquire.
    mutating func acquire(_ lock: UInt32, by task: Int, shared: Bool) -> Bool {
        let key = Self.key(lock, task)
        if claims[key] != nil {
            claims[key]?.depth += 1
            return false
        }
        serial &+= 1
        let before = current[task]
        current[task] = locksets.adding(Self.member(lock, shared: shared), to: before)
        claims[key] = Claim(shared: shared, depth: 1, serial: serial, counts: current[task] != before)
        holders[Int(lock)].list.append(Holder(task: UInt32(task), serial: serial))
        holders[Int(lock)].count += 1
        if !shared { holders[Int(lock)].exclusive += 1 }
        compact(lock)
        return true
    }

    /// True when another task's claim should have kept this acquire waiting.
    func isContested(_ lock: UInt32, by task: Int, shared: Bool) -> Bool {
        var others = shared ? holders[Int(lock)].exclusive : holders[Int(lock)].count
        if others > 0, let own = claims[Self.key(lock, task)], !(shared && own.shared) { others -= 1 }
        return others > 0
    }

    /// What a release did.
    enum Release: Equatable {
        /// An inner release of a re-entrant lock.
        case inner
        /// The claim of the releasing task, or of the task it released for, ended.
        case outermost
        /// Nobody held the lock.
        case unmatched
    }

    /// Gives a lock back, for whoever holds it longest when the task itself does not; says whose claim it was.
    mutating func release(_ lock: UInt32, by task: Int) -> (outcome: Release, holder: Int) {
        var owner = task
        let isForeign = claims[Self.key(lock, task)] == nil
        if isForeign {
            guard let holder = firstHolder(of: lock) else { return (.unmatched, task) }
            owner = holder
        }
        let key = Self.key(lock, owner)
        guard let claim = claims[key] else { return (.unmatched, task) }
        // Whoever lets go for somebody else ends the whole claim.
        if claim.depth > 1, !isForeign {
            claims[key]?.depth -= 1
            return (.inner, owner)
        }
        claims[key] = nil
        if claim.counts {
            current[owner] = locksets.removing(Self.member(lock, shared: claim.shared), from: current[owner])
        }
        holders[Int(lock)].count -= 1
        if !claim.shared { holders[Int(lock)].exclusive -= 1 }
        if holders[Int(lock)].count == 0 { holders[Int(lock)].list.removeAll(keepingCapacity: true) }
        return (.outermost, owner)
    }

    private func firstHolder(of lock: UInt32) -> Int? {
        holders[Int(lock)].list.first { holds($0, lock) }.map { Int($0.task) }
    }

    private func holds(_ holder: Holder, _ lock: UInt32) -> Bool {
        claims[Self.key(lock, Int(holder.task))]?.serial == holder.serial
    }

    /// Drops holders that gave the lock back once they are the most of the list.
    private mutating func compact(_ lock: UInt32) {
        guard holders[Int(lock)].list.count > 16 + 2 * holders[Int(lock)].count else { return }
        let kept = holders[Int(lock)].list.filter { holds($0, lock) }
        holders[Int(lock)].list = ContiguousArray(kept)
    }

    private static func key(_ lock: UInt32, _ task: Int) -> UInt64 { UInt64(UInt32(task)) << 32 | UInt64(lock) }

    private static func member(_ lock: UInt32, shared: Bool) -> UInt32 { lock << 1 | (shared ? 1 : 0) }
}
