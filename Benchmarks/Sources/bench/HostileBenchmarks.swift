import Detectors
import TraceFormats
import TraceModel

/// Traces that concentrate everything in one place: one hot object, one lock, one thread, one transaction. Whatever an analyser keeps of
/// a place grows there with the trace, so this is where cost an event grows when something is copied, sorted or searched once too often.
///
/// Ordering is part of the figure, all default detectors run. The last line says how much dearer an event of the largest trace is than
/// one of the smallest; memory that no longer fits a cache is good for a factor of about two.
enum HostileBenchmarks {
    private static let sizes = [10_000, 40_000, 160_000]
    /// From here on an event is so much dearer that no cache explains it.
    private static let suspicious = 4.0

    static func run(_ harness: inout Harness) {
        guard harness.wants("hostile/") else { return }
        for shape in Hostile.shapes {
            let name = "hostile/\(shape.name) "
            guard harness.wants(name) else { continue }
            for events in sizes {
                let batch = shape.make(events)
                harness.measure("\(name)\(events)", count: batch.count) {
                    let analysis = Analyzer.analyze(batch, spans: [], options: AnalysisOptions())
                    return analysis.races.count &+ analysis.deadlocks.count &+ analysis.anomalies.count
                }
            }
            guard let small = harness.nanoseconds("\(name)\(sizes[0])"),
                let large = harness.nanoseconds("\(name)\(sizes[sizes.count - 1])")
            else { continue }
            let verdict = large > small * suspicious ? ": GROWS" : ""
            print("\(name)an event of the largest costs \(fixed(large / small)) times one of the smallest\(verdict)")
        }
    }
}
