import Causality
import Detectors
import Testing
import TraceModel

/// Prediction on random executions, against its definition and against every schedule there is.
struct PredictionOracleTests {
    private static let shapes = [
        RandomProgram(),
        RandomProgram(tasks: 3, locks: 2, objects: 3, events: 22, locking: 8, signalling: 0, sharing: 0),
        RandomProgram(tasks: 4, locks: 2, objects: 2, events: 22, locking: 4, signalling: 1, sharing: 6, atomics: 0),
        RandomProgram(tasks: 5, locks: 3, objects: 4, events: 60, locking: 4, signalling: 1, sharing: 2),
    ]

    @Test(arguments: shapes.indices)
    func `the exact engine equals the definition`(shape: Int) {
        var races = 0
        for seed in UInt64(1)...60 {
            let events = Self.shapes[shape].run(seed: seed)
            let batch = RandomProgram.batch(events)
            let expected = Set(NaivePrediction(events).predictableRaces().map(\.second)).sorted()
            #expect(
                SyncPreservingEngine.racyEvents(batch: batch, order: CausalOrder(batch)) == expected,
                "seed \(seed)"
            )
            races += expected.count
        }
        #expect(races > 10)
    }

    @Test(arguments: shapes.indices.dropLast())
    func `what is reported exists in some schedule, and its witness replays`(shape: Int) throws {
        var races = 0
        var deadlocks = 0
        for seed in UInt64(1)...120 {
            let events = Self.shapes[shape].run(seed: seed)
            let batch = RandomProgram.batch(events)
            let order = CausalOrder(batch)
            let analysis = Analyzer.analyze(
                batch,
                order: order,
                spans: [],
                options: AnalysisOptions(detectors: [.races, .predicted, .deadlocks])
            )
            let truth = NaivePrediction(events).explore()
            var checker = WitnessChecker(batch, order: order)
            // Observed races take no order from what atomic reads see; schedules do.
            let hasAtomics = events.contains { $0.operation.isAtomic }
            for race in analysis.races where race.witness != nil || !hasAtomics {
                #expect(truth.races.contains([race.first.row, race.second.row]), "seed \(seed)")
                guard let witness = race.witness else { continue }
                races += 1
                try checker.replay(Witness(start: race.witnessStart, rows: witness, ending: .race))
            }
            for deadlock in analysis.deadlocks where deadlock.grade == .confirmed {
                deadlocks += 1
                #expect(truth.deadlocks, "seed \(seed)")
                let acquires = deadlock.cycle.compactMap { Int($0.event) }.map { $0 - 1 }
                try checker.replay(
                    Witness(start: deadlock.witnessStart, rows: deadlock.witness, ending: .deadlock(acquires))
                )
            }
            #expect(analysis.prediction.rejected == 0)
        }
        #expect(races > 0)
        if shape == 1 { #expect(deadlocks > 0) }
    }

    @Test func `a schedule that was tampered with does not replay`() throws {
        var refused = 0
        var tried = 0
        for seed in UInt64(1)...200 {
            let batch = RandomProgram.batch(Self.shapes[2].run(seed: seed))
            let order = CausalOrder(batch)
            let analysis = Analyzer.analyze(batch, order: order, spans: [], options: AnalysisOptions())
            var checker = WitnessChecker(batch, order: order)
            for race in analysis.races {
                guard let rows = race.witness, rows.count > 4 else { continue }
                // Every row of a witness is needed: without one of them some other cannot run.
                for left in rows.indices.dropLast(2) {
                    var shorter = rows
                    shorter.remove(at: left)
                    tried += 1
                    if fails(&checker, shorter) { refused += 1 }
                }
                #expect(fails(&checker, rows + [rows[0]]), "seed \(seed)")
                #expect(fails(&checker, rows.reversed()), "seed \(seed)")
                #expect(fails(&checker, [-1] + rows), "seed \(seed)")
            }
        }
        #expect(tried > 50)
        #expect(refused == tried)
    }

    private func fails(_ checker: inout WitnessChecker, _ rows: [Int]) -> Bool {
        do {
            try checker.replay(Witness(start: 0, rows: rows, ending: .race))
            return false
        } catch {
            return true
        }
    }
}
