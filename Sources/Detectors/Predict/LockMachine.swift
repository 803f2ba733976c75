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
        var depth: Int
        var shared: Bool
    }

    private var claims: [UInt32: [Claim]] = [:]
    /// Acquires that were logged before they succeeded, by task.
    private var announced: [UInt32: (lock: UInt32, shared: Bool, row: Int)] = [:]

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
        if let place = claims[lock]?.firstIndex(where: { $0.task == task }) {
            claims[lock]?[place].depth += 1
            return .free
        }
        if flags.contains(.advisory) {
            announced[task] = (lock, shared, row)
            return .free
        }
        guard isFree(lock, for: task, shared: shared) else { return .blocked }
        claims[lock, default: []].append(Claim(task: task, depth: 1, shared: shared))
        return .free
    }

    /// Lets an announced acquire of a task succeed, as it must have before the task's next event; false when it cannot.
    @discardableResult
    mutating func settle(_ task: UInt32, except row: Int) -> Bool {
        guard let waiting = announced[task], waiting.row != row else { return true }
        announced[task] = nil
        let free = isFree(waiting.lock, for: task, shared: waiting.shared)
        claims[waiting.lock, default: []].append(Claim(task: task, depth: 1, shared: waiting.shared))
        return free
    }

    /// True when the task holds the lock in a way that keeps such an acquire waiting.
    func holds(_ lock: UInt32, _ task: UInt32, against shared: Bool) -> Bool {
        claims[lock]?.contains { $0.task == task && !($0.shared && shared) } ?? false
    }

    private func isFree(_ lock: UInt32, for task: UInt32, shared: Bool) -> Bool {
        claims[lock]?.allSatisfy { $0.task == task || ($0.shared && shared) } ?? true
    }

    private mutating func release(_ lock: UInt32, _ task: UInt32) {
        guard var held = claims[lock], !held.isEmpty else { return }
        // Whoever lets go for somebody else ends the whole claim.
        let own = held.firstIndex { $0.task == task }
        let place = own ?? 0
        held[place].depth -= 1
        if held[place].depth == 0 || own == nil { held.remove(at: place) }
        claims[lock] = held.isEmpty ? nil : held
    }
}
