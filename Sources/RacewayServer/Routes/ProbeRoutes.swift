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
                answer(server, [:])
            },
            .get("/startupz", style: .problem, role: [], about("Whether the server has started")) { _ in
                answer(server, [:])
            },
            .get("/readyz", style: .problem, role: [], about("Whether requests should be sent here")) { _ in
                var failing: [String: String] = [:]
                if server.lifecycle.isDraining { failing["draining"] = "the server is shutting down" }
                for finding in server.engine.readiness.findings where finding.refuses {
                    failing[finding.condition.rawValue] = finding.message
                }
                do throws(StoreError) {
                    _ = try await server.store.counts()
                } catch {
                    failing["store"] = error.code.description
                }
                if let memory = shortage(server.limits.residentBytesMax) { failing["memory"] = memory }
                return answer(server, failing)
            },
        ]
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

    private static func answer(_ server: ServerState, _ failing: [String: String]) -> Response {
        Answer.json(status: failing.isEmpty ? .ok : .serviceUnavailable) { json in
            json.object { json in
                json.member("status", failing.isEmpty ? "ok" : "unavailable")
                json.member("version", server.configuration.version)
                json.member("uptime_seconds", server.uptimeSeconds)
                json.member("instance", server.instance)
                json.object("failing") { json in
                    for (part, reason) in failing.sorted(by: { $0.key < $1.key }) { json.member(part, reason) }
                }
            }
        }
    }
}
