import Causality
import TraceModel

/// Latency and error anomalies over events and spans, as findings.
struct LatencySearch {
    private(set) var findings: [AnomalyFinding] = []
    private(set) var coverage = LatencyCoverage()

    /// - Complexity: O(*n* log *n*) in events and spans.
    init(_ batch: EventBatch, order: CausalOrder, spans: [Span], labels: Labels, options: LatencyOptions) {
        let events = EventSamples(batch, order)
        let ofSpans = SpanSamples(spans)
        let report = LatencyDetector.detect(events.samples + ofSpans.samples, options: options)
        findings = report.incidents.map { incident in
            incident.finding { sample in
                if events.rows.indices.contains(sample) { return labels.event(events.rows[sample]) }
                let place = sample - events.rows.count
                return ofSpans.spans.indices.contains(place) ? "span " + spans[ofSpans.spans[place]].id : nil
            }
        }
        coverage.series = report.series
        coverage.learning = report.learning
        coverage.learningNames = Array(report.learningNames.prefix(LatencyCoverage.namesMax))
        coverage.windows = report.windows
        coverage.flagged = report.flagged
        coverage.dropped = report.dropped
    }
}
