import Causality
import Detectors
import Testing
import TraceModel

/// Whatever arrives first, the same is predicted, confirmed and reported.
struct ArrivalOrderTests {
    @Test func `the findings do not depend on the order of arrival`() throws {
        let program = RandomProgram(tasks: 4, locks: 2, objects: 3, events: 50, locking: 6, signalling: 1, sharing: 2)
        var predicted = 0
        var deadlocks = 0
        var anomalies = 0
        for seed in UInt64(1)...60 {
            let events = program.run(seed: seed)
            let rows = Array(events.indices)
            let expected = try summary(RandomProgram.requests(events, rows: rows))
            predicted += expected.predicted
            deadlocks += expected.deadlocks
            anomalies += expected.anomalies
            var generator = SeededGenerator(state: seed &+ 1_000)
            for _ in 0..<3 {
                let shuffled = rows.shuffled(using: &generator) + rows.prefix(5)
                #expect(try summary(RandomProgram.requests(events, rows: shuffled)) == expected, "seed \(seed)")
            }
        }
        #expect(predicted > 0)
        #expect(deadlocks > 0)
        #expect(anomalies > 0)
    }

    private struct Summary: Equatable {
        var lines: [String] = []
        var predicted = 0
        var deadlocks = 0
        var anomalies = 0
    }

    /// Everything found, in terms of event ids.
    private func summary(_ batch: EventBatch) throws -> Summary {
        let order = CausalOrder(batch)
        let analysis = Analyzer.analyze(batch, order: order, spans: [], options: AnalysisOptions())
        var checker = WitnessChecker(batch, order: order)
        var result = Summary()
        func ids(_ rows: [Int]) -> String { rows.map { String(batch.ids[$0].low) }.joined(separator: " ") }
        #expect(analysis.prediction.rejected == 0)
        for race in analysis.races {
            let witness = race.witness ?? []
            result.lines.append("\(race.id) \(race.grade) \(race.first.event) \(race.second.event): \(ids(witness))")
            guard race.witness != nil else { continue }
            result.predicted += 1
            try checker.replay(Witness(start: race.witnessStart, rows: witness, ending: .race))
        }
        for deadlock in analysis.deadlocks {
            let members = deadlock.cycle.map(\.event).joined(separator: " ")
            result.lines.append("\(deadlock.id) \(deadlock.grade) \(members): \(ids(deadlock.witness))")
            result.deadlocks += 1
        }
        for anomaly in analysis.anomalies {
            result.lines.append("\(anomaly.id) \(anomaly.kind) \(anomaly.grade) \(anomaly.events) \(anomaly.verdict)")
            result.anomalies += 1
        }
        return result
    }
}
