import Detectors
import HTTPTypes
import Hummingbird
import JSONText
import TraceFormats
import TraceModel

/// Jaeger's first query interface under `/jaeger/api`, as Grafana's data source and older pages of Jaeger ask it.
enum JaegerRoutes {
    /// Traces that an answer has when nothing is asked for, and at most.
    static let limitStandard = 100
    static let limitMax = 1_500
    /// How far back a search goes when it does not say: two days, in nanoseconds.
    static let lookback: Int64 = 2 * 86_400_000_000_000
    /// The same of sums over calls: one day.
    static let dependencyLookback: Int64 = 86_400_000_000_000

    static func all(_ server: ServerState) -> [Route] { [services(server)] + operations(server) + traces(server) }

    /// `{"data":…}` with data of some form.
    static func schema(_ data: Schema) -> Schema {
        .object([
            .member("data", data), .member("total", .integer), .member("limit", .integer), .member("offset", .integer),
            .member("errors", .any),
        ])
    }

    private static func services(_ server: ServerState) -> Route {
        .get(
            "/jaeger/api/services",
            style: .jaeger,
            RouteAbout("Services, for Jaeger's clients", answer: schema(.array(.string)))
        ) { _ in JaegerAnswer.names(try await server.serviceNames()) }
    }

    private static func operations(_ server: ServerState) -> [Route] {
        [
            .get(
                "/jaeger/api/services/:service_name/operations",
                style: .jaeger,
                RouteAbout("Names of a service's operations, for Jaeger's clients", answer: schema(.array(.string)))
            ) { request in
                // Grafana escapes the name once more than the path needs.
                let name = try request.parameter("service_name")
                let service = PercentDecoding.decode(name, plusIsSpace: false) ?? name
                let operations = try await server.index.currentCatalogue().operations(of: service)
                return JaegerAnswer.names(Set(operations.map(\.name)).sorted())
            },
            .get(
                "/jaeger/api/operations",
                style: .jaeger,
                RouteAbout(
                    "A service's operations with their kinds, for Jaeger's clients",
                    query: [RouteParameter("service", "required"), RouteParameter("spanKind", "only this kind")],
                    answer: schema(
                        .array(.object([.member("name", .string), .member("spanKind", .string)]))
                    )
                )
            ) { request in
                guard let service = try request.text("service") else {
                    throw RequestFailure(.badRequest, "parameter 'service' is required", field: "service")
                }
                let kind = try request.text("spanKind")
                let operations = try await server.index.currentCatalogue().operations(of: service)
                    .filter { kind == nil || kind == $0.kind.jaegerName }
                return JaegerAnswer.write(total: operations.count) { json in
                    json.array { json in
                        for operation in operations {
                            json.object { json in
                                json.member("name", operation.name)
                                json.member("spanKind", operation.kind.jaegerName)
                            }
                        }
                    }
                }
            },
            .get(
                "/jaeger/api/dependencies",
                style: .jaeger,
                RouteAbout(
                    "Which services call which, for Jaeger's clients",
                    query: [
                        RouteParameter("endTs", "milliseconds since 1970, now when absent", .integer),
                        RouteParameter("lookback", "milliseconds, a day when absent", .integer),
                        RouteParameter("service", "only calls from or to it"),
                    ],
                    answer: schema(
                        .array(
                            .object([
                                .member("parent", .string), .member("child", .string), .member("callCount", .integer),
                            ])
                        )
                    )
                )
            ) { request in
                let end = try request.moment("endTs", unit: 1_000_000) ?? WallClock.now
                let length = try request.moment("lookback", unit: 1_000_000) ?? dependencyLookback
                let service = try request.text("service")
                let calls = try await server.index.calls(TimeWindow.before(end, length))
                let links = ServiceCalls.sum(calls.flatMap(\.children))
                    .filter { service == nil || $0.parent == service || $0.child == service }
                return JaegerAnswer.write { json in
                    json.array { json in for link in links { json.object { link.write(withErrors: false, &$0) } } }
                }
            },
        ]
    }

    private static func traces(_ server: ServerState) -> [Route] {
        [
            .get(
                "/jaeger/api/traces",
                style: .jaeger,
                RouteAbout("Traces that match, for Jaeger's clients", query: parameters, answer: schema(.array(.any)))
            ) { request in
                let ids = try request.texts("traceID")
                guard ids.isEmpty else { return try await byID(ids, server) }
                let (search, limit) = try search(request)
                let found = try await server.search(search, limit: limit)
                return await answer(found.map(\.spans), server)
            },
            .get(
                "/jaeger/api/traces/:trace_id",
                style: .jaeger,
                RouteAbout("One trace, for Jaeger's clients", path: TraceRoutes.tracePath, answer: schema(.array(.any)))
            ) { request in
                let id = try JaegerTraceID.parse(try request.parameter("trace_id"))
                for name in ["start", "end"] { _ = try request.number(name) }
                guard let trace = try await server.spans(of: id) else {
                    throw RequestFailure(.notFound, "trace not found")
                }
                return await answer([trace], server, isAsked: true)
            },
            .post(
                "/jaeger/api/transform",
                style: .jaeger,
                role: .read,
                RouteAbout(
                    "Spans in the form of Jaeger's clients",
                    body: ("application/json", .any),
                    answer: schema(.array(.any))
                )
            ) { request in try await transform(request, server) },
        ]
    }

    private static let parameters = [
        RouteParameter("service", "required without traceID"), RouteParameter("operation", "name of a span"),
        RouteParameter("tags", "JSON object of texts"), RouteParameter("tag", "key:value, may be repeated"),
        RouteParameter("start", "microseconds since 1970, two days ago when absent", .integer),
        RouteParameter("end", "microseconds since 1970, now when absent", .integer),
        RouteParameter("minDuration", "such as 1.2s, 100ms, 500us"), RouteParameter("maxDuration", "the same"),
        RouteParameter("limit", "\(limitStandard) when absent", .range(1, limitMax)),
        RouteParameter("traceID", "instead of a search, may be repeated"),
    ]

    private static func search(_ request: borrowing RouteRequest) throws -> (JaegerSearch, limit: Int) {
        let now = WallClock.now
        let end = try request.moment("end", unit: 1_000) ?? now
        let start = try request.moment("start", unit: 1_000) ?? now - lookback
        var search = JaegerSearch(window: TimeWindow.between(start, end))
        search.operation = try request.text("operation")
        search.tags = try JaegerTags.parse(lists: request.texts("tag"), objects: request.texts("tags"))
        search.durationMin = try request.duration("minDuration") ?? 0
        search.durationMax = try request.duration("maxDuration") ?? 0
        guard search.durationMax == 0 || search.durationMax >= search.durationMin else {
            throw RequestFailure(
                .badRequest,
                "'maxDuration' should be greater than 'minDuration'",
                field: "maxDuration"
            )
        }
        let limit = try limit(request.number("limit") ?? Int64(limitStandard), name: "limit")
        guard let service = try request.text("service") else {
            throw RequestFailure(.badRequest, "parameter 'service' is required", field: "service")
        }
        search.service = service
        return (search, limit)
    }

    static func limit(_ number: Int64, name: String) throws(RequestFailure) -> Int {
        guard number > 0 else {
            throw RequestFailure(.badRequest, "\(name) must be 1 to \(limitMax), not \(number)", field: name)
        }
        return Int(min(number, Int64(limitMax)))
    }

    private static func byID(_ texts: [String], _ server: ServerState) async throws -> Response {
        var found: [TraceSpans] = []
        var faults: [JaegerAnswer.Fault] = []
        for text in texts.prefix(limitMax) {
            let id = try JaegerTraceID.parse(text)
            if let trace = try await server.spans(of: id) {
                found.append(trace)
            } else {
                faults.append(JaegerAnswer.Fault(code: 0, message: "trace not found", trace: id))
            }
        }
        return await answer(found, server, faults)
    }

    private static func answer(
        _ traces: [TraceSpans],
        _ server: ServerState,
        _ faults: [JaegerAnswer.Fault] = [],
        isAsked: Bool = false
    ) async -> Response {
        let warnings = await RaceWarnings(server, isAsked: isAsked)
        return JaegerAnswer.write(errors: faults) { json in
            JaegerWriter.write(
                traces: traces.map { SharedSpans.apart($0.latest) },
                warnings: { warnings.texts(of: $0) },
                &json
            )
        }
    }

    private static func transform(_ request: borrowing RouteRequest, _ server: ServerState) async throws -> Response {
        let limit = server.limits.bodyBytesMax
        let buffer = try await request.request.body.collect(upTo: limit)
        do throws(FormatError) {
            let document = try OTLPReader.decode(
                Array(buffer.readableBytesView),
                as: .json,
                options: ReadOptions(inputBytesMax: limit)
            )
            guard document.skipped == 0 else {
                throw FormatError(code: "malformed", message: document.problems.first?.message ?? "not a span")
            }
            return Answer.bytes(
                try JaegerWriter.write(document.spans, unnamedService: .refuse),
                type: "application/json"
            )
        } catch {
            throw RequestFailure(.badRequest, "cannot unmarshal OTLP : \(error.message)")
        }
    }
}
