import Causality
import Detectors
import Testing
import TraceModel

/// Inputs that are longer than a window.
struct WindowTests {
    /// A long trace with a race behind a lock near its end, and a lock held from before the window it lies in.
    private func longTrace(filler: Int) -> TraceBuilder {
        let builder = TraceBuilder()
        builder.add("A", .fork, "B", at: "a:1")
        builder.add("A", .fork, "C", at: "a:2")
        builder.add("C", .lockAcquire, "outer", at: "c:1")
        for number in 0..<filler { builder.add("C", number % 3 == 0 ? .write : .read, "own-\(number % 7)", at: "c:2") }
        builder.add("A", .write, "x", at: "a:3")
        builder.add("A", .lockAcquire, "m", at: "a:4")
        builder.add("A", .lockRelease, "m", at: "a:5")
        builder.add("B", .lockAcquire, "m", at: "b:1")
        builder.add("B", .lockRelease, "m", at: "b:2")
        builder.add("B", .read, "x", at: "b:3")
        builder.add("C", .lockRelease, "outer", at: "c:3")
        builder.add("B", .lockAcquire, "outer", at: "b:4")
        builder.add("B", .write, "y", at: "b:5")
        builder.add("B", .lockRelease, "outer", at: "b:6")
        return builder
    }

    @Test func `a race in a later window is predicted, and its witness begins there`() throws {
        let batch = longTrace(filler: 110_000).batch
        let order = CausalOrder(batch)
        let analysis = Analyzer.analyze(batch, order: order, spans: [], options: AnalysisOptions())
        let race = try #require(analysis.races.first { $0.object.name == "x" })
        #expect(race.grade == .predicted)
        #expect(race.witnessStart > 0)
        #expect(analysis.prediction.rejected == 0)
        var checker = WitnessChecker(batch, order: order)
        try checker.replay(Witness(start: race.witnessStart, rows: race.witness ?? [], ending: .race))
        #expect(SyncPreservingEngine.racyEvents(batch: batch, order: order) == [race.second.row])
    }
}
