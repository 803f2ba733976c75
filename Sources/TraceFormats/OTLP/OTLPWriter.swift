public import JSONText
public import TraceModel

/// Writes spans as OTLP JSON: one `TracesData` object, or one a line.
///
/// Nothing is lost; ids that are not hexadecimal are hashed, since OTLP has no others.
public enum OTLPWriter {
    /// One object with all spans, grouped by resource and scope in order of first appearance.
    public static func write(_ spans: [Span]) -> [UInt8] {
        var json = JSONWriter()
        write(spans, &json)
        return json.take()
    }

    /// The file format of OTLP: one object a line, a line for each run of spans with one resource.
    public static func writeLines(_ spans: [Span]) -> [UInt8] {
        var json = JSONWriter()
        var start = 0
        while start < spans.count {
            var end = start + 1
            while end < spans.count, spans[end].resource == spans[start].resource { end += 1 }
            write(Array(spans[start..<end]), &json)
            json.newline()
            start = end
        }
        return json.take()
    }

    struct Scope: Hashable {
        var name: String
        var version: String
        var attributes: [Attribute]

        init(of span: Span) {
            name = span.scopeName
            version = span.scopeVersion
            attributes = span.scopeAttributes
        }
    }

    /// One object with the spans of several traces, whose resources stay apart.
    ///
    /// - Parameter list: what the list of resources is called.
    public static func write(traces: [[Span]], list: String = "resourceSpans", _ json: inout JSONWriter) {
        json.object { json in
            json.array(list) { json in for spans in traces { write(resourcesOf: spans, &json) } }
        }
    }

    private static func write(_ spans: [Span], _ json: inout JSONWriter) { write(traces: [spans], &json) }

    private static func write(resourcesOf spans: [Span], _ json: inout JSONWriter) {
        for (resource, members) in grouped(spans, by: { resource(of: $0) }) {
            json.object { json in
                json.object("resource") { attributes("attributes", resource, &$0) }
                json.array("scopeSpans") { json in
                    for (scope, members) in grouped(members, by: Scope.init) {
                        json.object { write(scope, members, &$0) }
                    }
                }
            }
        }
    }

    private static func write(_ scope: Scope, _ spans: [Span], _ json: inout JSONWriter) {
        json.object("scope") { json in
            if !scope.name.isEmpty { json.member("name", scope.name) }
            if !scope.version.isEmpty { json.member("version", scope.version) }
            attributes("attributes", scope.attributes, &json)
        }
        json.array("spans") { json in for span in spans { json.object { write(span, &$0) } } }
    }

    /// The resource, with the service for spans of formats that have it elsewhere.
    static func resource(of span: Span) -> [Attribute] {
        guard !span.service.isEmpty, span.resource["service.name"] == nil else { return span.resource }
        return [Attribute("service.name", .string(span.service))] + span.resource
    }

    static func grouped<Key: Hashable>(_ spans: [Span], by key: (Span) -> Key) -> [(Key, [Span])] {
        var order: [Key] = []
        var groups: [Key: [Span]] = [:]
        for span in spans {
            let key = key(span)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(span)
        }
        return order.map { ($0, groups[$0] ?? []) }
    }

    static func write(_ span: Span, _ json: inout JSONWriter) {
        json.member("traceId", span.trace.hex)
        json.member("spanId", SpanIdentifiers.w3cSpan(span.id))
        if !span.traceState.isEmpty { json.member("traceState", span.traceState) }
        if !span.parent.isEmpty { json.member("parentSpanId", SpanIdentifiers.w3cSpan(span.parent)) }
        if span.flags != 0 { json.member("flags", span.flags) }
        json.member("name", span.name)
        json.member("kind", span.kind.rawValue)
        json.member("startTimeUnixNano", String(span.start))
        json.member("endTimeUnixNano", String(span.end))
        attributes("attributes", span.attributes, &json)
        dropped("droppedAttributesCount", span.droppedAttributes, &json)
        if !span.moments.isEmpty {
            json.array("events") { json in
                for moment in span.moments { json.object { write(moment, &$0) } }
            }
        }
        dropped("droppedEventsCount", span.droppedMoments, &json)
        if !span.links.isEmpty {
            json.array("links") { json in
                for link in span.links {
                    json.object { json in
                        json.member("traceId", link.trace.hex)
                        json.member("spanId", SpanIdentifiers.w3cSpan(link.span))
                        attributes("attributes", link.attributes, &json)
                    }
                }
            }
        }
        dropped("droppedLinksCount", span.droppedLinks, &json)
        json.object("status") { json in
            if !span.statusMessage.isEmpty { json.member("message", span.statusMessage) }
            if span.status != .unset { json.member("code", span.status.rawValue) }
        }
    }

    static func write(_ moment: Span.Moment, _ json: inout JSONWriter) {
        json.member("timeUnixNano", String(moment.timestamp))
        json.member("name", moment.name)
        attributes("attributes", moment.attributes, &json)
        dropped("droppedAttributesCount", moment.droppedAttributes, &json)
    }

    private static func dropped(_ name: String, _ count: UInt32, _ json: inout JSONWriter) {
        if count > 0 { json.member(name, count) }
    }

    static func attributes(_ name: String, _ attributes: [Attribute], _ json: inout JSONWriter) {
        guard !attributes.isEmpty else { return }
        json.array(name) { json in for attribute in attributes { keyValue(attribute, &json) } }
    }

    private static func keyValue(_ attribute: Attribute, _ json: inout JSONWriter) {
        json.object { json in
            json.member("key", attribute.key)
            json.object("value") { value(attribute.value, &$0) }
        }
    }

    private static func value(_ value: AttributeValue, _ json: inout JSONWriter) {
        switch value {
        case .empty: break
        case .string(let text): json.member("stringValue", text)
        case .bool(let flag): json.member("boolValue", flag)
        case .int(let number): json.member("intValue", String(number))
        case .double(let number):
            if number.isFinite {
                json.member("doubleValue", number)
            } else {
                json.member("doubleValue", JSONWriter.text(number))
            }
        case .bytes(let bytes): json.member("bytesValue", Base64.encode(bytes))
        case .array(let items):
            json.object("arrayValue") { json in
                json.array("values") { json in for item in items { json.object { self.value(item, &$0) } } }
            }
        case .map(let items):
            json.object("kvlistValue") { json in
                json.array("values") { json in for item in items { keyValue(item, &json) } }
            }
        }
    }
}
