import Detectors
import HTTPTypes
import Hummingbird
import IngestEngine
import JSONText
import Reporting
import TraceModel
import TraceStore

/// `/api/races`: what the product is about.
enum RaceRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get("/api/races", style: .problem) { request in
                let filter = try RaceFilter(request)
                let limit = try request.pageSize(default: 50, max: server.limits.racesPageMax, name: "limit")
                let cursor = try request.text("cursor").map { text throws(RequestFailure) in try RaceCursor(text) }
                let program = try await server.program()
                let matching = program.analysis.races.filter(filter.matches).sorted { RaceCursor($0) < RaceCursor($1) }
                let rest = matching.drop { finding in cursor.map { !($0 < RaceCursor(finding)) } ?? false }
                let page = rest.prefix(limit)
                return Answer.json { json in
                    json.object { json in
                        json.array("races") { json in
                            for finding in page { write(finding, &json) }
                        }
                        json.member("total", matching.count)
                        json.member(
                            "next_cursor",
                            rest.count > page.count ? page.last.map { RaceCursor($0).text } : nil
                        )
                        json.member("revision", program.counts.revision)
                        json.key("coverage")
                        JSONRenderer.write(program.analysis.coverage, to: &json)
                    }
                }
            },
            .get("/api/races/:race_id", style: .problem) { request in
                let id = try request.parameter("race_id")
                let program = try await server.program()
                guard let finding = program.analysis.races.first(where: { $0.id == id }) else {
                    throw RequestFailure(
                        .notFound,
                        "No race has this id among the retained events; GET /api/races lists them",
                        field: "race_id"
                    )
                }
                return try await answer(finding, program, server, request.request.headers[.accept] ?? "")
            },
        ]
    }

    private static func write(_ finding: RaceFinding, _ json: inout JSONWriter) {
        JSONRenderer.write(Race(BoundedFinding.of(finding)), to: &json) { json in
            json.member("state", RaceFilter.onlyState)
        }
    }

    /// One race in the form that the client prefers: a card as Markdown or text, else JSON.
    private static func answer(
        _ finding: RaceFinding,
        _ program: ProgramInsight,
        _ server: ServerState,
        _ accept: String
    ) async throws(StoreError) -> Response {
        let finding = BoundedFinding.of(finding)
        for (type, format) in [("text/markdown", ReportFormat.markdown), ("text/plain", .text)]
        where accept.contains(type) {
            let alone = Analysis(coverage: program.analysis.coverage, races: [finding])
            let report = RaceReport(
                tool: .init(version: server.configuration.version),
                programs: [.init(inputs: [], analysis: alone)]
            )
            return Answer.bytes(report.rendered(as: format), type: "\(type); charset=utf-8")
        }
        let race = Race(finding)
        let view = try await RacePicture.of(race, store: server.store)
        return Answer.json { json in
            JSONRenderer.write(race, to: &json) { json in
                json.key("view")
                JSONRenderer.write(view, to: &json)
                json.member("state", RaceFilter.onlyState)
                json.array("traces", finding.traces.map(\.description))
                json.array("exemplars") { json in
                    for exemplar in finding.exemplars {
                        json.object { json in
                            json.member("first", exemplar.first)
                            json.member("second", exemplar.second)
                        }
                    }
                }
                json.key("coverage")
                JSONRenderer.write(program.analysis.coverage, to: &json)
            }
        }
    }
}
