public import RacewayConfiguration

/// How the OpenTelemetry protocol is carried.
public enum OTLPTransport: String, Sendable, Hashable, CaseIterable {
    case grpc
    case http

    /// For people.
    public var name: String { self == .grpc ? "gRPC" : "HTTP" }
}

/// Where the OpenTelemetry protocol is spoken besides the main port, which takes it too. Nowhere, unless it was asked for.
public struct OTLPListeners: Sendable, Hashable {
    /// Address of both; empty for the server's own.
    public var host = ""
    /// Port for gRPC; 0 takes a free one, `nil` is none.
    public var grpcPort: Int?
    /// Port for HTTP.
    public var httpPort: Int?

    /// No further listener.
    public init() {}

    /// As configured.
    public init(_ configuration: Configuration) {
        let otlp = configuration.otlp
        host = otlp.host
        grpcPort = otlp.grpcIsEnabled ? otlp.grpcPort : nil
        httpPort = otlp.httpIsEnabled ? otlp.httpPort : nil
    }

    /// The listeners to open.
    var ports: [(transport: OTLPTransport, port: Int)] {
        [(.grpc, grpcPort), (.http, httpPort)].compactMap { transport, port in port.map { (transport, $0) } }
    }
}
