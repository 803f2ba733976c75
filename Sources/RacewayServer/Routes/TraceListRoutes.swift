import JSONText
import TraceModel
import TraceStore

/// `/api/traces`: the list.
enum TraceListRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/traces",
                RouteAbout(
                    "Traces, newest first",
                    query: [
                        .page, .pageSize(server.limits.pageSizeMax, 20),
                        RouteParameter("min_events", "only traces with at least so many events", .integer),
                    ],
                    answer: .envelope(.named("TraceList"))
                )
            ) { request in
                let size = try request.pageSize(default: 20, max: server.limits.pageSizeMax)
                let page = Page(number: request.page, size: size)
                let found = try await server.store.summaries(
                    TraceQuery(offset: page.offset, limit: size, eventsMin: max(0, request.integer("min_events") ?? 0))
                )
                return Answer.envelope { json in
                    json.object { json in
                        json.member("total_traces", found.total)
                        json.member("page", page.number)
                        json.member("page_size", page.size)
                        json.member("total_pages", page.count(of: found.total))
                        json.array("traces") { json in
                            for trace in found.traces { summary(trace, &json) }
                        }
                    }
                }
            }
        ]
    }

    private static func summary(_ trace: TraceSummary, _ json: inout JSONWriter) {
        json.object { json in
            json.member("trace_id", trace.id.description)
            json.member("event_count", trace.eventCount)
            json.member("first_timestamp", Timestamps.offset(trace.firstTimestamp))
            json.member("last_timestamp", Timestamps.offset(trace.lastTimestamp))
            json.member("service_count", trace.services.count)
            json.array("services", trace.services.map(\.name))
        }
    }
}
