import TraceModel

/// Who holds which lock, while the events are walked in causal order.
struct LockTable {
    /// A lock that a task holds.
    struct Claim {
        var lock: UInt32
        var shared: Bool
        var depth: UInt32
    }

    /// Lock names with the process they belong to; `nil` for a global lock.
    private(set) var locks: ContiguousArray<(name: Symbol, process: UInt32?)> = []
    private(set) var locksets = LocksetTable()
    private var index: [UInt64: UInt32] = [:]
    private var claims: ContiguousArray<ContiguousArray<Claim>>
    private var current: ContiguousArray<UInt32>
    private var holders: ContiguousArray<ContiguousArray<UInt32>> = []

    init(tasks: Int) {
        claims = ContiguousArray(repeating: [], count: tasks)
        current = ContiguousArray(repeating: 0, count: tasks)
    }

    /// The number of a lock: (process, name), or the name alone when its scope is global.
    mutating func number(_ row: Int, _ batch: borrowing EventBatch) -> UInt32 {
        let global = batch.flags[row].contains(.globalScope)
        let process = batch.processIndices[row]
        let key = (global ? UInt64(UInt32.max) : UInt64(process)) << 32 | UInt64(batch.objects[row].rawValue)
        if let known = index[key] { return known }
        let number = UInt32(locks.count)
        locks.append((batch.objects[row], global ? nil : process))
        holders.append([])
        index[key] = number
        return number
    }

    /// The lockset that a task holds now.
    func lockset(of task: Int) -> UInt32 { current[task] }

    /// Takes a lock; true when this is the outermost acquire.
    mutating func acquire(_ lock: UInt32, by task: Int, shared: Bool) -> Bool {
        if let held = claims[task].firstIndex(where: { $0.lock == lock }) {
            claims[task][held].depth += 1
            return false
        }
        claims[task].append(Claim(lock: lock, shared: shared, depth: 1))
        holders[Int(lock)].append(UInt32(task))
        refresh(task)
        return true
    }

    /// True when another task's claim should have kept this acquire waiting.
    func isContested(_ lock: UInt32, by task: Int, shared: Bool) -> Bool {
        holders[Int(lock)].contains { other in
            Int(other) != task
                && claims[Int(other)].contains { $0.lock == lock && !($0.shared && shared) }
        }
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

    /// Gives a lock back, for whoever holds it when the task itself does not; says whose claim it was.
    mutating func release(_ lock: UInt32, by task: Int) -> (outcome: Release, holder: Int) {
        var owner = task
        let isForeign = !claims[task].contains { $0.lock == lock }
        if isForeign {
            guard let holder = holders[Int(lock)].first else { return (.unmatched, task) }
            owner = Int(holder)
        }
        guard let held = claims[owner].firstIndex(where: { $0.lock == lock }) else { return (.unmatched, task) }
        claims[owner][held].depth -= 1
        // Whoever lets go for somebody else ends the whole claim.
        if claims[owner][held].depth > 0, !isForeign { return (.inner, owner) }
        claims[owner].remove(at: held)
        if let place = holders[Int(lock)].firstIndex(of: UInt32(owner)) { holders[Int(lock)].remove(at: place) }
        refresh(owner)
        return (.outermost, owner)
    }

    /// Locks still held, as (task, lock).
    var held: [(task: Int, lock: UInt32)] {
        claims.indices.flatMap { task in claims[task].map { (task, $0.lock) } }
    }

    private mutating func refresh(_ task: Int) {
        current[task] = locksets.intern(claims[task].map { $0.lock << 1 | ($0.shared ? 1 : 0) }.sorted())
    }
}
