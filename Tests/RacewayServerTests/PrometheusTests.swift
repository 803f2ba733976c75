import Testing

@testable import RacewayServer

/// `/metrics` is well formed, complete, and counts.
struct PrometheusTests {
    private static func metrics(_ server: TestServer) async throws -> [String: Double] {
        let answer = try await server.get("/metrics")
        var values: [String: Double] = [:]
        for line in answer.text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: " ")
            #expect(parts.count >= 2)
            values[parts.dropLast().joined(separator: " ")] = Double(parts[parts.count - 1])
        }
        return values
    }

    @Test func `every declared family is printed once and nothing else`() async throws {
        let server = TestServer()
        let text = try await server.get("/metrics").text
        let types = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
        #expect(types.map(String.init).sorted() == MetricFamily.all.map(\.name).sorted())
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let name = line.prefix { $0 != "{" && $0 != " " }
            #expect(
                MetricFamily.all.contains {
                    name == $0.name || ($0.kind == .histogram && name.hasPrefix($0.name + "_"))
                }
            )
        }
    }

    @Test func `events and requests are counted under their route`() async throws {
        let server = TestServer()
        let before = try await Self.metrics(server)
        _ = try await server.get("/api/traces/nope")
        _ = try await server.get("/api/traces/other")
        _ = try await server.get("/no/such/path")
        let after = try await Self.metrics(server)
        let key = #"raceway_http_requests_total{method="GET",route="/api/traces/{trace_id}",status="400"}"#
        #expect((after[key] ?? 0) - (before[key] ?? 0) == 2)
        #expect(after[#"raceway_http_requests_total{method="GET",route="none",status="404"}"#] == 1)
        #expect(after["raceway_http_requests_in_flight"] == 1)
        #expect((after["process_resident_memory_bytes"] ?? 0) > 1_000_000)
        #expect((after["process_start_time_seconds"] ?? 0) > 1_600_000_000)
    }

    @Test func `what came in is accounted for`() async throws {
        let server = TestServer()
        func event(_ number: Int) -> String {
            Fixture.event(
                Fixture.id(number),
                trace: Fixture.id(1, high: "40000000"),
                at: Fixture.time(number),
                kind: Fixture.call("step")
            )
        }
        try await server.post(Fixture.body((1...5).map(event)))
        try await server.post(Fixture.body((4...6).map(event)))
        let values = try await Self.metrics(server)
        func value(_ name: String) -> Double { values["raceway_events_" + name] ?? -1 }
        #expect(value("offered_total") == 8)
        #expect(value("stored_total") == 6)
        #expect(value("duplicate_total") == 2)
        #expect(value("offered_total") == value("accepted_total") + value("rejected_total") + value("waiting"))
        let settled = [
            "stored_total", "duplicate_total", "refused_total", "evicted_total", "dead_lettered_total", "lost_total",
            "failed_total",
        ]
        #expect(
            value("accepted_total") + value("recovered_total")
                == settled.reduce(0) { $0 + value($1) } + value("queued") + value("in_flight")
        )
    }
}
