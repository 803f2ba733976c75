/// The input formats, by the names that `--format` takes.
public enum TraceFormat: String, CaseIterable, Sendable {
    /// Look at the name and the first bytes.
    case auto
    /// Raceway events: request bodies, arrays, NDJSON, exported traces, recordings.
    case raceway
    /// Operations, one JSON object a line.
    case ops
    /// The STD text format of trace analysis tools: `T0|w(V0)|1`.
    case std
    /// ShiViz logs: host, vector clock, event.
    case shiviz
    /// OpenTelemetry protocol, protobuf or JSON.
    case otlp
    /// Zipkin v2 JSON.
    case zipkin
    /// Jaeger JSON as its query service and UI write it.
    case jaeger
}
