import IngestEngine
import JSONText
import TraceStore

/// `/health` and `/status`.
enum StatusRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/health",
                role: [],
                RouteAbout("Whether the server is well", answer: .envelope(.named("Warmup")))
            ) { request in
                // The page has a view of this name; whoever asks for HTML is a browser.
                if PageRoutes.prefersPage(request.request) { return PageRoutes.document() }
                return Answer.envelope { warmup(&$0) }
            },
            .get("/status", RouteAbout("What the server holds", answer: .envelope(.named("Status")))) { _ in
                let counts = try await server.store.counts()
                let uptime = server.uptimeSeconds
                return Answer.envelope { json in
                    json.object { json in
                        json.member("version", server.configuration.version)
                        json.member("uptime_seconds", uptime)
                        json.member("events_captured", counts.events)
                        json.member("traces_active", counts.traces)
                        json.key("warmup")
                        warmup(&json)
                        json.object("store") { json in
                            json.member("bytes", counts.bytes)
                            json.member("duplicates", counts.duplicates)
                            json.member("evicted_traces", counts.evictedTraces)
                            json.member("evicted_events", counts.evictedEvents)
                            json.member("refused_events", counts.refusedEvents)
                        }
                        json.member("rejected_records", server.engine.totals.undecoded)
                    }
                }
            },
        ]
    }

    /// There is nothing to warm up: analysis never waits for a replay.
    private static func warmup(_ json: inout JSONWriter) {
        json.object { json in
            json.member("phase", "completed")
            json.member("ready", true)
            json.member("total_traces", 0)
            json.member("processed_traces", 0)
            for key in ["last_trace", "started_at", "completed_at", "last_error"] {
                json.key(key)
                json.null()
            }
        }
    }
}
