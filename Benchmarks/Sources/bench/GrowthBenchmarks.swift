import Causality
import Detectors
import TraceFormats
import TraceModel

/// Each detector alone on a growing trace: what an event costs must not grow with their number.
///
/// Most run on a log of locks and accesses; isolation on transactions and latency on requests, where they have work to do. `races` is
/// the schedulable happens-before detector that all others together may at most double.
enum GrowthBenchmarks {
    static func run(_ harness: inout Harness) throws {
        guard harness.wants("growth/") else { return }
        for events in [10_000, 100_000, 1_000_000] { try run(&harness, "growth", events) }
    }

    /// Ten million events take some gigabytes, so only who asks for them gets them.
    static func runHuge(_ harness: inout Harness) throws {
        guard harness.selection.contains(where: { $0.hasPrefix("huge") }) else { return }
        // Once each: at this size a batch takes seconds to a minute, and nothing of it stays in a cache for the next.
        (harness.batches, harness.warmsUp) = (1, false)
        try run(&harness, "huge", 10_000_000)
    }

    private static func run(_ harness: inout Harness, _ group: String, _ events: Int) throws {
        try runLocks(&harness, group, events)
        // Inputs take longer to make than some of them to analyse: only those that somebody asked for.
        if harness.wants("\(group)/transactions ") {
            let batch = Columns.transactions(events: events)
            measure(&harness, group, "transactions ", batch, events, [[], [.races], [.isolation]])
        }
        if harness.wants("\(group)/requests ") {
            let batch = Columns.requests(events: events)
            measure(&harness, group, "requests ", batch, events, [[], [.races], [.latency]])
        }
    }

    private static func runLocks(_ harness: inout Harness, _ group: String, _ events: Int) throws {
        let text = Inputs.std(events: events, tasks: 16)
        let batch = try TraceReader.read(text, name: "growth.std", format: .std).batch
        // No detector at all: what every one of the others pays for counting coverage.
        let alone: [Set<AnalysisOptions.Detector>] = [[]] + AnalysisOptions.Detector.allCases.map { [$0] }
        measure(&harness, group, "", batch, events, alone + [AnalysisOptions().detectors])
        let size = " \(events)"
        guard let races = harness.nanoseconds("\(group)/races\(size)"),
            let all = harness.nanoseconds("\(group)/default\(size)")
        else { return }
        print("\(group)\(size): all others together cost \(fixed((all - races) / races)) times what races cost")
    }

    private static func measure(
        _ harness: inout Harness,
        _ group: String,
        _ input: String,
        _ batch: EventBatch,
        _ events: Int,
        _ choices: [Set<AnalysisOptions.Detector>]
    ) {
        let order = CausalOrder(batch)
        for detectors in choices {
            let options = AnalysisOptions(detectors: detectors)
            let name = detectors.count > 1 ? "default" : detectors.first?.rawValue ?? "none"
            harness.measure("\(group)/\(input)\(name) \(events)", count: batch.count) {
                let analysis = Analyzer.analyze(batch, order: order, spans: [], options: options)
                return analysis.races.count &+ analysis.deadlocks.count &+ analysis.anomalies.count
            }
        }
    }
}
