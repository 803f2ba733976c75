import Detectors
import IngestEngine
import JSONText
import TraceModel
import TraceStore

/// `/api/traces/{id}` and what hangs below it.
enum TraceRoutes {
    static let tracePath = ["trace_id": "a UUID in any spelling"]

    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/traces/:trace_id",
                RouteAbout(
                    "One trace with its analysis",
                    path: tracePath,
                    query: [
                        RouteParameter("events_offset", "events to skip", .integer),
                        RouteParameter("events_limit", "events at most", .range(1, server.limits.traceEventsMax)),
                    ],
                    answer: .envelope(.named("Trace"))
                )
            ) { request in
                let insight = try await server.insight(of: try request.traceID(), task: "Failed to fetch trace")
                let program = try await server.programIfReady()
                let answer = TraceAnswer(
                    typedID: try request.parameter("trace_id"),
                    insight: insight,
                    program: program,
                    races: await RacesOfTrace(of: insight, program: program, server: server),
                    limits: server.limits,
                    offset: max(0, request.integer("events_offset") ?? 0),
                    limit: try request.pageSize(
                        default: server.limits.traceEventsMax,
                        max: server.limits.traceEventsMax,
                        name: "events_limit"
                    )
                )
                return Answer.envelope { answer.write(&$0) }
            },
            .get(
                "/api/traces/:trace_id/audit-trail/:variable",
                RouteAbout(
                    "Accesses of a variable in causal order",
                    path: tracePath,
                    query: [RouteParameter("offset", "accesses to skip", .integer)],
                    answer: .envelope(.named("AuditTrail"))
                )
            ) { request in
                let typedID = try request.parameter("trace_id")
                let insight = try await server.insight(
                    of: try request.traceID(),
                    task: "Audit trail generation failed"
                )
                let variable = try request.parameter("variable")
                let trail = insight.auditTrails.byName[variable] ?? []
                let offset = max(0, request.integer("offset") ?? 0)
                return Answer.envelope { json in
                    json.object { json in
                        json.member("trace_id", typedID)
                        json.member("variable", variable)
                        let written = AnswerList.write("accesses", trail.dropFirst(offset), to: &json, server.limits) {
                            AuditShape.write($0, of: insight.batch, &$1)
                        }
                        if offset + written < trail.count {
                            json.member("accesses_total", trail.count)
                            json.member("next_offset", offset + written)
                        }
                    }
                }
            },
            .get(
                "/api/traces/:trace_id/critical-path",
                RouteAbout(
                    "The chain of work that decided how long a trace took",
                    path: tracePath,
                    answer: .envelope(.named("CriticalPath"))
                )
            ) { request in
                let insight = try await server.insight(of: try request.traceID(), task: "Critical path analysis failed")
                let shape = CriticalPathShape(isSorted: false, stepsMax: server.limits.criticalPathMax)
                return Answer.envelope { shape.write(insight, &$0) }
            },
            .get(
                "/api/traces/:trace_id/anomalies",
                RouteAbout("Unusually long events", path: tracePath, answer: .envelope(.named("Anomalies")))
            ) { request in
                let typedID = try request.parameter("trace_id")
                let id = try request.traceID()
                // A trace that nobody knows has no anomalies: existing clients poll before the first event arrives.
                guard try await server.store.summary(of: id) != nil else {
                    return Answer.envelope { anomalies([], of: EventBatch(), typedID: typedID, server.limits, &$0) }
                }
                let insight = try await server.insight(of: id, task: "Anomaly detection failed")
                let found = latencyAnomalies(insight, program: try await server.programIfReady())
                return Answer.envelope { anomalies(found, of: insight.batch, typedID: typedID, server.limits, &$0) }
            },
            .get(
                "/api/traces/:trace_id/dependencies",
                RouteAbout("Services of a trace", path: tracePath, answer: .envelope(.named("Dependencies")))
            ) { request in
                let insight = try await server.insight(of: try request.traceID(), task: "Dependency analysis failed")
                return Answer.envelope { dependencies(insight, server.limits, &$0) }
            },
        ]
    }

    /// Unusually long events of a trace, judged by everything else that is retained.
    static func latencyAnomalies(_ insight: TraceInsight, program: ProgramInsight?) -> [LatencyAnomaly] {
        guard let program else { return [] }
        return program.overview.latencies.anomalies(
            in: insight.batch,
            included: program.counts.revision >= insight.summary.revision
        )
    }

    private static func anomalies(
        _ found: [LatencyAnomaly],
        of batch: EventBatch,
        typedID: String,
        _ limits: ServerLimits,
        _ json: inout JSONWriter
    ) {
        json.object { json in
            json.member("trace_id", typedID)
            json.member("anomaly_count", found.count)
            json.array("anomalies") { json in
                for anomaly in found.prefix(limits.anomaliesMax) {
                    AnomalyShape(isSorted: false).write(anomaly, of: batch, &json)
                }
            }
        }
    }

    /// Services of a trace and the calls between them.
    static func dependencies(_ insight: TraceInsight, _ limits: ServerLimits, _ json: inout JSONWriter) {
        json.object { json in
            json.member("trace_id", insight.summary.id.description)
            json.array("services") { json in
                for service in insight.summary.services.prefix(limits.rowsMax) {
                    json.object { json in
                        json.member("name", service.name)
                        json.member("event_count", service.durations.events)
                    }
                }
            }
            json.array("dependencies") { json in
                for pair in CallPairs(insight.services.calls).pairs.prefix(limits.rowsMax) {
                    json.object { json in
                        json.member("from", pair.from)
                        json.member("to", pair.to)
                        json.member("call_count", pair.calls)
                    }
                }
            }
        }
    }
}

/// Calls between two services, whatever the link.
struct CallPairs {
    struct Pair: Hashable {
        var from: String
        var to: String
        var calls: Int
        var traces: Int
    }

    private(set) var pairs: [Pair] = []

    /// Adds up the links; most frequent first, ties by name.
    init(_ calls: [ServiceCall]) {
        var index: [[String]: Int] = [:]
        for call in calls {
            if let known = index[[call.from, call.to]] {
                pairs[known].calls += call.calls
                // A trace that uses two links is one trace; at least as many as the larger has.
                pairs[known].traces = max(pairs[known].traces, call.traces)
            } else {
                index[[call.from, call.to]] = pairs.count
                pairs.append(Pair(from: call.from, to: call.to, calls: call.calls, traces: call.traces))
            }
        }
        pairs.sort { ($1.calls, $0.from, $0.to) < ($0.calls, $1.from, $1.to) }
    }
}
