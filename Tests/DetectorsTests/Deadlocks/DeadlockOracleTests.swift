import Detectors
import Testing
import TraceModel

/// Deadlocks of random executions, against the definition of sync-preserving deadlocks.
struct DeadlockOracleTests {
    @Test(arguments: [
        RandomProgram(tasks: 2, locks: 2, objects: 2, events: 24, locking: 7, signalling: 0, sharing: 0),
        RandomProgram(tasks: 3, locks: 3, objects: 2, events: 36, locking: 8, signalling: 1, sharing: 2),
        RandomProgram(tasks: 4, locks: 3, objects: 2, events: 44, locking: 8, signalling: 0, sharing: 4),
    ])
    func `a deadlock is confirmed exactly where the definition has one`(program: RandomProgram) {
        var confirmed = 0
        for seed in UInt64(1)...120 {
            let events = program.run(seed: seed)
            let analysis = Analyzer.analyze(
                RandomProgram.batch(events),
                spans: [],
                options: AnalysisOptions(detectors: [.deadlocks])
            )
            let found = analysis.deadlocks.filter { $0.grade == .confirmed }
            #expect(found.isEmpty == !hasDeadlock(events), "seed \(seed)")
            confirmed += found.isEmpty ? 0 : 1
            #expect(analysis.prediction.rejected == 0)
        }
        #expect(confirmed > 5)
    }

    private struct Acquire {
        var event: Int
        var task: Int
        var wanted: (lock: Int, shared: Bool)
        var held: [(lock: Int, shared: Bool)]
    }

    /// Tries every tuple of acquires of distinct tasks that wait for each other in a ring.
    private func hasDeadlock(_ events: [RandomEvent]) -> Bool {
        let acquires = self.acquires(events)
        let prediction = NaivePrediction(events)
        var path: [Acquire] = []
        func conflicts(_ a: (lock: Int, shared: Bool), _ b: (lock: Int, shared: Bool)) -> Bool {
            a.lock == b.lock && !(a.shared && b.shared)
        }
        func search() -> Bool {
            if path.count >= 2, let first = path.first, let last = path.last,
                first.held.contains(where: { conflicts($0, last.wanted) })
            {
                let chosen = path.map(\.event)
                if prediction.ideal(before: chosen).isDisjoint(with: chosen) { return true }
            }
            for next in acquires {
                if let last = path.last, !next.held.contains(where: { conflicts($0, last.wanted) }) { continue }
                let isFree = path.allSatisfy { other in
                    other.task != next.task
                        && !other.held.contains { held in next.held.contains { conflicts($0, held) } }
                }
                guard isFree else { continue }
                path.append(next)
                if search() { return true }
                path.removeLast()
            }
            return false
        }
        return search()
    }

    /// Outermost acquires by tasks that hold something else.
    private func acquires(_ events: [RandomEvent]) -> [Acquire] {
        var held: [Int: [(lock: Int, shared: Bool)]] = [:]
        var result: [Acquire] = []
        for (index, event) in events.enumerated() {
            switch event.operation {
            case .lockAcquire:
                let own = held[event.task] ?? []
                if !own.isEmpty, !own.contains(where: { $0.lock == event.name }) {
                    result.append(
                        Acquire(event: index, task: event.task, wanted: (event.name, event.shared), held: own)
                    )
                }
                held[event.task, default: []].append((event.name, event.shared))
            case .lockRelease:
                if let place = held[event.task]?.lastIndex(where: { $0.lock == event.name }) {
                    held[event.task]?.remove(at: place)
                }
            default: break
            }
        }
        return result
    }
}
