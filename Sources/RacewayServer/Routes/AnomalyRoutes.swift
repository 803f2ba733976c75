import Detectors
import HTTPTypes
import Hummingbird
import IngestEngine
import JSONText
import Reporting
import TraceStore

/// `/api/anomalies`: what is neither a race nor a deadlock.
enum AnomalyRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/anomalies",
                style: .problem,
                RouteAbout(
                    "Anomalies of isolation, atomicity and locking, the strongest first",
                    query: [
                        RouteParameter("q", "text in the id, the kind, the object or the verdict"),
                        RouteParameter("kind", "kinds such as lost_update; several with commas"),
                        RouteParameter(
                            "grade",
                            "manifested, feasible, predicted, candidate, benign; several with commas"
                        ),
                        RouteParameter("severity", "critical, high, medium, low, info; several with commas"), .cursor,
                        .limit(server.limits.racesPageMax, 50),
                    ],
                    answer: .named("AnomalyFindings"),
                    isRevised: true
                )
            ) { request in
                let text = try request.text("q")?.lowercased()
                let kinds = try FindingFilter.list("kind", request) { $0 }
                let grades = try FindingFilter.list("grade", request) { Grade(rawValue: $0) }
                let severities = try FindingFilter.list("severity", request) { Severity(rawValue: $0) }
                let limit = try request.pageSize(default: 50, max: server.limits.racesPageMax, name: "limit")
                let cursor = try request.text("cursor").map { text throws(RequestFailure) in try RankedCursor(text) }
                let program = try await server.program()
                return await server.answers.answer(request, revision: "\(program.counts.revision)") {
                    let matching = program.analysis.anomalies
                        .filter { kinds?.contains($0.kind) ?? true }
                        .filter { grades?.contains($0.grade) ?? true }
                        .filter { severities?.contains($0.severity) ?? true }
                        .filter { finding in text.map { contains($0, finding) } ?? true }
                        .sorted { place($0) < place($1) }
                    return FindingList.write(
                        "anomalies",
                        CursorPage(matching, after: cursor, limit: limit, by: place),
                        of: program,
                        bytesMax: server.limits.listBytesMax,
                        cursor: \.text,
                        element: { JSONRenderer.write(Anomaly(BoundedFinding.of($0)), to: &$1) },
                        last: place
                    )
                }
            },
            .get(
                "/api/anomalies/:anomaly_id",
                style: .problem,
                RouteAbout(
                    "One anomaly",
                    path: ["anomaly_id": "the id of an anomaly, such as a-7f3a19c2"],
                    answer: .named("Anomaly"),
                    isRevised: true
                )
            ) { request in
                let id = try request.parameter("anomaly_id")
                let program = try await server.program()
                guard let finding = program.analysis.anomalies.first(where: { $0.id == id }) else {
                    throw RequestFailure.noFinding("anomaly", "/api/anomalies")
                }
                return await server.answers.answer(request, revision: "\(program.counts.revision)") {
                    Answer.json { JSONRenderer.write(Anomaly(BoundedFinding.of(finding)), to: &$0) }
                }
            },
        ]
    }

    private static func place(_ finding: AnomalyFinding) -> RankedCursor {
        let grade = Grade.allCases.firstIndex(of: finding.grade) ?? 0
        let severity = Severity.allCases.firstIndex(of: finding.severity) ?? 0
        return RankedCursor(rank: grade * 8 + severity, id: finding.id)
    }

    private static func contains(_ text: String, _ finding: AnomalyFinding) -> Bool {
        [finding.id, finding.kind, finding.object, finding.verdict].contains { $0.lowercased().contains(text) }
    }
}
