import Detectors
import Hummingbird
import IngestEngine
import JSONText
import TraceModel
import TraceStore

/// `/api/services` and what hangs below it.
enum ServiceRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get("/api/services", RouteAbout("Services", answer: .envelope(.named("Services")))) { _ in
                let (services, age) = try await server.totals.recent(activeSince: .min)
                return aged(age) { json in
                    json.object { json in
                        json.member("total_services", services.count)
                        json.array("services") { json in
                            for service in services.prefix(server.limits.rowsMax) {
                                json.object { json in
                                    json.member("name", service.share.name)
                                    json.member("event_count", service.share.durations.events)
                                    json.member("trace_count", service.traceCount)
                                }
                            }
                        }
                    }
                }
            },
            .get(
                "/api/services/health",
                RouteAbout(
                    "How well services are, by their silence and their errors",
                    query: [RouteParameter("time_window_minutes", "minutes back, 60 when absent", .integer)],
                    answer: .envelope(.array(.named("ServiceHealth")))
                )
            ) { request in
                let now = WallClock.now
                let window = WallClock.minutes(request.integer("time_window_minutes") ?? 60)
                // To the second, so that all who ask within one share the sums.
                let since = (now - window) / 1_000_000_000 * 1_000_000_000
                let (services, age) = try await server.totals.recent(activeSince: since)
                return aged(age) { json in
                    json.array { json in
                        for service in services.prefix(server.limits.rowsMax) {
                            ServiceHealth(service, now: now).write(&json)
                        }
                    }
                }
            },
            .get(
                "/api/services/:service_name/traces",
                RouteAbout(
                    "Traces in which a service took part",
                    query: [.page, .pageSize(server.limits.pageSizeMax, 100)],
                    answer: .envelope(.named("ServiceTraces")),
                    isRevised: true
                )
            ) { request in
                let name = try request.parameter("service_name")
                let size = try request.pageSize(default: 100, max: server.limits.pageSizeMax)
                let page = Page(number: request.page, size: size)
                let revision = try await server.store.counts().revision
                return try await server.answers.answer(request, revision: "\(revision)") {
                    let query = TraceQuery(offset: page.offset, limit: size, service: name)
                    return traces(of: name, page, try await server.store.summaries(query))
                }
            },
            .get(
                "/api/services/:service_name/dependencies",
                RouteAbout("Whom a service calls, and who calls it", answer: .envelope(.named("ServiceCalls")))
            ) { request in
                let name = try request.parameter("service_name")
                let pairs = CallPairs(try await server.program().overview.services.calls).pairs
                return Answer.envelope { json in
                    json.object { json in
                        json.member("service_name", name)
                        calls("calls_to", pairs.filter { $0.from == name }.map { ($0.to, $0) }, server.limits, &json)
                        calls("called_by", pairs.filter { $0.to == name }.map { ($0.from, $0) }, server.limits, &json)
                    }
                }
            },
        ]
    }

    /// An answer that says how many seconds it is behind, when it is.
    private static func aged(_ age: Duration, _ write: (inout JSONWriter) -> Void) -> Response {
        var response = Answer.envelope(data: write)
        if age > .zero { response.headers[.age] = String(age.components.seconds + 1) }
        return response
    }

    private static func traces(of name: String, _ page: Page, _ found: TracePage) -> Response {
        Answer.envelope { json in
            json.object { json in
                json.member("service_name", name)
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

    private static func summary(_ trace: TraceSummary, _ json: inout JSONWriter) {
        json.object { json in
            json.member("trace_id", trace.id.description)
            json.member("event_count", trace.eventCount)
            json.member("first_timestamp", Timestamps.zulu(trace.firstTimestamp))
            json.member("last_timestamp", Timestamps.zulu(trace.lastTimestamp))
            json.array("services", trace.services.map(\.name))
            json.member("service_count", trace.services.count)
        }
    }

    /// The other service is called `to` in both directions: existing clients read it there.
    private static func calls(
        _ key: String,
        _ pairs: [(other: String, pair: CallPairs.Pair)],
        _ limits: ServerLimits,
        _ json: inout JSONWriter
    ) {
        json.array(key) { json in
            for (other, pair) in pairs.prefix(limits.rowsMax) {
                json.object { json in
                    json.member("to", other)
                    json.member("total_calls", pair.calls)
                    json.member("trace_count", pair.traces)
                }
            }
        }
    }
}
