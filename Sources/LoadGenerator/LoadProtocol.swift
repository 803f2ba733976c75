/// What requests are made of and how they are carried.
public enum LoadProtocol: String, Sendable, CaseIterable {
    /// Raceway's own events, `POST /events`.
    case events
    /// Spans, protobuf to `POST /v1/traces`.
    case otlpHTTP = "otlp-http"
    /// The same spans by calls of `TraceService/Export`.
    case otlpGRPC = "otlp-grpc"

    /// Where requests go; also what `/api/stats` calls the route.
    public var path: String {
        switch self {
        case .events: "/events"
        case .otlpHTTP: "/v1/traces"
        case .otlpGRPC: "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
        }
    }
}
