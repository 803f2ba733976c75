import Detectors
import HTTPTypes
import Hummingbird
import IngestEngine
import JSONText
import Reporting
import TraceStore

/// `/api/deadlocks`: cycles of tasks that wait for each other.
enum DeadlockRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/deadlocks",
                style: .problem,
                RouteAbout(
                    "Deadlocks, confirmed ones first",
                    query: [
                        RouteParameter("q", "text in the id, the locks, the tasks or the places"),
                        RouteParameter("grade", "confirmed, suspected; both with a comma"), .cursor,
                        .limit(server.limits.racesPageMax, 50),
                    ],
                    answer: .named("Deadlocks"),
                    isRevised: true
                )
            ) { request in
                let text = try request.text("q")?.lowercased()
                let grades = try FindingFilter.list("grade", request) { DeadlockFinding.Grade(rawValue: $0) }
                let limit = try request.pageSize(default: 50, max: server.limits.racesPageMax, name: "limit")
                let cursor = try request.text("cursor").map { text throws(RequestFailure) in try RankedCursor(text) }
                let program = try await server.program()
                return await server.answers.answer(request, revision: "\(program.counts.revision)") {
                    let matching = program.analysis.deadlocks
                        .filter { grades?.contains($0.grade) ?? true }
                        .filter { finding in text.map { contains($0, finding) } ?? true }
                        .sorted { place($0) < place($1) }
                    return FindingList.write(
                        "deadlocks",
                        CursorPage(matching, after: cursor, limit: limit, by: place),
                        of: program,
                        bytesMax: server.limits.listBytesMax,
                        cursor: \.text,
                        element: { JSONRenderer.write(Deadlock(BoundedFinding.of($0)), to: &$1) },
                        last: place
                    )
                }
            },
            .get(
                "/api/deadlocks/:deadlock_id",
                style: .problem,
                RouteAbout(
                    "One deadlock",
                    path: ["deadlock_id": "the id of a deadlock, such as d-7f3a19c2"],
                    answer: .named("Deadlock"),
                    isRevised: true
                )
            ) { request in
                let id = try request.parameter("deadlock_id")
                let program = try await server.program()
                guard let finding = program.analysis.deadlocks.first(where: { $0.id == id }) else {
                    throw RequestFailure.noFinding("deadlock", "/api/deadlocks")
                }
                return await server.answers.answer(request, revision: "\(program.counts.revision)") {
                    Answer.json { JSONRenderer.write(Deadlock(BoundedFinding.of(finding)), to: &$0) }
                }
            },
        ]
    }

    private static func place(_ finding: DeadlockFinding) -> RankedCursor {
        RankedCursor(rank: finding.grade == .confirmed ? 1 : 0, id: finding.id)
    }

    private static func contains(_ text: String, _ finding: DeadlockFinding) -> Bool {
        finding.id.contains(text)
            || finding.cycle.contains { member in
                ([member.task, member.wants, member.location] + member.holds)
                    .contains { $0.lowercased().contains(text) }
            }
    }
}
