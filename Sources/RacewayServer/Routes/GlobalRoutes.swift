import Detectors
import IngestEngine
import JSONText
import TraceStore

/// The answers about all traces together.
enum GlobalRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/analyze/global",
                RouteAbout("Races over all traces", answer: .envelope(.named("GlobalAnalysis")))
            ) { _ in
                let program = try await server.program()
                return Answer.envelope { analysis(program, server.limits, &$0) }
            },
            .get(
                "/api/distributed/edges",
                RouteAbout("Calls between services", answer: .envelope(.named("Edges")))
            ) { _ in
                let calls = try await server.program().overview.services.calls
                return Answer.envelope { json in
                    json.object { json in
                        json.array("edges") { json in
                            for call in calls.prefix(server.limits.rowsMax) { edge(call, &json) }
                        }
                        json.member("total_edges", calls.count)
                    }
                }
            },
            .get(
                "/api/distributed/global-races",
                RouteAbout(
                    "Objects with a race",
                    query: [.page, .pageSize(server.limits.rowsMax, server.limits.rowsMax)],
                    answer: .envelope(.named("GlobalRaces"))
                )
            ) { request in
                let size = try request.pageSize(default: server.limits.rowsMax, max: server.limits.rowsMax)
                let page = Page(number: request.page, size: size)
                let races = RacyVariable.all(in: try await server.program())
                return Answer.envelope { json in
                    json.object { json in
                        json.array("races") { json in
                            for race in races.dropFirst(page.offset).prefix(size) { race.write(&json) }
                        }
                        json.member("total_races", races.count)
                    }
                }
            },
            .get(
                "/api/distributed/hotspots",
                RouteAbout("What is used most", answer: .envelope(.named("Hotspots")))
            ) { _ in
                let overview = try await server.program().overview
                return Answer.envelope { hotspots(overview, &$0) }
            },
        ]
    }

    private static func analysis(_ program: ProgramInsight, _ limits: ServerLimits, _ json: inout JSONWriter) {
        let listed = zip(program.analysis.races, program.threads).filter { RaceShape.isListed($0.0) }
        let instances = listed.reduce(0) { $0 + $1.0.count }
        json.object { json in
            json.member("total_traces", program.counts.traces)
            json.member("total_events", program.counts.events)
            json.member("concurrent_events", instances)
            json.member("potential_races", listed.count)
            json.array(
                "anomalies",
                [
                    instances == 0
                        ? "No potential races detected across all traces"
                        : "GLOBAL: Found \(instances) pairs of concurrent events across all traces"
                ]
            )
            json.array("race_details") { json in
                for (finding, threads) in listed.prefix(limits.raceDetailsMax) {
                    RaceShape(finding: BoundedFinding.of(finding), threads: threads).writeGlobal(&json)
                }
            }
        }
    }

    private static func edge(_ call: ServiceCall, _ json: inout JSONWriter) {
        json.object { json in
            json.member("call_count", call.calls)
            json.member("from_service", call.from)
            json.member("link_type", call.link.rawValue)
            json.member("to_service", call.to)
        }
    }

    private static func hotspots(_ overview: Overview, _ json: inout JSONWriter) {
        json.object { json in
            json.array("top_service_calls") { json in
                for pair in CallPairs(overview.services.calls).pairs.prefix(10) {
                    json.object { json in
                        json.member("call_count", pair.calls)
                        json.member("from_service", pair.from)
                        json.member("to_service", pair.to)
                    }
                }
            }
            json.array("top_variables") { json in
                for usage in overview.objects.top.prefix(10) {
                    json.object { json in
                        json.member("access_count", usage.accesses)
                        json.array("services", usage.services)
                        json.member("trace_count", usage.traces)
                        json.member("variable", usage.name)
                    }
                }
            }
        }
    }
}
