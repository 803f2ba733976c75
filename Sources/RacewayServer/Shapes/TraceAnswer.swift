import Detectors
import IngestEngine
import JSONText
import Reporting
import TraceModel
import TraceStore

/// The answer about one trace: events, audit trails, races, critical path, anomalies and dependencies.
struct TraceAnswer {
    /// The id as the client wrote it, which the outermost `trace_id` repeats.
    let typedID: String
    let insight: TraceInsight
    let program: ProgramInsight?
    let races: RacesOfTrace
    let limits: ServerLimits
    let offset: Int
    let limit: Int

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("trace_id", typedID)
            let written = AnswerList.write(
                "events",
                (0..<insight.batch.count).dropFirst(offset),
                to: &json,
                max: limit,
                bytesMax: limits.traceEventBytesMax
            ) { EventShape.write($0, of: insight.batch, &$1) }
            auditTrails(&json)
            json.object("analysis") { json in analysis(&json) }
            json.key("critical_path")
            CriticalPathShape(isSorted: true, stepsMax: limits.criticalPathMax).write(insight, &json)
            json.array("anomalies") { json in
                for anomaly in TraceRoutes.latencyAnomalies(insight, program: program).prefix(limits.anomaliesMax) {
                    AnomalyShape(isSorted: true).write(anomaly, of: insight.batch, &json)
                }
            }
            json.key("dependencies")
            TraceRoutes.dependencies(insight, limits, &json)
            json.member("events_total", insight.batch.count)
            json.member("events_offset", offset)
            json.member("events_truncated", offset + written < insight.batch.count)
            json.key("coverage")
            JSONRenderer.write(races.coverage, to: &json)
        }
    }

    private func auditTrails(_ json: inout JSONWriter) {
        let trails = insight.auditTrails.byName
        json.object("audit_trails") { json in
            let start = json.bytes.count
            for name in trails.keys.sorted().prefix(limits.auditVariablesMax) {
                if json.bytes.count - start >= limits.traceEventBytesMax { break }
                _ = AnswerList.write(
                    name,
                    trails[name] ?? [],
                    to: &json,
                    max: limits.auditAccessesMax,
                    bytesMax: limits.traceEventBytesMax
                ) { AuditShape.write($0, of: insight.batch, &$1) }
            }
        }
    }

    private func analysis(_ json: inout JSONWriter) {
        let shown = races.shapes.prefix(limits.raceDetailsMax)
        json.member("concurrent_events", races.instances)
        json.member("potential_races", races.shapes.count)
        json.array(
            "anomalies",
            shown.isEmpty ? ["No potential races detected for this trace"] : shown.flatMap(\.lines)
        )
        json.array("race_details") { json in
            for shape in shown { shape.writeInTrace(&json) }
        }
    }
}
