import Detectors
import HTTPTypes
import Hummingbird
import IngestEngine
import JSONText
import Reporting
import TraceStore

/// `/api/races/{id}/differences`: what racing runs have that others do not.
enum DifferenceRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/races/:race_id/differences",
                style: .problem,
                RouteAbout(
                    "What the traces with a race have more often than others of the same endpoint: tags, instances",
                    path: RaceRoutes.path,
                    answer: .named("Differences"),
                    isRevised: true
                )
            ) { request in
                let program = try await server.program()
                let finding = try program.race(try request.parameter("race_id"))
                let found = try await RunDifferences.of(finding, store: server.store)
                let revision = try await server.store.counts().revision
                return await server.answers.answer(request, revision: "\(program.counts.revision).\(revision)") {
                    Answer.json { json in JSONRenderer.write(found, to: &json) }
                }
            }
        ]
    }
}
