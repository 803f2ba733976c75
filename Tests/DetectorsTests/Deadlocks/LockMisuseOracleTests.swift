import Detectors
import Testing
import TraceModel

/// Leaks, foreign releases and self-deadlocks of random lock operations, against a simulation that keeps whole histories.
struct LockMisuseOracleTests {
    private struct Step {
        var task: Int
        /// A lock, or the task's end.
        var operation: Operation
        var lock = 0
    }

    @Test func `exactly the mistakes of the simulation are reported`() {
        var total = 0
        for seed in UInt64(1)...300 {
            let steps = random(seed)
            let builder = TraceBuilder()
            for (index, step) in steps.enumerated() {
                let name = step.operation == .taskEnd ? "" : "L\(step.lock)"
                builder.add("T\(step.task)", step.operation, name, at: "p:\(index)", type: "Mutex")
            }
            let found = Analyzer.analyze(builder.batch, spans: [], options: AnalysisOptions(detectors: [.deadlocks]))
                .anomalies
            let reported = Set(found.map { "\($0.kind) \($0.events.joined(separator: " "))" })
            #expect(reported == expected(steps), "seed \(seed)")
            total += reported.count
        }
        #expect(total > 200)
    }

    /// Operations that obey mutual exclusion but for foreign releases.
    private func random(_ seed: UInt64) -> [Step] {
        var generator = SeededGenerator(state: seed)
        var steps: [Step] = []
        var holder: [Int: Int] = [:]
        var ended: Set<Int> = []
        for _ in 0..<24 {
            let task = Int.random(in: 0..<3, using: &generator)
            if ended.contains(task) { continue }
            let lock = Int.random(in: 0..<3, using: &generator)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0:
                steps.append(Step(task: task, operation: .taskEnd))
                ended.insert(task)
            case 1, 2, 3, 4:
                if let other = holder[lock], other != task { continue }
                holder[lock] = task
                steps.append(Step(task: task, operation: .lockAcquire, lock: lock))
            default:
                guard holder[lock] != nil else { continue }
                steps.append(Step(task: task, operation: .lockRelease, lock: lock))
                if owner(of: lock, before: steps.count, steps) == nil { holder[lock] = nil }
            }
        }
        return steps
    }

    private func expected(_ steps: [Step]) -> Set<String> {
        var result: Set<String> = []
        let irregular = Set(
            steps.indices.filter { index in
                steps[index].operation == .lockRelease
                    && owner(of: steps[index].lock, before: index, steps)?.task != steps[index].task
            }.map { steps[$0].lock }
        )
        for (index, step) in steps.enumerated() where step.operation == .lockRelease {
            if let claim = owner(of: step.lock, before: index, steps), claim.task != step.task {
                result.insert("foreign_release \(claim.start + 1) \(index + 1)")
            }
        }
        for lock in 0..<3 {
            guard let claim = owner(of: lock, before: steps.count, steps) else { continue }
            let own = steps.indices.filter { steps[$0].task == claim.task }
            if steps.contains(where: { $0.task == claim.task && $0.operation == .taskEnd }), !irregular.contains(lock) {
                result.insert("leaked_lock \(claim.start + 1)")
            }
            if let last = own.last, last != claim.start, steps[last].operation == .lockAcquire, steps[last].lock == lock
            {
                result.insert("double_acquire \(last + 1)")
            }
        }
        return result
    }

    /// Who holds a lock before a step, and since when.
    private func owner(of lock: Int, before end: Int, _ steps: [Step]) -> (task: Int, start: Int)? {
        var current: (task: Int, start: Int)?
        var depth = 0
        for (index, step) in steps[..<end].enumerated() where step.lock == lock {
            switch step.operation {
            case .lockAcquire:
                if depth == 0 { current = (step.task, index) }
                depth += 1
            case .lockRelease:
                // Whoever lets go for somebody else ends the whole claim.
                depth = step.task == current?.task ? depth - 1 : 0
                if depth == 0 { current = nil }
            default: break
            }
        }
        return current
    }
}
