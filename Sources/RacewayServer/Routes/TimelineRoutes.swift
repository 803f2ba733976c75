import Detectors
import HTTPTypes
import Hummingbird
import IngestEngine
import JSONText
import TraceFormats
import TraceModel
import TraceStore

/// `/api/traces/{id}/timeline`: a waterfall that fits a screen.
enum TimelineRoutes {
    /// Widths of a screen.
    private static let pixels = 1...10_000

    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/traces/:trace_id/timeline",
                style: .problem,
                RouteAbout(
                    "A waterfall of a trace, down-sampled to the width of a screen, with critical path and races",
                    path: TraceRoutes.tracePath,
                    query: [
                        RouteParameter("from", "nanoseconds since the beginning of the trace, 0 when absent", .integer),
                        RouteParameter(
                            "to",
                            "nanoseconds since the beginning of the trace, its end when absent",
                            .integer
                        ),
                        RouteParameter("px", "width in pixels, 1200 when absent", .range(1, 10_000)),
                    ],
                    answer: .named("Timeline"),
                    isRevised: true
                )
            ) { request in
                let id = try request.traceID()
                let from = try nanoseconds("from", request)
                let to = try nanoseconds("to", request)
                if let from, let to, from > to {
                    throw RequestFailure(.badRequest, "from must not be greater than to", field: "from")
                }
                let width = try request.pageSize(default: 1_200, max: pixels.upperBound, name: "px")
                let insight = try await server.insight(of: id, task: "Timeline failed")
                let program = try await server.programIfReady()
                let races = (program?.analysis.races ?? []).filter { RaceShape.isListed($0) && $0.traces.contains(id) }
                let revision = "\(insight.summary.revision).\(program?.counts.revision ?? 0)"
                return await server.answers.answer(request, revision: revision) {
                    let racing = Set(races.flatMap { [$0.first.event, $0.second.event] }.compactMap { EventID($0) })
                    let timeline = Timeline(
                        insight,
                        racing: racing,
                        from: from,
                        to: to,
                        pixels: width,
                        limits: server.limits
                    )
                    return answer(timeline, insight, races, width, server.limits)
                }
            }
        ]
    }

    private static func nanoseconds(_ name: String, _ request: borrowing RouteRequest) throws(RequestFailure) -> Int64?
    {
        guard let text = try request.text(name) else { return nil }
        guard let value = Int64(text), value >= 0 else {
            throw RequestFailure(
                .badRequest,
                "\(name) must be a whole number of nanoseconds since the beginning of the trace, 0 or more",
                field: name
            )
        }
        return value
    }

    private static func answer(
        _ timeline: Timeline,
        _ insight: TraceInsight,
        _ races: [RaceFinding],
        _ width: Int,
        _ limits: ServerLimits
    ) -> Response {
        let batch = insight.batch
        return Answer.json { json in
            json.object { json in
                json.member("trace_id", insight.summary.id.description)
                json.member("start", Timestamps.zulu(timeline.origin))
                json.member("duration_ns", timeline.duration)
                json.member("from", timeline.from)
                json.member("to", timeline.to)
                json.member("px", width)
                json.member("events", batch.count)
                json.array("lanes") { json in
                    for lane in timeline.lanes { write(lane, batch, &json) }
                }
                json.member("lanes_omitted", timeline.lanesOmitted)
                json.member("bars_omitted", timeline.barsOmitted)
                json.array("critical_path") { json in
                    for step in insight.criticalPath.steps.prefix(limits.criticalPathMax) {
                        json.object { json in
                            json.member("event", batch.ids[step.row].description)
                            json.member("duration_ns", step.nanoseconds)
                        }
                    }
                }
                json.array("races", races.prefix(limits.raceDetailsMax).map(\.id))
            }
        }
    }

    private static func write(_ lane: Timeline.Lane, _ batch: EventBatch, _ json: inout JSONWriter) {
        let process = batch.processes[Int(lane.process)]
        json.object { json in
            json.member("service", batch.symbols[process.service])
            json.member("instance", batch.symbols[process.instance])
            json.member("thread", batch.symbols[lane.thread])
            json.member("events", lane.events)
            json.array("bars") { json in
                for bar in lane.bars {
                    json.object { json in
                        json.member("from", bar.from)
                        json.member("to", bar.to)
                        json.member("level", bar.level)
                        json.member("count", bar.count)
                        json.member("event", batch.ids[bar.row].description)
                        json.member("name", String(EventNames.operation(bar.row, batch).prefix(200)))
                        json.member("kind", EventNames.kind(bar.row, batch))
                        json.member("critical", bar.isCritical)
                        json.member("race", bar.races)
                    }
                }
            }
        }
    }
}
