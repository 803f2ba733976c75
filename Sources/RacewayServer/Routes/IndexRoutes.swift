import JSONText

/// `/`: where things are, as JSON; browsers get the page.
enum IndexRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get("/", role: []) { request in
                if PageRoutes.prefersPage(request.request) { return PageRoutes.document() }
                let entries = [
                    ("POST /events", "events in, as the SDKs send them"),
                    ("GET /api/races", "races found, newest and manifested first"),
                    ("GET /api/races/{id}", "one race with its evidence"),
                    ("GET /api/traces", "traces, newest first"),
                    ("GET /api/traces/{trace_id}", "one trace with its analysis"),
                    ("GET /api/services", "services"),
                    ("GET /api/performance/metrics", "latencies and throughput"),
                    ("GET /status", "what the server holds"),
                    ("GET /health", "whether it is well"),
                ]
                return Answer.json { json in
                    json.object { json in
                        json.member("name", "raceway")
                        json.member("version", server.configuration.version)
                        json.object("routes") { json in
                            for (route, meaning) in entries { json.member(route, meaning) }
                        }
                    }
                }
            }
        ]
    }
}
