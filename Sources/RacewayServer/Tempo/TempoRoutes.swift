import HTTPTypes
import Hummingbird
import JSONText
import TraceFormats
import TraceModel

/// As much of Tempo's query interface as Grafana's data source asks for, under `/tempo/api`.
enum TempoRoutes {
    private static let limitStandard: Int64 = 20
    private static let limitMax: Int64 = 1_000
    private static let protobuf = "application/protobuf"
    /// The last version of Tempo of which Grafana expects no streaming over gRPC.
    private static let version = "2.1.0"

    static func all(_ server: ServerState) -> [Route] {
        [
            .get("/tempo/api/echo", style: .plainText, RouteAbout("Whether anybody is there", types: ["text/plain"])) {
                _ in
                Answer.bytes("echo".utf8, type: "text/plain; charset=utf-8")
            },
            .get(
                "/tempo/api/status/buildinfo",
                style: .plainText,
                RouteAbout("The version, for Tempo's clients", answer: .map(.string))
            ) { _ in
                Answer.json { json in
                    json.object { json in
                        json.member("version", version)
                        for name in ["revision", "branch", "buildUser", "buildDate", "goVersion"] {
                            json.member(name, "")
                        }
                    }
                }
            },
            search(server), trace("/tempo/api/traces/:trace_id", server, isWrapped: false),
            trace("/tempo/api/v2/traces/:trace_id", server, isWrapped: true),
        ] + TempoTagRoutes.all(server)
    }

    // MARK: Traces

    private static func trace(_ path: String, _ server: ServerState, isWrapped: Bool) -> Route {
        .get(
            path,
            style: .plainText,
            RouteAbout(
                "One trace, for Tempo's clients",
                path: TraceRoutes.tracePath,
                answer: .any,
                types: [protobuf]
            )
        ) { request in
            let id = try traceID(try request.parameter("trace_id"))
            guard let trace = try await server.spans(of: id) else {
                throw RequestFailure(.notFound, "trace not found")
            }
            let spans = trace.latest
            var response =
                (request.request.headers[.accept] ?? "").contains("protobuf")
                ? Answer.bytes(bytes(spans, isWrapped: isWrapped), type: protobuf) : json(spans, isWrapped: isWrapped)
            response.headers[.vary] = "Accept"
            return response
        }
    }

    private static func bytes(_ spans: [Span], isWrapped: Bool) -> [UInt8] {
        let data = OTLPProtobufWriter.write(spans)
        guard isWrapped else { return data }
        // TraceByIDResponse { trace = 1, metrics = 2 }
        var answer = ProtoWriter()
        answer.delimited(1, data)
        answer.delimited(2, [])
        return answer.bytes
    }

    private static func json(_ spans: [Span], isWrapped: Bool) -> Response {
        Answer.json { json in
            guard isWrapped else { return OTLPWriter.write(traces: [spans], list: "batches", &json) }
            json.object { json in
                json.key("trace")
                OTLPWriter.write(traces: [spans], &json)
                json.object("metrics") { _ in }
            }
        }
    }

    private static func traceID(_ text: String) throws(RequestFailure) -> TraceID {
        if text.utf8.count == 36, let id = TraceID(text) { return id }
        guard (1...32).contains(text.utf8.count), text.utf8.allSatisfy({ UUIDText.hexValue($0) < 16 }),
            let id = TraceID(String(repeating: "0", count: 32 - text.utf8.count) + text)
        else {
            throw RequestFailure(
                .badRequest,
                "trace IDs can only contain hex characters, at most 32: \"\(text.prefix(64))\"",
                field: "trace_id"
            )
        }
        return id
    }

    // MARK: Search

    private static func search(_ server: ServerState) -> Route {
        .get(
            "/tempo/api/search",
            style: .plainText,
            RouteAbout(
                "Traces that match, for Tempo's clients",
                query: [
                    RouteParameter("q", "TraceQL: conditions on spans, joined by && and ||"),
                    RouteParameter("tags", "logfmt, such as service.name=shop, instead of q"),
                    RouteParameter("minDuration", "of the whole trace, such as 100ms"),
                    RouteParameter("maxDuration", "of the whole trace"),
                    RouteParameter("start", "seconds since 1970", .integer),
                    RouteParameter("end", "seconds since 1970", .integer),
                    RouteParameter("limit", "\(limitStandard) when absent", .range(1, Int(limitMax))),
                    RouteParameter("spss", "spans shown of each trace, 3 when absent", .range(0, 100)),
                ],
                answer: .object([.member("traces", .array(.any)), .member("metrics", .any)])
            )
        ) { request in
            let search = try criteria(request)
            let limit = try count("limit", request) ?? limitStandard
            let shown = try count("spss", request) ?? 3
            guard limit > 0 else { throw RequestFailure(.badRequest, "invalid limit: must be a positive number") }
            let found = try await server.search(search, limit: Int(min(limit, limitMax)))
            return Answer.json { json in
                json.object { json in
                    json.array("traces") { json in
                        for trace in found {
                            json.object { TempoHit(trace, search, spansMax: Int(min(shown, 100))).write(&$0) }
                        }
                    }
                    json.object("metrics") { json in
                        json.member("inspectedTraces", found.count)
                        json.member("completedJobs", 1)
                        json.member("totalJobs", 1)
                    }
                }
            }
        }
    }

    private static func count(_ name: String, _ request: borrowing RouteRequest) throws(RequestFailure) -> Int64? {
        guard let number = try request.number(name) else { return nil }
        guard number >= 0 else {
            throw RequestFailure(.badRequest, "invalid \(name): must be a positive number", field: name)
        }
        return number
    }

    private static func criteria(_ request: borrowing RouteRequest) throws(RequestFailure) -> TempoSearch {
        let start = try request.moment("start", unit: 1_000_000_000) ?? .min
        let end = try request.moment("end", unit: 1_000_000_000) ?? .max
        guard start <= end else {
            throw RequestFailure(.badRequest, "http parameter start must be before end", field: "start")
        }
        let query: TraceQL
        if let text = try request.text("q") {
            query = try TraceQLParser.parse(text)
        } else {
            query = try TempoSearch.tags(try request.text("tags") ?? "")
        }
        var search = TempoSearch(query: query, window: start...end)
        search.durationMin = try request.duration("minDuration") ?? 0
        search.durationMax = try request.duration("maxDuration") ?? .max
        return search
    }
}
