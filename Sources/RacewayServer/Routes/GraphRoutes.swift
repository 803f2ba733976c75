import IngestEngine
import JSONText
import TraceStore

/// `/api/services/graph`: who calls whom, and what they share.
enum GraphRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/services/graph",
                style: .problem,
                RouteAbout(
                    "Services in layers, the calls between them, and the objects that several of them share",
                    answer: .named("ServiceGraph"),
                    isRevised: true
                )
            ) { request in
                let program = try await server.program()
                let revision = try await server.store.counts().revision
                return try await server.answers.answer(request, revision: "\(program.counts.revision).\(revision)") {
                    let services = try await server.store.services(activeSince: .min)
                    let map = ServiceMap(program, services: services, max: server.limits.graphNodesMax)
                    return Answer.json { json in
                        json.object { json in
                            map.write(&json)
                            json.member("revision", program.counts.revision)
                        }
                    }
                }
            }
        ]
    }
}
