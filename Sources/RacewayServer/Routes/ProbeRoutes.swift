import HTTPTypes
import Hummingbird
import IngestEngine
import JSONText
import TraceStore

/// `/healthz`, `/readyz`, `/startupz`: what orchestrators ask, without a key.
enum ProbeRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get("/healthz", style: .problem, role: [], about("Whether the process answers")) { _ in
                answer(server, Standing())
            },
            .get("/startupz", style: .problem, role: [], about("Whether the server has started")) { _ in
                answer(server, Standing())
            },
            .get("/readyz", style: .problem, role: [], about("Whether requests should be sent here")) { _ in
                var standing = Standing()
                if server.lifecycle.isDraining {
                    standing.note("draining", "the server is shutting down", refuses: true)
                }
                for finding in server.engine.readiness.findings {
                    standing.note(finding.condition.rawValue, finding.message, refuses: finding.refuses)
                }
                if let trouble = await server.glance.look().trouble {
                    standing.note("store", trouble.description, refuses: !takesEventsAlone(server.engine))
                }
                if let memory = shortage(server.limits.residentBytesMax) {
                    standing.note("memory", memory, refuses: true)
                }
                return answer(server, standing)
            },
        ]
    }

    /// What holds, by name, each with its text.
    private struct Standing {
        /// Because of this requests should go elsewhere.
        private(set) var failing: [String: String] = [:]
        /// This an operator should know; it refuses nobody.
        private(set) var degraded: [String: String] = [:]

        mutating func note(_ part: String, _ reason: String, refuses: Bool) {
            if refuses { failing[part] = reason } else { degraded[part] = reason }
        }
    }

    /// Whether events are taken while the store does not answer: into its log, or into this process's memory.
    private static func takesEventsAlone(_ engine: IngestEngine) -> Bool {
        engine.store is LayeredStore || engine.store is MemoryStore
    }

    /// Why the process holds too much; `nil` while it does not.
    private static func shortage(_ most: Int) -> String? {
        guard most > 0 else { return nil }
        let held = ProcessMetrics.now().residentBytes
        return held > most ? "\(held >> 20) MiB are resident, more than server.max_rss_mb = \(most >> 20)" : nil
    }

    private static func about(_ summary: String) -> RouteAbout {
        RouteAbout(summary, answer: .named("Probe"), alsoStatuses: [503])
    }

    private static func answer(_ server: ServerState, _ standing: Standing) -> Response {
        Answer.json(status: standing.failing.isEmpty ? .ok : .serviceUnavailable) { json in
            json.object { json in
                json.member("status", standing.failing.isEmpty ? "ok" : "unavailable")
                json.member("version", server.configuration.version)
                json.member("uptime_seconds", server.uptimeSeconds)
                json.member("instance", server.instance)
                write("failing", standing.failing, &json)
                write("degraded", standing.degraded, &json)
            }
        }
    }

    private static func write(_ key: String, _ reasons: [String: String], _ json: inout JSONWriter) {
        json.object(key) { json in
            for (part, reason) in reasons.sorted(by: { $0.key < $1.key }) { json.member(part, reason) }
        }
    }
}
