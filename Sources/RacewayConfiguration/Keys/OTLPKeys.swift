// `[otlp]`.

extension ConfigurationKey {
    static let otlpKeys: [ConfigurationKey] = [
        .text("otlp.host", \.otlp.host, .own, "Address of both listeners; empty is `server.host`."),
        .boolean(
            "otlp.grpc_enabled",
            \.otlp.grpcIsEnabled,
            .own,
            "Take OTLP over gRPC on a port of its own."
        ),
        .integer("otlp.grpc_port", \.otlp.grpcPort, 0...65_535, .own, "That port; 0 takes a free one."),
        .boolean(
            "otlp.http_enabled",
            \.otlp.httpIsEnabled,
            .own,
            "Take OTLP over HTTP on a port of its own, besides `server.port`."
        ),
        .integer("otlp.http_port", \.otlp.httpPort, 0...65_535, .own, "That port; 0 takes a free one."),
        .integer(
            "otlp.max_body_bytes",
            \.otlp.maxBodyBytes,
            1_024...(1 << 30),
            .bytes,
            .own,
            "Largest request with spans, as sent and decompressed; beyond it 413, or `RESOURCE_EXHAUSTED`."
        ),
    ]
}
