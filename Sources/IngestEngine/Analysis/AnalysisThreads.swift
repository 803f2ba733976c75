import Synchronization
import TraceStore

/// Threads of their own for analyses, so that a long one never holds a thread on which requests are answered, and
/// gives way to those where all processors are busy: what is acknowledged waits for nobody, what is found can wait.
///
/// All analyses of a process share them: at most so many run at once.
final class AnalysisThreads: TaskExecutor {
    private struct State: ~Copyable {
        var jobs: [UnownedJob] = []
        var head = 0
        var running = 0
    }

    private let width: Int
    private let state = Mutex(State())

    /// - Parameter width: threads at most, at least one.
    init(width: Int) { self.width = max(1, width) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let starts = state.withLock { state in
            state.jobs.append(job)
            guard state.running < width else { return false }
            state.running += 1
            return true
        }
        guard starts else { return }
        OwnThread.start(givesWay: true) { [self] in
            let executor = asUnownedTaskExecutor()
            while let job = next() { job.runSynchronously(on: executor) }
        }
    }

    /// The job that waited longest; without one the thread ends.
    private func next() -> UnownedJob? {
        state.withLock { state in
            guard state.head < state.jobs.count else {
                state.jobs.removeAll(keepingCapacity: true)
                state.head = 0
                state.running -= 1
                return nil
            }
            let job = state.jobs[state.head]
            state.head += 1
            // Where the queue is never empty, what was taken would stay for good.
            if state.head >= 1_024, state.head * 2 >= state.jobs.count {
                state.jobs.removeFirst(state.head)
                state.head = 0
            }
            return job
        }
    }
}
