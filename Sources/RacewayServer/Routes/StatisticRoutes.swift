import IngestEngine
import JSONText
import TraceStore
import Detectors

/// `/api/stats`: the server about itself, for people.
enum StatisticRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/stats",
                style: .problem,
                RouteAbout("Latencies of every route, and counts", answer: .named("Statistics"))
            ) { _ in
                // What is left to look at while the store is away: its last sizes, beside everything that does not need it.
                guard let counts = await server.glance.look().counts else { throw RequestFailure.storeUnavailable }
                let totals = server.engine.totals
                let program = await server.analysis.latestProgram()
                let routes = server.requests.statistics()
                return Answer.json { json in
                    json.object { json in
                        json.member("instance", server.instance)
                        json.member("uptime_seconds", server.uptimeSeconds)
                        json.object("events") { json in
                            json.member("offered", totals.offered)
                            json.member("accepted", totals.accepted)
                            json.member("rejected", totals.rejected)
                            json.member("stored", totals.stored)
                            json.member("duplicates", totals.duplicates)
                            json.member("undecodable", totals.undecoded)
                        }
                        json.object("store") { json in
                            json.member("events", counts.events)
                            json.member("traces", counts.traces)
                            json.member("bytes", counts.bytes)
                            json.member("evicted_traces", counts.evictedTraces)
                            json.member("evicted_events", counts.evictedEvents)
                            json.member("revision", counts.revision)
                        }
                        json.key("analysis")
                        analysis(program, &json)
                        json.object("requests") { json in
                            json.member("total", routes.reduce(0) { $0 + $1.requests })
                            json.member("in_flight", server.requests.inFlight)
                            json.member("live_clients", server.live.taken)
                        }
                        json.array("routes") { json in
                            for route in routes.prefix(server.limits.rowsMax) { write(route, &json) }
                        }
                    }
                }
            }
        ]
    }

    private static func analysis(_ program: ProgramInsight?, _ json: inout JSONWriter) {
        guard let program else { return json.null() }
        let elapsed = program.elapsed.components
        json.object { json in
            json.member("revision", program.counts.revision)
            json.member("events", program.counts.events)
            json.member("seconds", Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18)
            json.member("races", program.analysis.races.count)
            json.member("deadlocks", program.analysis.deadlocks.count)
            json.member("anomalies", program.analysis.anomalies.count)
        }
    }

    private static func write(_ route: RequestMetrics.RouteStatistics, _ json: inout JSONWriter) {
        json.object { json in
            json.member("method", route.method)
            json.member("route", OpenAPIDocument.template(route.route))
            json.member("requests", route.requests)
            json.member("client_errors", route.clientErrors)
            json.member("server_errors", route.serverErrors)
            json.member("mean_ms", route.mean * 1_000)
            json.member("p50_ms", route.p50 * 1_000)
            json.member("p95_ms", route.p95 * 1_000)
            json.member("p99_ms", route.p99 * 1_000)
        }
    }
}
