public import JSONText
public import TraceModel

/// Writes spans as Zipkin v2 JSON.
///
/// What Zipkin has no place for goes into tags the way OpenTelemetry's exporters do it. Links are lost, times are cut
/// to microseconds, attributes become texts; ids that are not hexadecimal are hashed.
public enum ZipkinWriter {
    /// An array of spans, in the order given.
    public static func write(_ spans: [Span]) -> [UInt8] {
        var json = JSONWriter()
        write(spans, &json)
        return json.take()
    }

    /// The same as the next value.
    public static func write(_ spans: [Span], _ json: inout JSONWriter) {
        json.array { json in
            for span in spans { json.object { write(span, &$0) } }
        }
    }

    /// Sixteen digits where the upper half is zero, as Zipkin normalises trace ids.
    public static func text(_ trace: TraceID) -> String { String(trace.hex.dropFirst(trace.high == 0 ? 16 : 0)) }

    private static func write(_ span: Span, _ json: inout JSONWriter) {
        json.member("traceId", text(span.trace))
        if !span.parent.isEmpty { json.member("parentId", SpanIdentifiers.w3cSpan(span.parent)) }
        json.member("id", SpanIdentifiers.w3cSpan(span.id))
        if let kind = kind(span.kind) { json.member("kind", kind) }
        if !span.name.isEmpty { json.member("name", span.name) }
        if span.start > 0 { json.member("timestamp", span.start / 1_000) }
        // A duration of zero is no duration in Zipkin.
        if span.end >= span.start, span.end > 0 { json.member("duration", max(1, (span.end - span.start) / 1_000)) }
        let local = local(of: span)
        if !local.isEmpty { json.object("localEndpoint") { endpoint(local, &$0) } }
        let remote = remote(of: span)
        if !remote.isEmpty { json.object("remoteEndpoint") { endpoint(remote, &$0) } }
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
        if span.attributes.truth(ZipkinNames.debug) { json.member("debug", true) }
        if span.shared { json.member("shared", true) }
    }

    private static func local(of span: Span) -> ZipkinSpan.Endpoint {
        var endpoint = ZipkinSpan.Endpoint(service: span.service)
        for key in [ZipkinNames.address, ZipkinNames.otherAddress] {
            endpoint.take(span.resource[key]?.string)
        }
        endpoint.port = span.resource.integer(ZipkinNames.port) ?? 0
        return endpoint
    }

    private static func remote(of span: Span) -> ZipkinSpan.Endpoint {
        var endpoint = ZipkinSpan.Endpoint(service: span.attributes[ZipkinNames.peer]?.text ?? "")
        for key in [ZipkinNames.peerAddress, ZipkinNames.otherPeerAddress] {
            endpoint.take(span.attributes[key]?.text)
        }
        endpoint.port = span.attributes.integer(ZipkinNames.peerPort) ?? 0
        return endpoint
    }

    private static func endpoint(_ endpoint: ZipkinSpan.Endpoint, _ json: inout JSONWriter) {
        if !endpoint.service.isEmpty { json.member("serviceName", endpoint.service) }
        if !endpoint.ipv4.isEmpty { json.member("ipv4", endpoint.ipv4) }
        if !endpoint.ipv6.isEmpty { json.member("ipv6", endpoint.ipv6) }
        if endpoint.port > 0 { json.member("port", endpoint.port) }
    }

    /// Tags by name, the last of a name winning, in order of first use.
    private static func tags(of span: Span) -> [(String, String)] {
        var order: [String] = []
        var values: [String: String] = [:]
        func add(_ key: String, _ value: String) {
            if values.updateValue(value, forKey: key) == nil { order.append(key) }
        }
        for attribute in span.attributes where !ZipkinNames.ofSpan.contains(attribute.key) {
            add(attribute.key, attribute.value.tagText)
        }
        for attribute in span.resource where !ZipkinNames.ofResource.contains(attribute.key) {
            add(attribute.key, attribute.value.tagText)
        }
        if !span.scopeName.isEmpty { add("otel.scope.name", span.scopeName) }
        if !span.scopeVersion.isEmpty { add("otel.scope.version", span.scopeVersion) }
        if !span.traceState.isEmpty { add("w3c.tracestate", span.traceState) }
        switch span.status {
        case .unset: break
        case .ok: add("otel.status_code", "OK")
        case .error:
            // Zipkin's own way to say it; nothing of OpenTelemetry's is added to spans that know nothing of it.
            if values["error"] != nil, span.statusMessage.isEmpty, span.scopeName.isEmpty { break }
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

extension ZipkinSpan.Endpoint {
    fileprivate var isEmpty: Bool { service.isEmpty && ipv4.isEmpty && ipv6.isEmpty && port == 0 }

    /// Puts an address where its form says.
    fileprivate mutating func take(_ address: String?) {
        guard let address, !address.isEmpty else { return }
        if address.utf8.contains(Byte.colon) { ipv6 = address } else { ipv4 = address }
    }
}
