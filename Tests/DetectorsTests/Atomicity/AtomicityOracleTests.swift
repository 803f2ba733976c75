import Detectors
import Testing
import TraceModel

/// The four patterns on random executions, against their definition.
struct AtomicityOracleTests {
    @Test(arguments: [
        RandomProgram(tasks: 2, locks: 1, objects: 2, events: 30, locking: 4, signalling: 1, sharing: 0, atomics: 0),
        RandomProgram(tasks: 4, locks: 2, objects: 3, events: 60, locking: 5, signalling: 1, sharing: 2, atomics: 0),
    ])
    func `exactly the interleavings of the definition are reported`(program: RandomProgram) {
        var total = 0
        for seed in UInt64(1)...150 {
            let events = program.run(seed: seed)
            let analysis = Analyzer.analyze(
                RandomProgram.batch(events),
                spans: [],
                options: AnalysisOptions(detectors: [.atomicity])
            )
            let found = analysis.anomalies.filter { $0.kind == "check_then_act" || $0.kind == "atomicity_violation" }
            let reported = Set(found.map { $0.events.compactMap { Int($0) }.map { $0 - 1 } })
            #expect(reported == interleavings(events), "seed \(seed)")
            total += reported.count
        }
        #expect(total > 50)
    }

    private func interleavings(_ events: [RandomEvent]) -> Set<[Int]> {
        let prediction = NaivePrediction(events)
        let past = events.indices.map { prediction.causalPast(of: $0) }
        var result: Set<[Int]> = []
        for after in events.indices where events[after].operation.isAccess {
            let own = events[after]
            guard
                let before = events[..<after].lastIndex(where: {
                    $0.operation.isAccess && $0.task == own.task && $0.name == own.name
                })
            else { continue }
            let wantsRead = events[before].operation.isWrite && own.operation.isWrite
            guard
                let remote = (before..<after).last(where: { index in
                    let other = events[index]
                    return other.operation.isAccess && other.task != own.task && other.name == own.name
                        && (wantsRead ? other.operation.isRead : other.operation.isWrite)
                })
            else { continue }
            let isTorn = !events[before].operation.isWrite && own.operation.isWrite
            let freeAfter = !past[after].contains(remote)
            let freeBefore = !past[remote].contains(before)
            guard isTorn ? freeAfter : freeBefore && freeAfter && isOneSection(before, after, events) else { continue }
            result.insert([before, remote, after])
        }
        return result
    }

    /// True when the task holds a lock at both events and releases none between them.
    private func isOneSection(_ before: Int, _ after: Int, _ events: [RandomEvent]) -> Bool {
        let task = events[before].task
        var depth = 0
        for event in events[...before] where event.task == task {
            if event.operation == .lockAcquire { depth += 1 }
            if event.operation == .lockRelease { depth -= 1 }
        }
        let releases = events[before...after].contains { $0.task == task && $0.operation == .lockRelease }
        return depth > 0 && !releases
    }
}
