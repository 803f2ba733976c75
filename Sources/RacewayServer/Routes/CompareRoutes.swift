import Detectors
import HTTPTypes
import Hummingbird
import IngestEngine
import JSONText
import TraceModel
import TraceStore

/// `/api/compare/{a}...{b}`: two traces side by side.
enum CompareRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/compare/:pair",
                style: .problem,
                RouteAbout(
                    "Two traces side by side: what only one of them does, and what took longer",
                    path: ["pair": "two trace ids with three dots between them"],
                    query: [
                        RouteParameter("status", "same, only_a, only_b; several with commas"),
                        .limit(server.limits.rowsMax, server.limits.rowsMax),
                    ],
                    answer: .named("Comparison"),
                    isRevised: true
                )
            ) { request in
                let (first, second) = try ids(request.parameter("pair"))
                let statuses = try FindingFilter.list("status", request) { TraceComparison.Step.Status(rawValue: $0) }
                let limit = try request.pageSize(
                    default: server.limits.rowsMax,
                    max: server.limits.rowsMax,
                    name: "limit"
                )
                let a = try await server.insight(of: first, task: "Comparison failed")
                let b = try await server.insight(of: second, task: "Comparison failed")
                let program = try await server.programIfReady()
                let revision = [a.summary.revision, b.summary.revision, program?.counts.revision ?? 0]
                return await server.answers.answer(request, revision: revision.map(String.init).joined(separator: "."))
                {
                    let comparison = TraceComparison(a, b, eventsMax: server.limits.compareEventsMax)
                    let steps = comparison.steps.filter { statuses?.contains($0.status) ?? true }
                    return Answer.json { json in
                        json.object { json in
                            for (key, side) in [("a", a), ("b", b)] { json.object(key) { summary(side, program, &$0) } }
                            json.member("difference_ms", wall(b) - wall(a))
                            for (key, status) in [("same", .same), ("only_a", .onlyA), ("only_b", .onlyB)]
                                as [(String, TraceComparison.Step.Status)]
                            {
                                json.member(key, comparison.steps.count { $0.status == status })
                            }
                            json.member("omitted_a", comparison.omittedA)
                            json.member("omitted_b", comparison.omittedB)
                            json.member("steps_total", steps.count)
                            json.array("steps") { json in
                                for step in steps.prefix(limit) { write(step, a.batch, b.batch, &json) }
                            }
                        }
                    }
                }
            }
        ]
    }

    private static func ids(_ pair: String) throws(RequestFailure) -> (TraceID, TraceID) {
        guard let dots = pair.firstRange(of: "..."), let a = TraceID(String(pair[..<dots.lowerBound])),
            let b = TraceID(String(pair[dots.upperBound...]))
        else {
            throw RequestFailure(
                .badRequest,
                "The path must end in two trace ids with three dots between them, A...B",
                field: "pair"
            )
        }
        return (a, b)
    }

    private static func wall(_ insight: TraceInsight) -> Double { milliseconds(insight.criticalPath.wallNanoseconds) }

    private static func summary(_ insight: TraceInsight, _ program: ProgramInsight?, _ json: inout JSONWriter) {
        let id = insight.summary.id
        let races = (program?.analysis.races ?? []).filter { RaceShape.isListed($0) && $0.traces.contains(id) }
        json.member("trace_id", id.description)
        json.member("events", insight.batch.count)
        json.member("duration_ms", wall(insight))
        json.member("critical_path_ms", milliseconds(insight.criticalPath.totalNanoseconds))
        json.array("services", insight.summary.services.prefix(100).map(\.name))
        json.array("races", races.prefix(100).map(\.id))
    }

    private static func write(
        _ step: TraceComparison.Step,
        _ a: EventBatch,
        _ b: EventBatch,
        _ json: inout JSONWriter
    ) {
        let durationA = step.a.flatMap { a.durations[$0] < 0 ? nil : milliseconds(a.durations[$0]) }
        let durationB = step.b.flatMap { b.durations[$0] < 0 ? nil : milliseconds(b.durations[$0]) }
        json.object { json in
            json.member("status", step.status.rawValue)
            json.member("service", step.service)
            json.member("name", step.name)
            json.member("event_a", step.a.map { a.ids[$0].description })
            json.member("event_b", step.b.map { b.ids[$0].description })
            json.member("duration_a_ms", durationA)
            json.member("duration_b_ms", durationB)
            json.member("difference_ms", durationA.flatMap { x in durationB.map { $0 - x } })
        }
    }
}
