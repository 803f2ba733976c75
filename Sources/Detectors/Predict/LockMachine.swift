import Causality
import TraceModel

/// Locks as a machine has them: who holds each how deep, shared or alone.
struct LockMachine {
    /// What a step met.
    enum Result: Equatable {
        /// It went through.
        case free
        /// An acquire that cannot succeed now.
        case blocked
        /// A failed acquire that another task's claim explains.
        case obstructed
    }

    private struct Claim {
        var task: UInt32
        var depth: Int32
        var shared: Bool
    }

    private static let nobody = UInt32.max

    /// The first claim of each lock, and the others of locks that several share.
    private var first: ContiguousArray<Claim>
    private var others: [UInt32: [Claim]] = [:]
    /// Acquires that were logged before they succeeded, by task.
    private var announced: [UInt32: (lock: UInt32, shared: Bool, row: Int)] = [:]

    /// A machine whose locks are all free.
    init(locks: Int) {
        first = ContiguousArray(repeating: Claim(task: Self.nobody, depth: 0, shared: false), count: locks)
    }

    /// Executes a lock operation.
    mutating func step(_ row: Int, _ lock: UInt32, _ batch: borrowing EventBatch, _ order: CausalOrder) -> Result {
        let task = order.taskOfRow[row]
        let flags = batch.flags[row]
        let shared = flags.contains(.shared)
        if batch.operations[row] == .lockRelease {
            if !flags.contains(.failed) { release(lock, task) }
            return .free
        }
        if flags.contains(.failed) { return isFree(lock, for: task, shared: shared) ? .free : .obstructed }
        if first[Int(lock)].task == task {
            first[Int(lock)].depth += 1
            return .free
        }
        if let place = others[lock]?.firstIndex(where: { $0.task == task }) {
            others[lock]?[place].depth += 1
            return .free
        }
        if flags.contains(.advisory) {
            announced[task] = (lock, shared, row)
            return .free
        }
        guard isFree(lock, for: task, shared: shared) else { return .blocked }
        take(lock, Claim(task: task, depth: 1, shared: shared))
        return .free
    }

    /// Lets an announced acquire of a task succeed, as it must have before the task's next event; false when it cannot.
    @discardableResult
    mutating func settle(_ task: UInt32, except row: Int) -> Bool {
        if announced.isEmpty { return true }
        guard let waiting = announced[task], waiting.row != row else { return true }
        announced[task] = nil
        let free = isFree(waiting.lock, for: task, shared: waiting.shared)
        take(waiting.lock, Claim(task: task, depth: 1, shared: waiting.shared))
        return free
    }

    /// True when the task holds the lock in a way that keeps such an acquire waiting.
    func holds(_ lock: UInt32, _ task: UInt32, against shared: Bool) -> Bool {
        let claim = first[Int(lock)]
        if claim.task == task { return !(claim.shared && shared) }
        return others[lock]?.contains { $0.task == task && !($0.shared && shared) } ?? false
    }

    private func isFree(_ lock: UInt32, for task: UInt32, shared: Bool) -> Bool {
        let claim = first[Int(lock)]
        guard claim.task == Self.nobody || claim.task == task || (claim.shared && shared) else { return false }
        return others[lock]?.allSatisfy { $0.task == task || ($0.shared && shared) } ?? true
    }

    private mutating func take(_ lock: UInt32, _ claim: Claim) {
        if first[Int(lock)].task == Self.nobody {
            first[Int(lock)] = claim
        } else {
            others[lock, default: []].append(claim)
        }
    }

    /// Whoever lets go for somebody else ends the whole claim.
    private mutating func release(_ lock: UInt32, _ task: UInt32) {
        if let place = others[lock]?.firstIndex(where: { $0.task == task }) {
            others[lock]?[place].depth -= 1
            if others[lock]?[place].depth == 0 { others[lock]?.remove(at: place) }
            return
        }
        let holder = first[Int(lock)].task
        if holder == Self.nobody { return }
        first[Int(lock)].depth -= 1
        guard first[Int(lock)].depth == 0 || holder != task else { return }
        first[Int(lock)].task = Self.nobody
        guard var rest = others.removeValue(forKey: lock), !rest.isEmpty else { return }
        first[Int(lock)] = rest.removeFirst()
        if !rest.isEmpty { others[lock] = rest }
    }
}
