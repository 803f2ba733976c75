import Detectors
import HTTPTypes
import Hummingbird
import IngestEngine
import JSONText
import Reporting
import TraceStore

/// `/api/coverage`: what each service records, and so over what a verdict is reached.
enum CoverageRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/coverage",
                style: .problem,
                RouteAbout(
                    "What each service records: accesses, values, locks, messages, tasks; clocks that contradict causes",
                    answer: .named("ServiceCoverage"),
                    isRevised: true
                )
            ) { request in
                let found = try await server.analysis.recordings(waitingAtMost: server.limits.analysisWait)
                guard let found else { throw ServerState.notYet }
                return await server.answers.answer(request, revision: "\(found.revision)") {
                    Answer.json { json in
                        json.object { json in
                            json.array("services") { json in
                                for each in found.services.prefix(server.limits.rowsMax) { write(each, &json) }
                            }
                            json.member("omitted", max(0, found.services.count - server.limits.rowsMax))
                            json.member("revision", found.revision)
                        }
                    }
                }
            }
        ]
    }

    private static func write(_ service: ServiceRecording, _ json: inout JSONWriter) {
        json.object { json in
            json.member("name", service.name)
            json.member("events", service.events)
            json.member("accesses", service.accesses)
            json.member("values", service.values)
            json.member("locks", service.locks)
            json.member("messages", service.messages)
            json.member("tasks", service.tasks)
            json.member("parents_missing", service.parentsMissing)
            json.member("skew_ns", service.skew)
            json.member("last_timestamp", Timestamps.zulu(service.lastTimestamp))
        }
    }
}
