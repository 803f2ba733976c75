import HTTPTypes
import Hummingbird
import JSONText
import TraceFormats
import TraceModel

/// Jaeger's third query interface, which answers in the OpenTelemetry protocol's JSON: `/api/v3`, and the same below `/jaeger`,
/// where clients look that were given the address of the first one.
enum JaegerGatewayRoutes {
    static func all(_ server: ServerState) -> [Route] {
        ["", "/jaeger"].flatMap { names($0 + "/api/v3", server) + traces($0 + "/api/v3", server) }
    }

    private static func names(_ prefix: String, _ server: ServerState) -> [Route] {
        let operation = Schema.object([.member("name", .string), .member("spanKind", .string)])
        return [
            .get(
                prefix + "/services",
                style: .jaegerGateway,
                RouteAbout("Services, for Jaeger", answer: .object([.member("services", .array(.string))]))
            ) { _ in
                let names = try await server.serviceNames()
                return Answer.json { json in json.object { $0.array("services", names) } }
            },
            .get(
                prefix + "/operations",
                style: .jaegerGateway,
                RouteAbout(
                    "Operations of a service, for Jaeger",
                    query: [
                        RouteParameter("service", "whose operations"), RouteParameter("spanKind", "only this kind"),
                    ],
                    answer: .object([.member("operations", .array(operation))])
                )
            ) { request in
                let service = try request.text("service") ?? ""
                let kind = try request.text("spanKind") ?? request.text("span_kind")
                let operations = try await server.index.currentCatalogue().operations(of: service)
                    .filter { kind == nil || kind == $0.kind.gatewayName }
                return Answer.json { json in
                    json.object { json in
                        json.array("operations") { json in
                            for operation in operations {
                                json.object { json in
                                    json.member("name", operation.name)
                                    json.member("spanKind", operation.kind.gatewayName)
                                }
                            }
                        }
                    }
                }
            },
        ]
    }

    private static func traces(_ prefix: String, _ server: ServerState) -> [Route] {
        let result = Schema.object([
            .member("result", .object([.member("resourceSpans", .array(.any))]))
        ])
        return [
            .get(
                prefix + "/traces",
                style: .jaegerGateway,
                RouteAbout("Spans of traces that match, for Jaeger", query: parameters, answer: result)
            ) { request in
                let (search, limit) = try search(request)
                return try answer(await server.search(search, limit: limit).map(\.spans))
            },
            .get(
                prefix + "/traces/:trace_id",
                style: .jaegerGateway,
                RouteAbout("Spans of one trace, for Jaeger", path: TraceRoutes.tracePath, answer: result)
            ) { request in
                let text = try request.parameter("trace_id")
                let id: TraceID
                do throws(RequestFailure) { id = try JaegerTraceID.parse(text) } catch {
                    throw malformed("trace_id", error.message)
                }
                for (name, old) in [("startTime", "start_time"), ("endTime", "end_time")] {
                    _ = try moment(request, name, old)
                }
                guard let trace = try await server.spans(of: id) else { return try answer([]) }
                return try answer([trace])
            },
            .get(
                prefix + "/trace-summaries",
                style: .jaegerGateway,
                RouteAbout(
                    "What lists show of traces that match, for Jaeger",
                    query: parameters,
                    answer: .object([.optional("summaries", .array(.any))])
                )
            ) { request in
                let (search, limit) = try search(request)
                let found = try await server.search(search, limit: limit)
                return Answer.json { json in
                    json.object { json in
                        guard !found.isEmpty else { return }
                        json.array("summaries") { json in
                            for trace in found {
                                json.object { JaegerSummary(trace.spans.latest).write(trace.id, &$0) }
                            }
                        }
                    }
                }
            },
        ]
    }

    private static func answer(_ traces: [TraceSpans]) throws(RequestFailure) -> Response {
        guard !traces.isEmpty else { throw RequestFailure(.notFound, "No traces found") }
        return Answer.json { json in
            json.object { json in
                json.key("result")
                OTLPWriter.write(traces: traces.map(\.latest), &json)
            }
        }
    }

    // MARK: Parameters

    private static let parameters = [
        RouteParameter("query.serviceName", "service"), RouteParameter("query.operationName", "name of a span"),
        RouteParameter("query.attributes", "JSON object of texts"),
        RouteParameter("query.startTimeMin", "RFC 3339, required"),
        RouteParameter("query.startTimeMax", "RFC 3339, required"),
        RouteParameter("query.durationMin", "such as 1.2s, 100ms, 500us"),
        RouteParameter("query.durationMax", "the same"),
        RouteParameter(
            "query.searchDepth",
            "\(JaegerRoutes.limitStandard) when absent",
            .range(1, JaegerRoutes.limitMax)
        ),
    ]

    private static func search(_ request: borrowing RouteRequest) throws -> (JaegerSearch, limit: Int) {
        guard let start = try moment(request, "query.startTimeMin", "query.start_time_min"),
            let end = try moment(request, "query.startTimeMax", "query.start_time_max")
        else {
            throw RequestFailure(.badRequest, "query.startTimeMin and query.startTimeMax are required")
        }
        guard start < end else {
            throw RequestFailure(.badRequest, "query.startTimeMin must be before query.startTimeMax")
        }
        var search = JaegerSearch(window: start...end)
        search.service = try either(request, "query.serviceName", "query.service_name")?.text
        search.operation = try either(request, "query.operationName", "query.operation_name")?.text
        if let text = try request.text("query.attributes") {
            let values = try JaegerTags.object(text, name: "query.attributes")
            search.tags = values.sorted { $0.key < $1.key }.map { JaegerSearch.Tag($0.key, $0.value) }
        }
        search.durationMin = try duration(request, "query.durationMin", "query.duration_min") ?? 0
        search.durationMax = try duration(request, "query.durationMax", "query.duration_max") ?? 0
        return (search, try limit(request))
    }

    private static func limit(_ request: borrowing RouteRequest) throws -> Int {
        let depth = try either(request, "query.searchDepth", "query.search_depth")
        let named: (text: String, name: String)?
        if let depth {
            named = depth
        } else {
            named = try either(request, "query.num_traces", "query.numTraces")
        }
        guard let named else { return JaegerRoutes.limitStandard }
        guard let number = Int64(named.text) else { throw malformed(named.name, "not a whole number") }
        return try JaegerRoutes.limit(number, name: named.name)
    }

    /// A parameter under its name or the one that it had before.
    private static func either(
        _ request: borrowing RouteRequest,
        _ name: String,
        _ old: String
    ) throws -> (text: String, name: String)? {
        if let text = try request.text(name) { return (text, name) }
        return try request.text(old).map { ($0, old) }
    }

    private static func moment(_ request: borrowing RouteRequest, _ name: String, _ old: String) throws -> Int64? {
        guard let (text, name) = try either(request, name, old) else { return nil }
        guard let moment = Timestamp.parse(text) else {
            throw malformed(name, "\"\(text.prefix(64))\" is no RFC 3339 date-time")
        }
        return moment
    }

    private static func duration(_ request: borrowing RouteRequest, _ name: String, _ old: String) throws -> Int64? {
        guard let (text, name) = try either(request, name, old) else { return nil }
        guard let duration = DurationText.nanoseconds(text) else {
            throw malformed(name, "time: invalid duration \"\(text.prefix(64))\"")
        }
        return duration
    }

    private static func malformed(_ name: String, _ reason: String) -> RequestFailure {
        RequestFailure(.badRequest, "malformed parameter \(name): \(reason)", field: name)
    }
}

extension Span.Kind {
    /// As the third interface spells it: what was not said counts as internal.
    fileprivate var gatewayName: String { self == .unspecified ? "internal" : "\(self)" }
}

/// What a list shows of a trace.
struct JaegerSummary {
    private let spans: [Span]

    init(_ spans: [Span]) { self.spans = spans }

    /// Writes the members; 64-bit numbers as texts, zeros left out, as protobuf's JSON has it.
    func write(_ id: TraceID, _ json: inout JSONWriter) {
        json.member("traceId", id.hex)
        // Of several roots the one that began first.
        if let root = spans.filter(\.parent.isEmpty).min(by: { $0.start < $1.start }) {
            if !root.service.isEmpty { json.member("rootServiceName", root.service) }
            if !root.name.isEmpty { json.member("rootOperationName", root.name) }
        }
        json.member("minStartTimeUnixNano", String(spans.map(\.start).min() ?? 0))
        json.member("maxEndTimeUnixNano", String(spans.map { max($0.start, $0.end) }.max() ?? 0))
        let ids = Set(spans.map(\.id))
        count("spanCount", spans.count, &json)
        count("errorSpanCount", spans.count { $0.status == .error }, &json)
        count("orphanSpanCount", spans.count { !$0.parent.isEmpty && !ids.contains($0.parent) }, &json)
        json.array("services") { json in
            for (name, members) in Dictionary(grouping: spans, by: \.service).sorted(by: { $0.key < $1.key }) {
                json.object { json in
                    json.member("name", name)
                    count("spanCount", members.count, &json)
                    count("errorSpanCount", members.count { $0.status == .error }, &json)
                }
            }
        }
    }

    private func count(_ name: String, _ count: Int, _ json: inout JSONWriter) {
        if count > 0 { json.member(name, count) }
    }
}
