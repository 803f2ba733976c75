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
    static let path = ["race_id": "the id of a race, such as r-7f3a19c2"]

    static func all(_ server: ServerState) -> [Route] {
        [
            .get("/api/races", style: .problem, about(server.limits)) { request in
                let filter = try RaceFilter(request)
                let limit = try request.pageSize(default: 50, max: server.limits.racesPageMax, name: "limit")
                let cursor = try request.text("cursor").map { text throws(RequestFailure) in try RaceCursor(text) }
                let program = try await server.program()
                let states = await server.findings.read()
                let revision = "\(program.counts.revision).\(states.revision)"
                return await server.answers.answer(request, revision: revision) {
                    let matching = program.analysis.races
                        .filter { filter.matches($0, state: states.decisions[$0.fingerprint]) }
                        .sorted { RaceCursor($0) < RaceCursor($1) }
                    let page = CursorPage(matching, after: cursor, limit: limit) { RaceCursor($0) }
                    return FindingList.write(
                        "races",
                        page,
                        of: program,
                        bytesMax: server.limits.listBytesMax,
                        cursor: \.text,
                        element: { finding, json in
                            JSONRenderer.write(Race(BoundedFinding.of(finding)), to: &json) { json in
                                state(states.decisions[finding.fingerprint], &json)
                            }
                        },
                        last: { RaceCursor($0) }
                    )
                }
            },
            .get(
                "/api/races/:race_id",
                style: .problem,
                RouteAbout(
                    "One race with its evidence",
                    path: path,
                    answer: .named("RaceDocument"),
                    types: ["text/markdown", "text/plain"],
                    isRevised: true
                )
            ) { request in
                let program = try await server.program()
                let finding = try program.race(try request.parameter("race_id"))
                let states = await server.findings.read()
                let form = RaceForm(request.request.headers[.accept])
                let revision = "\(program.counts.revision).\(states.revision)"
                return try await server.answers.answer(request, revision: revision, variant: "\(form)", hasQuery: false)
                {
                    let view =
                        form == .json
                        ? try await RacePicture.of(Race(BoundedFinding.of(finding)), store: server.store) : nil
                    return answer(finding, states.decisions[finding.fingerprint], program, server, view, form)
                }
            },
            .post(
                "/api/races/:race_id/state",
                style: .problem,
                role: .admin,
                RouteAbout(
                    "Mute a race with a reason and until when, open it again, or mark it as known",
                    path: path,
                    body: ("application/json", .named("RaceStateChange")),
                    answer: .named("RaceState")
                )
            ) { request in
                let id = try request.parameter("race_id")
                let body = try await request.jsonBody(upTo: StateChange.bodyBytesMax)
                let change = try StateChange(body, now: WallClock.now)
                let program = try await server.program()
                guard let finding = program.analysis.races.first(where: { $0.id == id }),
                    try await server.findings.decide(change.state, of: finding.fingerprint)
                else { throw RequestFailure.noFinding("race", "/api/races") }
                return Answer.json { json in
                    json.object { json in
                        json.member("id", finding.id)
                        json.member("fingerprint", finding.fingerprint)
                        json.member("state", change.state.word)
                        json.member("reason", change.state.reason.isEmpty ? nil : change.state.reason)
                        json.member("expires", change.state.expires.map { Timestamps.zulu($0) })
                    }
                }
            },
        ]
    }

    private static func about(_ limits: ServerLimits) -> RouteAbout {
        RouteAbout(
            "Races, manifested first, then the newest",
            query: [
                RouteParameter("q", "text in the id, the object, the pattern, the places or the services"),
                RouteParameter("state", "open, known, muted, resolved; several with commas"),
                RouteParameter("grade", "manifested, feasible, predicted, candidate, benign; several with commas"),
                RouteParameter("service", "service of one of the two sides"),
                RouteParameter("since", "last seen at or after this RFC 3339 time"),
                RouteParameter("group", "pair: one row a static pair, the only grouping", .oneOf(["pair"])),
                .cursor, .limit(limits.racesPageMax, 50),
            ],
            answer: .named("Races"),
            isRevised: true
        )
    }

    /// The members that say what was decided.
    private static func state(_ state: FindingState?, _ json: inout JSONWriter) {
        json.member("state", state?.word ?? "open")
        if let reason = state?.reason, !reason.isEmpty { json.member("state_reason", reason) }
        if let expires = state?.expires { json.member("state_expires", Timestamps.zulu(expires)) }
    }

    /// One race in the form that the client prefers: a card as Markdown or text, else JSON.
    private static func answer(
        _ finding: RaceFinding,
        _ decision: FindingState?,
        _ program: ProgramInsight,
        _ server: ServerState,
        _ view: RaceView?,
        _ form: RaceForm
    ) -> Response {
        let finding = BoundedFinding.of(finding)
        if let (type, format) = form.card {
            let alone = Analysis(coverage: program.analysis.coverage, races: [finding])
            let report = RaceReport(
                tool: .init(version: server.configuration.version),
                programs: [.init(inputs: [], analysis: alone)]
            )
            return Answer.bytes(report.rendered(as: format), type: "\(type); charset=utf-8")
        }
        let race = Race(finding)
        return Answer.json { json in
            JSONRenderer.write(race, to: &json) { json in
                state(decision, &json)
                if let view {
                    json.key("view")
                    JSONRenderer.write(view, to: &json)
                }
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

/// The form in which one race is given.
private enum RaceForm {
    case json
    case markdown
    case text

    init(_ accept: String?) {
        let forms: [RaceForm] = [.json, .markdown, .text]
        self = forms[AcceptHeader(accept).best(["application/json", "text/markdown", "text/plain"])]
    }

    var card: (type: String, format: ReportFormat)? {
        switch self {
        case .json: nil
        case .markdown: ("text/markdown", .markdown)
        case .text: ("text/plain", .text)
        }
    }
}
