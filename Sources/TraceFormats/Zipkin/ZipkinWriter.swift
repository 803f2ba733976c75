import JSONText
public import TraceModel

/// Writes spans as Zipkin v2 JSON.
///
/// What Zipkin has no place for goes into tags the way OpenTelemetry's exporters do it. Links are lost, times are cut
/// to microseconds, attributes become texts; ids that are not hexadecimal are hashed.
public enum ZipkinWriter {
    /// An array of spans, in the order given.
    public static func write(_ spans: [Span]) -> [UInt8] {
        var json = JSONWriter()
        json.array { json in
            for span in spans { json.object { write(span, &$0) } }
        }
        return json.take()
    }

    private static let peers: Set<String> = ["peer.service", "network.peer.address", "network.peer.port"]

    private static func write(_ span: Span, _ json: inout JSONWriter) {
        json.member("traceId", span.trace.hex)
        json.member("id", SpanIdentifiers.w3cSpan(span.id))
        if !span.parent.isEmpty { json.member("parentId", SpanIdentifiers.w3cSpan(span.parent)) }
        json.member("name", span.name)
        if let kind = kind(span.kind) { json.member("kind", kind) }
        if span.start > 0 { json.member("timestamp", span.start / 1_000) }
        // A duration of zero is no duration in Zipkin.
        if span.end >= span.start, span.end > 0 { json.member("duration", max(1, (span.end - span.start) / 1_000)) }
        if span.shared { json.member("shared", true) }
        let address = span.resource["host.ip"]?.string ?? ""
        if !span.service.isEmpty || !address.isEmpty {
            json.object("localEndpoint") { endpoint(span.service, address, nil, &$0) }
        }
        let peer = span.attributes["peer.service"]?.text ?? ""
        let peerAddress = span.attributes["network.peer.address"]?.text ?? ""
        if !peer.isEmpty || !peerAddress.isEmpty {
            let port = span.attributes["network.peer.port"].flatMap { Int64($0.text) }
            json.object("remoteEndpoint") { endpoint(peer, peerAddress, port, &$0) }
        }
        if !span.moments.isEmpty {
            json.array("annotations") { json in
                for moment in span.moments {
                    json.object { json in
                        json.member("timestamp", moment.timestamp / 1_000)
                        json.member("value", EventText.encode(moment))
                    }
                }
            }
        }
        let tags = tags(of: span)
        if !tags.isEmpty {
            json.object("tags") { json in for (key, value) in tags { json.member(key, value) } }
        }
    }

    private static func endpoint(_ service: String, _ address: String, _ port: Int64?, _ json: inout JSONWriter) {
        if !service.isEmpty { json.member("serviceName", service) }
        if !address.isEmpty { json.member(address.utf8.contains(Byte.colon) ? "ipv6" : "ipv4", address) }
        if let port { json.member("port", port) }
    }

    /// Tags by name, the last of a name winning, in order of first use.
    private static func tags(of span: Span) -> [(String, String)] {
        var order: [String] = []
        var values: [String: String] = [:]
        func add(_ key: String, _ value: String) {
            if values.updateValue(value, forKey: key) == nil { order.append(key) }
        }
        for attribute in span.attributes where !peers.contains(attribute.key) {
            add(attribute.key, attribute.value.tagText)
        }
        for attribute in span.resource where attribute.key != "host.ip" && attribute.key != "service.name" {
            add(attribute.key, attribute.value.tagText)
        }
        if !span.scopeName.isEmpty { add("otel.scope.name", span.scopeName) }
        if !span.scopeVersion.isEmpty { add("otel.scope.version", span.scopeVersion) }
        if !span.traceState.isEmpty { add("w3c.tracestate", span.traceState) }
        switch span.status {
        case .unset: break
        case .ok: add("otel.status_code", "OK")
        case .error:
            add("otel.status_code", "ERROR")
            if !span.statusMessage.isEmpty { add("otel.status_description", span.statusMessage) }
            if values["error"] == nil { add("error", span.statusMessage.isEmpty ? "true" : span.statusMessage) }
        }
        return order.map { ($0, values[$0] ?? "") }
    }

    private static func kind(_ kind: Span.Kind) -> String? {
        switch kind {
        case .client: "CLIENT"
        case .server: "SERVER"
        case .producer: "PRODUCER"
        case .consumer: "CONSUMER"
        case .internal, .unspecified: nil
        }
    }
}
