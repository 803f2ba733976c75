import Detectors
import Testing
import TraceModel

struct LockMisuseTests {
    private func anomalies(_ build: (TraceBuilder) -> Void) -> [AnomalyFinding] {
        let builder = TraceBuilder()
        build(builder)
        return Analyzer.analyze(builder.batch, spans: [], options: AnalysisOptions(detectors: [.deadlocks])).anomalies
    }

    private func kinds(_ build: (TraceBuilder) -> Void) -> [String] { anomalies(build).map(\.kind) }

    @Test func `a lock that its task still holds when it ends is leaked`() {
        let found = anomalies {
            $0.add("A", .lockAcquire, "m", at: "a.c:3")
            $0.add("A", .taskEnd, "")
            $0.add("B", .write, "x")
        }
        #expect(found.map(\.kind) == ["leaked_lock"])
        #expect(found.first?.object == "m")
        #expect(found.first?.events == ["1"])
        #expect(found.first?.grade == .feasible)
    }

    @Test func `a lock that was released, or whose task goes on, is not leaked`() {
        #expect(
            kinds {
                $0.add("A", .lockAcquire, "m")
                $0.add("A", .lockRelease, "m")
                $0.add("A", .taskEnd, "")
                $0.add("B", .lockAcquire, "m")
                $0.add("B", .write, "x")
            }.isEmpty
        )
    }

    @Test func `a joined task is over`() {
        #expect(
            kinds {
                $0.add("A", .fork, "B")
                $0.add("B", .lockAcquire, "m")
                $0.add("A", .join, "B")
            } == ["leaked_lock"]
        )
    }

    @Test func `a second acquire that never returns is a self-deadlock, a re-entrant one is not`() {
        #expect(
            kinds {
                $0.add("A", .lockAcquire, "m", type: "Mutex")
                $0.add("A", .lockAcquire, "m", at: "a.c:9", type: "Mutex")
                $0.add("B", .write, "x")
            } == ["double_acquire"]
        )
        #expect(
            kinds {
                $0.add("A", .lockAcquire, "m", type: "ReentrantLock")
                $0.add("A", .lockAcquire, "m", type: "ReentrantLock")
            }.isEmpty
        )
        #expect(
            kinds {
                $0.add("A", .lockAcquire, "m", type: "Mutex")
                $0.add("A", .lockAcquire, "m", type: "Mutex")
                $0.add("A", .lockRelease, "m", type: "Mutex")
                $0.add("A", .lockRelease, "m", type: "Mutex")
            }.isEmpty
        )
    }

    @Test func `a release of another task's lock is foreign unless it is a semaphore`() {
        let found = anomalies {
            $0.add("A", .lockAcquire, "m", at: "a.c:1")
            $0.add("B", .lockRelease, "m", at: "b.c:2")
        }
        #expect(found.map(\.kind) == ["foreign_release"])
        #expect(found.first?.events == ["1", "2"])
        #expect(
            kinds {
                $0.add("A", .lockAcquire, "m", type: "Semaphore")
                $0.add("B", .lockRelease, "m", type: "Semaphore")
            }.isEmpty
        )
    }

    @Test func `a wait that nobody signalled before is reported, a signalled one is not`() {
        #expect(
            kinds {
                $0.add("A", .wait, "ready", at: "a.c:1")
                $0.add("B", .signal, "ready")
            } == ["wait_without_signal"]
        )
        #expect(
            kinds {
                $0.add("B", .signal, "ready")
                $0.add("A", .wait, "ready", at: "a.c:1")
            }.isEmpty
        )
    }

    @Test func `a task that nobody waits for although its siblings are waited for is a candidate`() {
        let found = anomalies {
            $0.add("A", .fork, "B")
            $0.add("A", .fork, "C", at: "a.c:2")
            $0.add("B", .write, "x")
            $0.add("C", .write, "y")
            $0.add("A", .join, "B")
        }
        #expect(found.map(\.kind) == ["leaked_task"])
        #expect(found.first?.object == "C")
        #expect(found.first?.grade == .candidate)
        #expect(
            kinds {
                $0.add("A", .fork, "B")
                $0.add("A", .fork, "C")
                $0.add("B", .write, "x")
                $0.add("C", .write, "y")
            }.isEmpty
        )
    }

    @Test func `one mistake made often is one finding with its count`() {
        let found = anomalies {
            for number in 0..<5 {
                $0.add("T\(number)", .lockAcquire, "order-\(number)", at: "a.c:3")
                $0.add("T\(number)", .taskEnd, "")
            }
        }
        #expect(found.count == 1)
        #expect(found.first?.details.first?.json == "5")
    }
}
