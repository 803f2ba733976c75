import Causality
import Detectors
import TraceFormats
import TraceModel

/// Each detector alone on a growing trace: what an event costs must not grow with their number.
enum GrowthBenchmarks {
    static func run(_ harness: inout Harness) throws {
        guard harness.wants("growth/") else { return }
        for events in [10_000, 100_000, 1_000_000] { try run(&harness, "growth", events) }
    }

    /// Ten million events take some gigabytes, so only who asks for them gets them.
    static func runHuge(_ harness: inout Harness) throws {
        guard harness.selection.contains("huge") else { return }
        try run(&harness, "huge", 10_000_000)
    }

    private static func run(_ harness: inout Harness, _ group: String, _ events: Int) throws {
        let text = Inputs.std(events: events, tasks: 16)
        let batch = try TraceReader.read(text, name: "growth.std", format: .std).batch
        let order = CausalOrder(batch)
        // No detector at all: what every one of the others pays for counting coverage.
        let choices: [Set<AnalysisOptions.Detector>] = [[]] + AnalysisOptions.Detector.allCases.map { [$0] }
        for detectors in choices {
            let options = AnalysisOptions(detectors: detectors)
            harness.measure("\(group)/\(detectors.first?.rawValue ?? "none") \(events)", count: events) {
                let analysis = Analyzer.analyze(batch, order: order, spans: [], options: options)
                return analysis.races.count &+ analysis.deadlocks.count &+ analysis.anomalies.count
            }
        }
    }
}
