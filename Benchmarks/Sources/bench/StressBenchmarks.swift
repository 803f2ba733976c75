import Detectors
import TraceFormats
import TraceModel

/// Traces that break naive analysers: one long chain, and one object that everybody touches.
enum StressBenchmarks {
    static func run(_ harness: inout Harness) throws {
        guard harness.wants("stress/") else { return }
        try run(&harness, "chain of 200k", 200_000, Inputs.chain(events: 200_000))
        try run(&harness, "1000 tasks, 1 object", 100_000, Inputs.contended(events: 100_000, tasks: 1_000))
    }

    private static func run(_ harness: inout Harness, _ name: String, _ events: Int, _ bytes: [UInt8]) throws {
        try harness.measure("stress/read \(name)", count: events) { try read(bytes).count }
        let batch = try read(bytes)
        harness.measure("stress/analyze \(name)", count: events) {
            let analysis = Analyzer.analyze(batch, spans: [], options: AnalysisOptions())
            return analysis.coverage.events &+ analysis.races.count
        }
    }

    private static func read(_ bytes: [UInt8]) throws -> EventBatch {
        try TraceReader.read(bytes, name: "stress.json", format: .raceway).batch
    }
}
