/// What the stored spans say about their services, under the names that Grafana's panels ask for.
extension MetricFamily {
    private static let spanLabels = ["service", "span_name", "span_kind", "status_code"]
    private static let edgeLabels = ["client", "server", "connection_type"]

    static let spans: [MetricFamily] = [
        .init(
            name: "traces_spanmetrics_calls_total",
            kind: .counter,
            help: "Spans that ended, since the process began.",
            labels: spanLabels
        ),
        .init(
            name: "traces_spanmetrics_latency",
            kind: .histogram,
            help: "Seconds that spans took.",
            labels: spanLabels
        ),
        .init(
            name: "traces_service_graph_request_total",
            kind: .counter,
            help: "Calls between services, since the process began.",
            labels: edgeLabels
        ),
        .init(
            name: "traces_service_graph_request_failed_total",
            kind: .counter,
            help: "Those of them in which either side reported an error.",
            labels: edgeLabels
        ),
        .init(
            name: "traces_service_graph_request_server_seconds",
            kind: .histogram,
            help: "Seconds that calls took as the called service saw it.",
            labels: edgeLabels
        ),
        .init(
            name: "traces_service_graph_request_client_seconds",
            kind: .histogram,
            help: "Seconds that calls took as the calling service saw it.",
            labels: edgeLabels
        ),
        .init(
            name: "raceway_span_names_bytes",
            kind: .gauge,
            help: "What the names in lists of services, operations and attributes take."
        ),
        .init(
            name: "raceway_span_names_unlisted_total",
            kind: .counter,
            help: "How often a name was not listed because a bound was reached; it is found all the same."
        ),
    ]
}

extension SpanCatalogue {
    func write(to metrics: inout MetricsText) {
        metrics.family("raceway_span_names_bytes", bytes)
        metrics.family("raceway_span_names_unlisted_total", unlisted)
    }
}

extension SpanMetrics {
    func write(to metrics: inout MetricsText) {
        let spans = spans.sorted { $0.key < $1.key }.map { ($0.key.labels, $0.value) }
        metrics.family("traces_spanmetrics_calls_total") { samples in
            for (labels, buckets) in spans { samples.add(labels, value: String(buckets.count)) }
        }
        metrics.histograms("traces_spanmetrics_latency", spans)
        let edges = edges.sorted { $0.key < $1.key }.map { ($0.key.labels, $0.value) }
        metrics.family("traces_service_graph_request_total") { samples in
            for (labels, edge) in edges { samples.add(labels, value: String(edge.total)) }
        }
        metrics.family("traces_service_graph_request_failed_total") { samples in
            for (labels, edge) in edges { samples.add(labels, value: String(edge.failed)) }
        }
        metrics.histograms("traces_service_graph_request_server_seconds", edges.map { ($0.0, $0.1.server) })
        metrics.histograms("traces_service_graph_request_client_seconds", edges.map { ($0.0, $0.1.client) })
    }
}

extension SpanMetrics.SpanKey {
    /// As OpenTelemetry names its enumerations.
    fileprivate var labels: [String] {
        [service, name, "SPAN_KIND_" + "\(kind)".uppercased(), "STATUS_CODE_" + "\(status)".uppercased()]
    }
}

extension SpanMetrics.EdgeKey {
    fileprivate var labels: [String] { [client, server, type] }
}

extension MetricsText {
    fileprivate mutating func histograms(_ name: String, _ series: [([String], DurationBuckets)]) {
        family(name) { samples in
            for (labels, buckets) in series {
                samples.addHistogram(labels, bounds: buckets.bounds, counts: buckets.counts, sum: buckets.sum)
            }
        }
    }
}
