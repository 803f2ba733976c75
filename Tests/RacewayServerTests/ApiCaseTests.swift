import HTTPTypes
import Testing

/// The reference's own API tests, asked of our server.
@Suite struct ApiCaseTests {
    private let server = TestServer()
    private let trace = "aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa"

    @Test func `an empty server lists no traces`() async throws {
        let data = try await server.get("/api/traces").data
        #expect(data["total_traces"] == .integer(0))
        #expect(data["traces"] == .array([]))
        #expect(data["total_pages"] == .integer(0))
    }

    @Test func `a posted trace is listed at once`() async throws {
        try await server.post(Fixture.transfer())
        let data = try await server.get("/api/traces").data
        #expect(data["traces"].count == 1)
        #expect(data["traces"][0]["trace_id"] == .string(trace))
        #expect(data["traces"][0]["event_count"] == .integer(4))
    }

    @Test func `the same event ids under other trace ids are other events`() async throws {
        for number in 1...15 { try await server.post(Fixture.transfer(trace: Fixture.id(number))) }
        let first = try await server.get("/api/traces?page=1&page_size=10").data
        #expect(first["traces"].count == 10)
        #expect(first["total_traces"] == .integer(15))
        #expect(first["total_pages"] == .integer(2))
        let second = try await server.get("/api/traces?page=2&page_size=10").data
        #expect(second["traces"].count == 5)
        let ids = (first["traces"].elements + second["traces"].elements).compactMap { $0["trace_id"].string }
        #expect(Set(ids).count == 15)
    }

    @Test func `a post is answered with the three keys of the envelope`() async throws {
        let answer = try await server.post(Fixture.transfer())
        #expect(answer.status == 200)
        #expect(try answer.json.keys == ["success", "data", "error"])
        #expect(try answer.data == .string("Ingested 4 events"))
    }

    @Test func `page zero is the first page`() async throws {
        try await server.post(Fixture.transfer())
        let data = try await server.get("/api/traces?page=0").data
        #expect(data["page"] == .integer(1))
        #expect(data["traces"].count == 1)
    }

    @Test func `a trace has its events and its analysis`() async throws {
        try await server.post(Fixture.transfer())
        let data = try await server.get("/api/traces/\(trace)").data
        #expect(data["events"].count == 4)
        #expect(!data["analysis"].members.isEmpty)
        #expect(!data["critical_path"].members.isEmpty)
        #expect(data["analysis"]["race_details"].count == 1)
        #expect(data["analysis"]["race_details"][0]["severity"] == .string("CRITICAL"))
        #expect(data["critical_path"]["path"].count >= 1)
        #expect(data["audit_trails"].keys == ["balance"])
    }

    @Test func `an unknown trace and an id that is none are refused`() async throws {
        let unknown = try await server.get("/api/traces/\(Fixture.id(9))")
        #expect(unknown.status == 404)
        #expect(try unknown.json["error"] == .string("Failed to fetch trace: Trace not found: \(Fixture.id(9))"))
        let invalid = try await server.get("/api/traces/not-a-uuid")
        #expect(invalid.status == 400)
        #expect(try invalid.json["error"] == .string("Invalid trace ID format"))
        #expect(try invalid.json.keys == ["success", "data", "error"])
    }

    @Test(arguments: ["critical-path", "dependencies", "audit-trail/x"])
    func `what hangs below an unknown trace is not found`(part: String) async throws {
        #expect(try await server.get("/api/traces/\(Fixture.id(9))/\(part)").status == 404)
    }

    @Test func `an unknown trace has no anomalies`() async throws {
        let answer = try await server.get("/api/traces/\(Fixture.id(9))/anomalies")
        #expect(answer.status == 200)
        #expect(try answer.data["anomaly_count"] == .integer(0))
    }

    @Test func `an empty batch is taken`() async throws {
        let answer = try await server.post("{\"events\":[]}")
        #expect(answer.status == 200)
        #expect(try answer.data == .string("Ingested 0 events"))
    }

    @Test func `a lone event without anything but an id is refused`() async throws {
        #expect(try await server.post("{\"events\":[{\"id\":\"\(Fixture.id(1))\"}]}").status == 422)
    }

    @Test func `a body without events is refused`() async throws {
        #expect(try await server.post("{\"event\":[]}").status == 422)
    }

    @Test func `a hundred events without parents are all listed`() async throws {
        let events = (1...100).map { number in
            Fixture.event(Fixture.id(number), trace: trace, at: Fixture.time(number), kind: Fixture.call("f\(number)"))
        }
        #expect(try await server.post(Fixture.body(events)).data == .string("Ingested 100 events"))
        let listed = try await server.get("/api/traces/\(trace)").data["events"]
        #expect(Set(listed.elements.compactMap { $0["id"].string }) == Set((1...100).map { Fixture.id($0) }))
    }

    @Test func `a trace grows from nothing to four events with their races`() async throws {
        #expect(try await server.get("/api/traces").data["total_traces"] == .integer(0))
        try await server.post(
            Fixture.body([Fixture.event(Fixture.id(1), trace: trace, at: Fixture.time(0), kind: Fixture.call("f"))])
        )
        #expect(try await server.get("/api/traces/\(trace)").data["events"].count == 1)
        try await server.post(Fixture.transfer())
        let data = try await server.get("/api/traces/\(trace)").data
        #expect(data["events"].count == 5)
        #expect(data["analysis"]["race_details"].count == 1)
    }

    @Test func `rapid posts are all stored`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...20 {
                group.addTask { [server] in try await server.post(Fixture.transfer(trace: Fixture.id(number))) }
            }
            try await group.waitForAll()
        }
        #expect(try await server.get("/api/traces").data["total_traces"] == .integer(20))
        #expect(try await server.get("/status").data["events_captured"] == .integer(80))
    }

    @Test func `events_offset and events_limit page through a trace`() async throws {
        try await server.post(Fixture.transfer())
        let data = try await server.get("/api/traces/\(trace)?events_offset=1&events_limit=2").data
        #expect(data["events"].count == 2)
        #expect(data["events_total"] == .integer(4))
        #expect(data["events_truncated"] == .bool(true))
    }

    @Test func `ids are accepted in every spelling and echoed as typed`() async throws {
        try await server.post(Fixture.transfer())
        let typed = "AAAAAAAAAAAA4AAAAAAAAAAAAAAAAAAA"
        let data = try await server.get("/api/traces/\(typed)").data
        #expect(data["trace_id"] == .string(typed))
        #expect(data["events"][0]["trace_id"] == .string(trace))
    }

    @Test(arguments: ["/health", "/no/such/path", "/events", "/api/races/none"])
    func `an answer to HEAD has no body`(_ path: String) async throws {
        #expect(try await TestServer().send(.head, path).bytes.isEmpty)
    }
}
