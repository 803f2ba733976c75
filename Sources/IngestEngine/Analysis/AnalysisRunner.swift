import Dispatch
import Synchronization

/// Runs analyses on threads of their own, one a key at a time, and hands their results to everybody who waits.
final class AnalysisRunner<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// A computed value, the revision it is of, and what keeping it costs.
    struct Product: Sendable {
        var revision: UInt64
        var value: Value
        var cost: Int
    }

    private struct State {
        var board: AnalysisBoard<Key, Value>
        var continuations: [UInt64: CheckedContinuation<Value?, Never>] = [:]
        /// Owned here, cancelled by ``stop()``.
        var tasks: [Key: Task<Void, Never>] = [:]
        /// Before this a computation that was long the last time does not begin again.
        var restUntil: [Key: ContinuousClock.Instant] = [:]
        var isStopped = false
    }

    /// Computations shorter than this may follow each other at once.
    static var restFrom: Duration { .milliseconds(50) }
    /// The longest pause between two computations.
    static var restMax: Duration { .seconds(30) }

    private let state: Mutex<State>
    private let threads: AnalysisThreads
    private let timer = DispatchQueue(label: "raceway.analysis.timer")
    private let compute: @Sendable (Key) async -> Product?

    /// - Parameter compute: makes a value for the newest revision there is when it begins; `nil` when that failed.
    init(threads: AnalysisThreads, costMax: Int, compute: @escaping @Sendable (Key) async -> Product?) {
        state = Mutex(State(board: AnalysisBoard(costMax: costMax)))
        self.threads = threads
        self.compute = compute
    }

    /// A value of at least `revision`; after `wait` the newest there is, or `nil` without any.
    func value(_ key: Key, revision: UInt64, waitingAtMost wait: Duration) async -> Value? {
        await withCheckedContinuation { continuation in
            let ready: Value?? = state.withLock { state in
                guard !state.isStopped else { return .some(state.board.latest(key)?.value) }
                switch state.board.request(key, revision: revision) {
                case .ready(let value): return .some(value)
                case .wait(let ticket, let starts):
                    state.continuations[ticket] = continuation
                    if starts { start(key, &state) }
                    let (seconds, attoseconds) = wait.components
                    let nanoseconds = Int(min(seconds, 86_400)) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
                    timer.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { [weak self] in
                        self?.giveUp(ticket, of: key)
                    }
                    return .none
                }
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }

    /// Cancels what runs and answers everybody with what there is.
    func stop() {
        let (tasks, waiting) = state.withLock { state in
            state.isStopped = true
            defer { (state.tasks, state.continuations) = ([:], [:]) }
            return (Array(state.tasks.values), Array(state.continuations.values))
        }
        for task in tasks { task.cancel() }
        for continuation in waiting { continuation.resume(returning: nil) }
    }

    private func start(_ key: Key, _ state: inout sending State) {
        let rest = state.restUntil[key]
        state.tasks[key] = Task(executorPreference: threads) { [weak self] in
            if let rest { try? await Task.sleep(until: rest) }
            let began = ContinuousClock.now
            let product = await self?.compute(key)
            self?.finish(key, product, began: began)
        }
    }

    private func finish(_ key: Key, _ product: Product?, began: ContinuousClock.Instant) {
        let served = state.withLock { state -> [(CheckedContinuation<Value?, Never>, Value?)] in
            guard !state.isStopped else { return [] }
            state.tasks[key] = nil
            let now = ContinuousClock.now
            let rest = now - began
            // Events that never stop coming, and somebody who always asks, may take half of a processor, not all of it.
            state.restUntil = state.restUntil.filter { $0.value > now }
            state.restUntil[key] = rest >= Self.restFrom ? now + min(rest, Self.restMax) : nil
            let (tickets, startsAgain) = state.board.finish(
                key,
                revision: product?.revision ?? 0,
                value: product?.value,
                cost: product?.cost ?? 0
            )
            if startsAgain { start(key, &state) }
            let value = state.board.latest(key)?.value
            return tickets.compactMap { ticket in state.continuations.removeValue(forKey: ticket).map { ($0, value) } }
        }
        for (continuation, value) in served { continuation.resume(returning: value) }
    }

    private func giveUp(_ ticket: UInt64, of key: Key) {
        let late = state.withLock { state -> (CheckedContinuation<Value?, Never>, Value?)? in
            guard state.board.giveUp(ticket, of: key), let held = state.continuations.removeValue(forKey: ticket) else {
                return nil
            }
            return (held, state.board.latest(key)?.value)
        }
        if let late { late.0.resume(returning: late.1) }
    }
}
