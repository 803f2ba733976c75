import Detectors
import HTTPTypes
import Hummingbird
import JSONText
import TraceFormats
import TraceModel

/// Zipkin's query interface: `/api/v2`, and the same below `/zipkin`, where its own page looks.
///
/// Spans are given back as they came; names compare without regard to case.
enum ZipkinRoutes {
    /// How far back a search goes when it does not say: a day, in nanoseconds.
    private static let lookback: Int64 = 86_400_000_000_000
    private static let limitMax = 1_000

    static func all(_ server: ServerState) -> [Route] {
        var routes: [Route] = []
        for prefix in ["/api/v2", "/zipkin/api/v2"] {
            routes += names(prefix, server)
            routes += traces(prefix, server)
            routes.append(dependencies(prefix, server))
        }
        return routes
    }

    private static func names(_ prefix: String, _ server: ServerState) -> [Route] {
        func list(
            _ path: String,
            _ summary: String,
            parameter: String?,
            _ names: @escaping @Sendable (String) async throws -> [String]
        ) -> Route {
            .get(
                prefix + path,
                style: .plainText,
                RouteAbout(
                    summary,
                    query: parameter.map { [RouteParameter($0, "required")] } ?? [],
                    answer: .array(.string)
                )
            ) { request in
                let value = try parameter.map { name throws(RequestFailure) in try required(name, request) }
                let names = try await names(value ?? "")
                return Answer.json { json in json.array { json in for name in names { json.value(name) } } }
            }
        }
        return [
            list("/services", "Services, for Zipkin's clients", parameter: nil) { _ in try await server.serviceNames()
            },
            list("/spans", "Names of a service's spans, for Zipkin's clients", parameter: "serviceName") { service in
                let operations = try await server.index.currentCatalogue().operations(of: service)
                return Set(operations.map(\.name)).subtracting([""]).sorted()
            },
            list("/remoteServices", "What a service calls, for Zipkin's clients", parameter: "serviceName") { service in
                try await server.index.currentCatalogue().remotes(of: service)
            },
            list("/autocompleteKeys", "Tags to choose from, for Zipkin's clients", parameter: nil) { _ in
                let tags = try await server.index.currentCatalogue().tags[.span] ?? [:]
                return tags.keys.sorted()
            },
            list("/autocompleteValues", "Values of a tag, for Zipkin's clients", parameter: "key") { key in
                let tags = try await server.index.currentCatalogue().tags[.span] ?? [:]
                return tags[key]?.texts.sorted() ?? []
            },
        ]
    }

    /// A parameter that must be there, be it empty.
    private static func required(_ name: String, _ request: borrowing RouteRequest) throws(RequestFailure) -> String {
        if let text = try request.text(name) { return text }
        guard request.has(name) else {
            throw RequestFailure(.badRequest, "cannot find a parameter: \(name)", field: name)
        }
        return ""
    }

    private static func traces(_ prefix: String, _ server: ServerState) -> [Route] {
        [
            .get(
                prefix + "/traces",
                style: .plainText,
                RouteAbout(
                    "Traces that match, for Zipkin's clients",
                    query: parameters,
                    answer: .array(.array(.any))
                )
            ) { request in
                let (search, limit) = try search(request)
                return answer(try await server.search(search, limit: limit).map(\.spans))
            },
            .get(
                prefix + "/trace/:trace_id",
                style: .plainText,
                RouteAbout("One trace, for Zipkin's clients", path: TraceRoutes.tracePath, answer: .array(.any))
            ) { request in
                let id = try traceID(try request.parameter("trace_id"))
                guard let trace = try await server.spans(of: id) else {
                    throw RequestFailure(.notFound, "\(ZipkinWriter.text(id)) not found")
                }
                return Answer.json { ZipkinWriter.write(trace.spans, &$0) }
            },
            .get(
                prefix + "/traceMany",
                style: .plainText,
                RouteAbout(
                    "Several traces, for Zipkin's clients",
                    query: [RouteParameter("traceIds", "ids between commas, two at least")],
                    answer: .array(.array(.any))
                )
            ) { request in
                var found: [TraceSpans] = []
                for id in try traceIDs(required("traceIds", request)) {
                    if let trace = try await server.spans(of: id) { found.append(trace) }
                }
                return answer(found)
            },
        ]
    }

    private static func answer(_ traces: [TraceSpans]) -> Response {
        Answer.json { json in json.array { json in for trace in traces { ZipkinWriter.write(trace.spans, &json) } } }
    }

    private static func dependencies(_ prefix: String, _ server: ServerState) -> Route {
        let link = Schema.object([
            .member("parent", .string), .member("child", .string), .member("callCount", .integer),
            .optional("errorCount", .integer),
        ])
        return .get(
            prefix + "/dependencies",
            style: .plainText,
            RouteAbout(
                "Which services call which, for Zipkin's clients",
                query: [
                    RouteParameter("endTs", "milliseconds since 1970, required", .integer),
                    RouteParameter("lookback", "milliseconds, a day when absent", .integer),
                ],
                answer: .array(link)
            )
        ) { request in
            _ = try required("endTs", request)
            let window = try window(request)
            let links = ServiceCalls.sum(try await server.index.calls(window).flatMap(\.links))
            return Answer.json { json in
                json.array { json in for link in links { json.object { link.write(withErrors: true, &$0) } } }
            }
        }
    }

    // MARK: Parameters

    private static let parameters = [
        RouteParameter("serviceName", "service"), RouteParameter("remoteServiceName", "what it calls"),
        RouteParameter("spanName", "name of a span"),
        RouteParameter("annotationQuery", "such as error and http.method=GET"),
        RouteParameter("minDuration", "microseconds", .integer),
        RouteParameter("maxDuration", "microseconds, only with minDuration", .integer),
        RouteParameter("endTs", "milliseconds since 1970, now when absent", .integer),
        RouteParameter("lookback", "milliseconds, a day when absent", .integer),
        RouteParameter("limit", "10 when absent", .range(1, limitMax)),
    ]

    private static func search(_ request: borrowing RouteRequest) throws -> (ZipkinSearch, limit: Int) {
        var search = ZipkinSearch(window: try window(request))
        search.service = try request.text("serviceName")?.lowercased()
        search.remoteService = try request.text("remoteServiceName")?.lowercased()
        search.spanName = try request.text("spanName")?.lowercased()
        // "all" is what the page sends when nothing was chosen.
        if search.spanName == "all" { search.spanName = nil }
        search.annotations = ZipkinSearch.annotations(try request.text("annotationQuery") ?? "")
        search.durationMin = try request.number("minDuration")
        search.durationMax = try request.number("maxDuration")
        if let least = search.durationMin {
            guard least > 0 else { throw RequestFailure(.badRequest, "minDuration <= 0", field: "minDuration") }
            guard search.durationMax ?? .max >= least else {
                throw RequestFailure(.badRequest, "maxDuration < minDuration", field: "maxDuration")
            }
        } else if search.durationMax != nil {
            throw RequestFailure(.badRequest, "maxDuration is only valid with minDuration", field: "maxDuration")
        }
        let limit = try request.number("limit") ?? 10
        guard limit > 0 else { throw RequestFailure(.badRequest, "limit <= 0", field: "limit") }
        return (search, Int(min(limit, Int64(limitMax))))
    }

    private static func window(_ request: borrowing RouteRequest) throws -> ClosedRange<Int64> {
        let end = try request.moment("endTs", unit: 1_000_000) ?? WallClock.now
        guard end > 0 else { throw RequestFailure(.badRequest, "endTs <= 0", field: "endTs") }
        let length = try request.moment("lookback", unit: 1_000_000) ?? lookback
        guard length > 0 else { throw RequestFailure(.badRequest, "lookback <= 0", field: "lookback") }
        // The end is a whole millisecond and includes what happened in it.
        let window = TimeWindow.before(end, length)
        return window.lowerBound...(end > .max - 999_999 ? .max : end + 999_999)
    }

    private static func traceID(_ text: String) throws(RequestFailure) -> TraceID {
        let digits = text.filter { !$0.isWhitespace }
        if digits.utf8.count == 36, let id = TraceID(digits) { return id }
        guard (1...32).contains(digits.utf8.count), digits.utf8.allSatisfy({ UUIDText.hexValue($0) < 16 }),
            let id = TraceID(String(repeating: "0", count: 32 - digits.utf8.count) + digits), id != .zero
        else {
            throw RequestFailure(
                .badRequest,
                "\(text.prefix(64)) should be a 1 to 32 character lower-hex string with no prefix",
                field: "traceId"
            )
        }
        return id
    }

    private static func traceIDs(_ text: String) throws(RequestFailure) -> [TraceID] {
        guard !text.isEmpty else { throw RequestFailure(.badRequest, "traceIds parameter is empty", field: "traceIds") }
        var ids: [TraceID] = []
        var seen: Set<TraceID> = []
        for part in text.split(separator: ",", maxSplits: limitMax - 1, omittingEmptySubsequences: false) {
            let id = try traceID(String(part))
            guard seen.insert(id).inserted else {
                throw RequestFailure(.badRequest, "redundant traceId: \(part)", field: "traceIds")
            }
            ids.append(id)
        }
        guard ids.count > 1 else {
            throw RequestFailure(
                .badRequest,
                "Use /api/v2/trace/{traceId} endpoint to retrieve a single trace",
                field: "traceIds"
            )
        }
        return ids
    }
}
