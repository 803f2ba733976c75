public import JSONText
public import TraceModel

/// Writes spans as Jaeger JSON, in the form that its query service answers and its UI opens.
///
/// Kind, status, scope and trace state become tags as Jaeger's own translation from OTLP makes them. Times are cut to
/// microseconds, attributes of links are lost.
public enum JaegerWriter {
    /// What to do with spans whose service has no name, which Jaeger refuses.
    public enum UnnamedService: Sendable {
        /// Write this name.
        case named(String)
        /// Fail with `missing_field`.
        case refuse
    }

    /// One trace an entry of `data`, traces and spans in order of first appearance.
    public static func write(
        _ spans: [Span],
        unnamedService: UnnamedService = .named("unknown_service")
    ) throws(FormatError) -> [UInt8] {
        var json = JSONWriter()
        var order: [TraceID] = []
        var traces: [TraceID: [Span]] = [:]
        for span in spans {
            if case .refuse = unnamedService, span.service.isEmpty {
                throw FormatError(
                    code: FaultCode.missingField.rawValue,
                    message: "a span of trace \(span.trace.hex) has no service name",
                    expected: "`service.name` on its resource"
                )
            }
            if traces[span.trace] == nil { order.append(span.trace) }
            traces[span.trace, default: []].append(span)
        }
        json.object { json in
            json.key("data")
            write(traces: order.map { traces[$0] ?? [] }, unnamedService: unnamedService, &json)
            for name in ["total", "limit", "offset"] { json.member(name, 0) }
            json.member("errors", raw: nil)
        }
        return json.take()
    }

    /// An array of traces as the next value: what stands under `data` of an answer.
    ///
    /// - Parameter warnings: what to say about a span beside what it says itself.
    public static func write(
        traces: [[Span]],
        unnamedService: UnnamedService = .named("unknown_service"),
        warnings: (Span) -> [String] = { _ in [] },
        _ json: inout JSONWriter
    ) {
        json.array { json in
            for spans in traces where !spans.isEmpty {
                json.object { write(spans, spans[0].trace, unnamedService, warnings, &$0) }
            }
        }
    }

    /// Sixteen digits when the upper half is zero, as Jaeger writes them.
    public static func text(_ trace: TraceID) -> String { trace.high == 0 ? UUIDText.hex(trace.low) : trace.hex }

    private struct Process: Hashable {
        var service: String
        var tags: [Attribute]
    }

    private static func write(
        _ spans: [Span],
        _ trace: TraceID,
        _ unnamed: UnnamedService,
        _ warnings: (Span) -> [String],
        _ json: inout JSONWriter
    ) {
        var processes: [Process] = []
        var numbers: [Process: Int] = [:]
        let id = text(trace)
        json.member("traceID", id)
        json.array("spans") { json in
            for span in spans {
                var service = span.service
                if service.isEmpty, case .named(let name) = unnamed { service = name }
                let process = Process(service: service, tags: span.resource.filter { $0.key != "service.name" })
                let number = numbers[process] ?? processes.count + 1
                if number > processes.count {
                    processes.append(process)
                    numbers[process] = number
                }
                json.object { write(span, id, "p\(number)", warnings(span), &$0) }
            }
        }
        json.object("processes") { json in
            for (index, process) in processes.enumerated() {
                json.object("p\(index + 1)") { json in
                    json.member("serviceName", process.service)
                    json.array("tags") { json in for tag in process.tags { write(tag, &json) } }
                }
            }
        }
        json.member("warnings", raw: nil)
    }

    private static func write(
        _ span: Span,
        _ trace: String,
        _ process: String,
        _ warnings: [String],
        _ json: inout JSONWriter
    ) {
        json.member("traceID", trace)
        json.member("spanID", span.id)
        if span.flags & 0xff != 0 { json.member("flags", span.flags & 0xff) }
        json.member("operationName", span.name)
        json.array("references") { json in
            let follows = span.links.contains { isFollowsFrom($0) && $0.trace == span.trace && $0.span == span.parent }
            if !span.parent.isEmpty, !follows { reference("CHILD_OF", trace, span.parent, &json) }
            for link in span.links {
                let isChild = link.attributes["opentracing.ref_type"]?.string == "child_of"
                reference(isChild ? "CHILD_OF" : "FOLLOWS_FROM", text(link.trace), link.span, &json)
            }
        }
        json.member("startTime", span.start / 1_000)
        json.member("duration", span.duration / 1_000)
        json.array("tags") { json in for tag in tags(of: span) { write(tag, &json) } }
        json.array("logs") { json in
            for moment in span.moments {
                json.object { json in
                    json.member("timestamp", moment.timestamp / 1_000)
                    json.array("fields") { json in
                        if !moment.name.isEmpty { write(Attribute("event", .string(moment.name)), &json) }
                        for attribute in moment.attributes { write(attribute, &json) }
                    }
                }
            }
        }
        json.member("processID", process)
        if warnings.isEmpty { json.member("warnings", raw: nil) } else { json.array("warnings", warnings) }
    }

    private static func isFollowsFrom(_ link: Span.Link) -> Bool {
        link.attributes["opentracing.ref_type"]?.string == "follows_from"
    }

    private static func reference(_ type: String, _ trace: String, _ span: String, _ json: inout JSONWriter) {
        json.object { json in
            json.member("refType", type)
            json.member("traceID", trace)
            json.member("spanID", span)
        }
    }

    private static func tags(of span: Span) -> [Attribute] {
        var tags: [Attribute] = []
        if !span.scopeName.isEmpty { tags.append(Attribute("otel.library.name", .string(span.scopeName))) }
        if !span.scopeVersion.isEmpty { tags.append(Attribute("otel.library.version", .string(span.scopeVersion))) }
        tags += span.attributes
        if span.kind != .unspecified { tags.append(Attribute("span.kind", .string("\(span.kind)"))) }
        switch span.status {
        case .unset: break
        case .ok: tags.append(Attribute("otel.status_code", .string("OK")))
        case .error:
            if span.attributes["error"] == nil { tags.append(Attribute("error", .bool(true))) }
            tags.append(Attribute("otel.status_code", .string("ERROR")))
        }
        if !span.statusMessage.isEmpty {
            tags.append(Attribute("otel.status_description", .string(span.statusMessage)))
        }
        if !span.traceState.isEmpty { tags.append(Attribute("w3c.tracestate", .string(span.traceState))) }
        return tags
    }

    private static func write(_ tag: Attribute, _ json: inout JSONWriter) {
        json.object { json in
            json.member("key", tag.key)
            switch tag.value {
            case .bool(let flag):
                json.member("type", "bool")
                json.member("value", flag)
            case .int(let number):
                json.member("type", "int64")
                json.member("value", number)
            case .double(let number) where number.isFinite:
                json.member("type", "float64")
                json.member("value", number)
            case .bytes(let bytes):
                json.member("type", "binary")
                json.member("value", Base64.encode(bytes))
            default:
                json.member("type", "string")
                json.member("value", tag.value.tagText)
            }
        }
    }
}
