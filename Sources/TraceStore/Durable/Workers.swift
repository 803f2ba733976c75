import Dispatch
import Synchronization

/// Threads that each own a resource which blocks, such as a connection: jobs wait here and never on the threads that
/// answer requests.
final class Workers<Resource>: Sendable {
    typealias Job = @Sendable (inout Resource) -> Void

    private struct State: ~Copyable {
        var jobs: [Job] = []
        var head = 0
        var running: Int
        var closed = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let available = DispatchSemaphore(value: 0)
    private let count: Int

    /// Starts the threads; each makes its resource before its first job.
    init(count: Int = 1, make: @escaping @Sendable (Int) -> Resource) {
        self.count = count
        state = Mutex(State(running: count))
        for index in 0..<count {
            start { [self] in
                var resource = make(index)
                while let job = next() { job(&resource) }
            }
        }
    }

    /// Runs a job on one of the threads.
    ///
    /// - Throws: what the job throws, or `unavailable` after ``close()``.
    func run<Value: Sendable>(
        _ work: @escaping @Sendable (inout Resource) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let result = await withCheckedContinuation { (waiting: CheckedContinuation<Result<Value, StoreError>, Never>) in
            let accepted = enqueue { resource in
                do throws(StoreError) {
                    waiting.resume(returning: .success(try work(&resource)))
                } catch {
                    waiting.resume(returning: .failure(error))
                }
            }
            if !accepted { waiting.resume(returning: .failure(StoreError(.unavailable, "the store is closed"))) }
        }
        return try result.get()
    }

    /// Lets the jobs that wait finish, then ends the threads and with them their resources.
    func close() async {
        await withCheckedContinuation { waiting in
            let done = state.withLock { state in
                state.closed = true
                if state.running > 0 { state.closers.append(waiting) }
                return state.running == 0
            }
            for _ in 0..<count { available.signal() }
            if done { waiting.resume() }
        }
    }

    /// Ends the threads after the jobs that wait, without waiting for that.
    func closeWithoutWaiting() {
        state.withLock { $0.closed = true }
        for _ in 0..<count { available.signal() }
    }

    /// Starts a job of which nobody awaits the end; dropped when the threads end.
    func enqueueDetached(_ job: @escaping Job) { _ = enqueue(job) }

    private func enqueue(_ job: @escaping Job) -> Bool {
        let accepted = state.withLock { state in
            guard !state.closed else { return false }
            state.jobs.append(job)
            return true
        }
        if accepted { available.signal() }
        return accepted
    }

    /// The next job; `nil` when the thread is to end.
    private func next() -> Job? {
        while true {
            available.wait()
            let (job, closed) = state.withLock { state -> (Job?, Bool) in
                guard state.head < state.jobs.count else { return (nil, state.closed) }
                let job = state.jobs[state.head]
                state.head += 1
                if state.head == state.jobs.count {
                    state.jobs.removeAll(keepingCapacity: true)
                    state.head = 0
                } else if state.head > 1_024, state.head * 2 > state.jobs.count {
                    state.jobs.removeFirst(state.head)
                    state.head = 0
                }
                return (job, false)
            }
            if let job { return job }
            if closed { return nil }
        }
    }

    private func start(_ body: @escaping @Sendable () -> Void) {
        let ended: @Sendable () -> Void = { [self] in
            let closers = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                state.running -= 1
                guard state.running == 0 else { return [] }
                defer { state.closers = [] }
                return state.closers
            }
            for closer in closers { closer.resume() }
        }
        OwnThread.start {
            body()
            ended()
        }
    }
}
