import Detectors
import HTTPTypes
import Hummingbird
import IngestEngine
import JSONText
import Reporting
import TraceFormats
import TraceModel

/// `/api/search`: traces by what is in them.
enum SearchRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/search",
                style: .problem,
                RouteAbout(
                    "Traces by what is in them, the one that began last first",
                    query: [
                        RouteParameter(
                            "q",
                            "words that occur in the trace, and service:name, key=value, took>100ms, took<1s, is:error, is:racing; or TraceQL in braces"
                        ),
                        .limit(server.limits.pageSizeMax, 50),
                    ],
                    answer: .named("FoundTraces")
                )
            ) { request in
                let words = try TraceWords(try request.text("q") ?? "")
                let limit = try request.pageSize(default: 50, max: server.limits.pageSizeMax, name: "limit")
                // What no analysis has said yet is not waited for.
                let races = await races(server)
                let found = try await server.search(
                    words,
                    limit: limit,
                    among: words.isRacing ? Set(races.keys) : nil,
                    until: .now + server.limits.searchTimeMax
                )
                return Answer.json { json in
                    json.object { json in
                        json.array("traces") { json in
                            for trace in found.traces { write(trace, races[trace.id] ?? 0, &json) }
                        }
                        json.member("complete", found.isComplete)
                    }
                }
            }
        ]
    }

    /// How many races are listed in which trace.
    private static func races(_ server: ServerState) async -> [TraceID: Int] {
        var counts: [TraceID: Int] = [:]
        for finding in await server.knownProgram(asking: true)?.analysis.races ?? [] where RaceShape.isListed(finding) {
            for trace in finding.traces { counts[trace, default: 0] += 1 }
        }
        return counts
    }

    private static func write(_ found: FoundTrace, _ races: Int, _ json: inout JSONWriter) {
        let trace = TraceQL.Trace(found.spans.latest)
        json.object { json in
            json.member("trace_id", found.id.description)
            json.member("name", trace.root?.name ?? trace.spans.first?.name ?? "")
            json.array("services", Set(trace.spans.map(\.service)).subtracting([""]).sorted())
            json.member("event_count", found.spans.rowCount)
            json.member("first_timestamp", Timestamps.offset(trace.start))
            json.member("duration_ns", trace.duration)
            json.member("errors", trace.spans.count { $0.status == .error })
            json.member("races", races)
        }
    }
}
