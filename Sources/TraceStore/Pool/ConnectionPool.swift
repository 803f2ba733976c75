import Dispatch
import Synchronization

/// Drives a ``PoolStateMachine`` for connections that block: each lives on a thread of its own.
///
/// `Resource` is the connection; `open` is called on its thread and may take as long as connecting takes.
final class ConnectionPool<Resource>: Sendable {
    private typealias Thread = Workers<Result<Resource, StoreError>>

    private struct State: ~Copyable {
        var machine: PoolStateMachine
        var threads: [Int: Thread] = [:]
        var waiting: [Int: CheckedContinuation<Result<Int, StoreError>, Never>] = [:]
        /// Waiters whose task was cancelled before they got into line.
        var cancelled: Set<Int> = []
        var nextWaiter = 0
        var lastFailure: StoreError?
    }

    private let state: Mutex<State>
    private let open: @Sendable () throws(StoreError) -> Resource
    private let clock: Workers<Void>
    private let clockSignal = DispatchSemaphore(value: 0)
    private let isClosed = Mutex(false)

    init(_ options: PoolOptions, open: @escaping @Sendable () throws(StoreError) -> Resource) {
        state = Mutex(State(machine: PoolStateMachine(options)))
        self.open = open
        clock = Workers { _ in }
        change { $0.start(now: WallTime.monotonic()) }
        let ticking: @Sendable (inout Void) -> Void = { [self] _ in runClock() }
        clock.enqueueDetached(ticking)
    }

    /// Runs a job with a connection. `work` answers besides its result whether the connection may be used again.
    func run<Value: Sendable>(
        _ work: @escaping @Sendable (inout Resource) -> (Result<Value, StoreError>, healthy: Bool)
    ) async throws(StoreError) -> Value {
        let connection = try await acquire()
        guard let thread = state.withLock({ $0.threads[connection] }) else {
            change { $0.release(connection, healthy: false, now: WallTime.monotonic()) }
            throw StoreError(.unavailable, "the store is closed")
        }
        let outcome: Result<Outcome<Value>, StoreError>
        do throws(StoreError) {
            outcome = .success(
                try await thread.run { resource throws(StoreError) in
                    var connected = try resource.get()
                    let (result, healthy) = work(&connected)
                    resource = .success(connected)
                    return Outcome(result: result, healthy: healthy)
                }
            )
        } catch {
            outcome = .failure(error)
        }
        let healthy = if case .success(let done) = outcome { done.healthy } else { false }
        change { $0.release(connection, healthy: healthy, now: WallTime.monotonic()) }
        return try outcome.get().result.get()
    }

    private struct Outcome<Value: Sendable>: Sendable {
        var result: Result<Value, StoreError>
        var healthy: Bool
    }

    /// Refuses whoever waits, waits for those who use a connection, closes all.
    func close() async {
        isClosed.withLock { $0 = true }
        clockSignal.signal()
        change { $0.close() }
        let threads = state.withLock { Array($0.threads.values) }
        for thread in threads { await thread.close() }
        await clock.close()
    }

    // MARK: Waiting

    private func acquire() async throws(StoreError) -> Int {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<Int, StoreError>, Never>) in
                change { state in
                    state.waiting[waiter] = continuation
                    var actions = state.machine.acquire(waiter, now: WallTime.monotonic())
                    if state.cancelled.remove(waiter) != nil {
                        actions += state.machine.cancel(waiter, now: WallTime.monotonic())
                    }
                    return actions
                }
            }
        } onCancel: {
            change { state in
                guard state.waiting[waiter] != nil else {
                    state.cancelled.insert(waiter)
                    return []
                }
                return state.machine.cancel(waiter, now: WallTime.monotonic())
            }
        }
        state.withLock { _ = $0.cancelled.remove(waiter) }
        return try result.get()
    }

    // MARK: Driving

    private func change(_ event: (inout PoolStateMachine) -> [PoolStateMachine.Action]) {
        change { (state: inout State) in event(&state.machine) }
    }

    private func change(_ event: (inout State) -> [PoolStateMachine.Action]) {
        var answers: [(CheckedContinuation<Result<Int, StoreError>, Never>, Result<Int, StoreError>)] = []
        var toOpen: [Int] = []
        var toClose: [Thread] = []
        state.withLock { state in
            for action in event(&state) {
                switch action {
                case .lease(let waiter, let connection):
                    if let continuation = state.waiting.removeValue(forKey: waiter) {
                        answers.append((continuation, .success(connection)))
                    }
                case .fail(let waiter, let failure):
                    if let continuation = state.waiting.removeValue(forKey: waiter) {
                        answers.append((continuation, .failure(Self.error(failure, state.lastFailure))))
                    }
                case .open(let connection): toOpen.append(connection)
                case .close(let connection):
                    if let thread = state.threads.removeValue(forKey: connection) { toClose.append(thread) }
                }
            }
        }
        for (continuation, result) in answers { continuation.resume(returning: result) }
        for thread in toClose { thread.closeWithoutWaiting() }
        for connection in toOpen { start(connection) }
        clockSignal.signal()
    }

    private func start(_ connection: Int) {
        let open = open
        let thread = Thread { _ in
            Result { () throws(StoreError) in try open() }
        }
        state.withLock { $0.threads[connection] = thread }
        thread.enqueueDetached { [self] resource in
            let failure: StoreError? = if case .failure(let error) = resource { error } else { nil }
            change { state in
                let now = WallTime.monotonic()
                guard let failure else {
                    return state.machine.opened(connection, jitter: .random(in: -1...1), now: now)
                }
                state.lastFailure = failure
                let actions = state.machine.openFailed(connection, now: now)
                return actions + [.close(connection)]
            }
        }
    }

    private func runClock() {
        while !isClosed.withLock({ $0 }) {
            let deadline = state.withLock { $0.machine.nextDeadline }
            if let deadline {
                let wait = max(0, deadline - WallTime.monotonic())
                // Every change wakes the clock, so waiting too long is impossible and a wake too many is cheap.
                if wait > 0 {
                    _ = clockSignal.wait(timeout: .now() + .nanoseconds(Int(min(wait, 3_600_000_000_000))))
                    continue
                }
                change { $0.tick(now: WallTime.monotonic()) }
            } else {
                clockSignal.wait()
            }
        }
    }

    private static func error(_ failure: PoolStateMachine.Failure, _ last: StoreError?) -> StoreError {
        switch failure {
        case .timedOut:
            last ?? StoreError(.unavailable, "no connection became free in time; raise pool.max_connections")
        case .tooManyWaiters:
            StoreError(.unavailable, "too many queries wait for a connection already; raise pool.max_connections")
        case .cancelled: StoreError(.unavailable, "the query was cancelled while it waited for a connection")
        case .unreachable: last ?? StoreError(.unavailable, "the database cannot be reached")
        case .closed: StoreError(.unavailable, "the store is closed")
        }
    }
}
