import Testing

@Suite struct MetricTests {
    /// Traces of two events, `duration` milliseconds apart.
    private func server(_ durations: [Int], call: Int? = nil) async throws -> TestServer {
        let server = TestServer()
        for (number, duration) in durations.enumerated() {
            let trace = Fixture.id(number + 1, high: "40000000")
            try await server.post(
                Fixture.body([
                    Fixture.event(
                        Fixture.id(1),
                        trace: trace,
                        at: Fixture.time(number * 100),
                        kind: Fixture.call("begin"),
                        duration: call.map { $0 * 1_000_000 }
                    ),
                    Fixture.event(
                        Fixture.id(2),
                        trace: trace,
                        at: Fixture.time(number * 100 + duration),
                        kind: Fixture.call("end")
                    ),
                ])
            )
        }
        return server
    }

    @Test func `percentiles are those of the traces`() async throws {
        let server = try await server((1...100).shuffled())
        let latency = try await server.get("/api/performance/metrics?limit=100").data["trace_latency"]
        #expect(latency["avg_ms"] == .double(50.5))
        #expect(latency["p50_ms"] == .double(50))
        #expect(latency["p95_ms"] == .double(95))
        #expect(latency["p99_ms"] == .double(99))
        #expect(
            latency["slowest_traces"].elements.map { $0["duration_ms"] }
                == (91...100).reversed().map { JSONNode.double(Double($0 as Int)) }
        )
    }

    @Test func `the limit chooses the newest traces and is not remembered`() async throws {
        let server = try await server([10, 10, 10, 80])
        let one = try await server.get("/api/performance/metrics?limit=1").data["trace_latency"]
        #expect(one["p50_ms"] == .double(80))
        #expect(try await server.get("/api/performance/metrics").data["trace_latency"]["p50_ms"] == .double(10))
    }

    @Test func `traces without length count as such`() async throws {
        let latency = try await server([0, 0, 0, 40]).get("/api/performance/metrics").data["trace_latency"]
        #expect(latency["avg_ms"] == .double(10))
        #expect(latency["p50_ms"] == .double(0))
    }

    @Test func `means are over the events that carry a duration`() async throws {
        let data = try await server([5, 5], call: 200).get("/api/performance/metrics").data
        #expect(data["event_performance"]["avg_duration_ms"] == .double(200))
        let slow = #"[{"avg_duration_ms":200.0,"count":2,"type":"FunctionCall"}]"#
        #expect(data["event_performance"]["by_type"].text == slow)
        #expect(data["event_performance"]["slow_operations"].text == slow)
        #expect(data["service_latency"].text == #"[{"avg_duration_ms":200.0,"event_count":2,"service":"web"}]"#)
    }

    @Test func `throughput is over the real time range`() async throws {
        let throughput = try await server([100, 100]).get("/api/performance/metrics").data["throughput"]
        #expect(throughput["time_range_seconds"] == .double(0.2))
        #expect(throughput["events_per_second"] == .double(20))
        #expect(throughput["traces_per_second"] == .double(10))
    }

    @Test func `nothing has metrics of zero`() async throws {
        let data = try await TestServer().get("/api/performance/metrics").data
        #expect(data["trace_latency"]["p99_ms"] == .double(0))
        #expect(data["throughput"]["events_per_second"] == .double(0))
    }

    @Test func `a long call among short ones is an anomaly of its trace`() async throws {
        let server = TestServer()
        func call(_ number: Int, _ milliseconds: Int) async throws {
            let trace = Fixture.id(number, high: "50000000")
            let kind = #"{"HttpResponse":{"status":200,"headers":{},"body":null,"duration_ms":\#(milliseconds)}}"#
            try await server.post(
                Fixture.body([Fixture.event(Fixture.id(1), trace: trace, at: Fixture.time(number), kind: kind)])
            )
        }
        for number in 1...10 { try await call(number, 17 + number % 3) }
        try await call(11, 400)
        let slow = try await server.get("/api/traces/\(Fixture.id(11, high: "50000000"))/anomalies").data
        #expect(slow["anomaly_count"] == .integer(1))
        #expect(slow["anomalies"][0]["severity"] == .string("Critical"))
        #expect(slow["anomalies"][0]["event_kind"] == .string("HttpResponse(200)"))
        #expect(slow["anomalies"][0]["std_dev_from_mean"].double.map(\.isFinite) == true)
        // Asking again changes nothing: baselines learn every event once.
        let again = try await server.get("/api/traces/\(Fixture.id(11, high: "50000000"))/anomalies").data
        #expect(again == slow)
        let usual = try await server.get("/api/traces/\(Fixture.id(3, high: "50000000"))/anomalies").data
        #expect(usual["anomaly_count"] == .integer(0))
    }

    @Test func `health tells silent services from failing ones`() async throws {
        let server = TestServer()
        let trace = Fixture.id(1, high: "60000000")
        let error = #"{"Error":{"error_type":"E","message":"m","stack_trace":[]}}"#
        // In the future by our clock, so neither is silent.
        func event(_ number: Int, _ service: String, _ kind: String) -> String {
            Fixture.event(Fixture.id(number), trace: trace, at: "2200-01-01T00:00:00Z", kind: kind, service: service)
        }
        try await server.post(
            Fixture.body([event(1, "well", Fixture.call("f")), event(2, "ill", error), event(3, "ill", error)])
        )
        try await server.post(Fixture.transfer())
        let health = try await server.get("/api/services/health?time_window_minutes=100000000").data
        let status = health.elements.map { "\($0["name"].string ?? "") \($0["status"].string ?? "")" }
        #expect(status == ["ill critical", "web critical", "well healthy"])
        let recent = try await server.get("/api/services/health").data
        #expect(recent.elements.compactMap { $0["name"].string } == ["ill", "well"])
    }
}
