import Causality
import Testing
import TraceModel

@testable import Detectors

@Suite struct `Replay of witnesses` {
    /// A race and a deadlock that only another schedule shows.
    private func trace() -> EventBatch {
        let builder = TraceBuilder()
        builder.add("a", .write, "x", at: "a:1")
        for (task, first, second) in [("a", "l", "m"), ("b", "m", "l")] {
            builder.add(task, .lockAcquire, first, at: "\(task):2")
            builder.add(task, .lockAcquire, second, at: "\(task):3")
            builder.add(task, .lockRelease, second)
            builder.add(task, .lockRelease, first)
        }
        builder.add("b", .read, "x", at: "b:5")
        return builder.batch
    }

    @Test func `what an analysis reports replays from its report alone`() {
        let batch = trace()
        let analysis = Analyzer.analyze(batch, spans: [], options: AnalysisOptions())
        #expect(analysis.races.count { $0.witness != nil } == 1)
        #expect(analysis.deadlocks.map(\.grade) == [.confirmed])
        let audit = WitnessReplay.audit(analysis, of: batch, order: CausalOrder(batch))
        #expect(audit.replayed == 2)
        #expect(audit.failures.isEmpty, "\(audit.failures)")
    }

    @Test func `a schedule that was tampered with is named with its finding`() throws {
        let batch = trace()
        let order = CausalOrder(batch)
        let good = Analyzer.analyze(batch, spans: [], options: AnalysisOptions())
        var race = good
        race.races[0].witness = try #require(good.races[0].witness).dropLast()
        #expect(WitnessReplay.audit(race, of: batch, order: order).failures.map(\.finding) == [good.races[0].id])
        var lock = good
        lock.deadlocks[0].witness.removeFirst()
        #expect(WitnessReplay.audit(lock, of: batch, order: order).failures.map(\.finding) == [good.deadlocks[0].id])
        var unknown = good
        unknown.deadlocks[0].cycle[0].event = "999"
        #expect(WitnessReplay.audit(unknown, of: batch, order: order).failures.count == 1)
    }

    @Test func `a proposal that does not replay is dropped and counted`() throws {
        let batch = trace()
        let order = CausalOrder(batch)
        let race = try #require(
            Analyzer.analyze(batch, spans: [], options: AnalysisOptions()).races.first { $0.witness != nil }
        )
        let rows = try #require(race.witness)
        let good = Witness(start: race.witnessStart, rows: rows, ending: .race)
        let reversed = Witness(start: race.witnessStart, rows: rows.reversed(), ending: .race)
        let foreign = Witness(start: race.witnessStart, rows: [batch.count + 5], ending: .race)
        var statistics = PredictionStatistics()
        let kept = WitnessReplay.replaying([reversed, good, foreign], batch, order, &statistics)
        // The two accesses of a race may come in either order; nothing else of a schedule may be turned round.
        #expect(kept.contains(1) && !kept.contains(2))
        #expect(statistics.replayed == 3)
        #expect(statistics.rejected == 3 - kept.count)
    }

    @Test func `a dropped finding is told in the coverage`() {
        var coverage = Coverage()
        coverage.note(.witnessRejected, 1)
        #expect(!coverage.complete)
    }
}
