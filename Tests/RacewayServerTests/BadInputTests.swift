import HTTPTypes
import RacewayServer
import Testing

/// What clients get wrong, and that nobody else pays for it.
@Suite struct BadInputTests {
    private let server = TestServer()
    private let trace = Fixture.id(7, high: "70000000")

    private func good(_ number: Int = 1) -> String {
        Fixture.event(Fixture.id(number), trace: trace, at: Fixture.time(number), kind: Fixture.call("f"))
    }

    @Test(
        arguments: [
            "", "{", "[", "nonsense", "{\"events\":[", "{\"events\":[}", "{\"events\":[{\"id\":NaN}]}", "\u{0}",
            String(repeating: "[", count: 100_000),
            "{\"events\":[{\"a\":" + String(repeating: "[", count: 500) + String(repeating: "]", count: 500) + "}]}",
        ])
    func `what is not JSON is 400`(body: String) async throws {
        let answer = try await server.post(body)
        #expect(answer.status == 400)
        #expect(try answer.json["success"] == .bool(false))
        #expect(try answer.json["error"].string?.isEmpty == false)
        #expect(try await server.get("/status").data["events_captured"] == .integer(0))
    }

    @Test(
        arguments: [
            "{}", "[]", "null", "5", "\"events\"", "{\"events\":{}}", "{\"events\":null}", "{\"events\":[5]}",
            "{\"events\":[{}]}", "{\"events\":[null,[],\"x\"]}",
        ])
    func `JSON of which nothing can be decoded is 422`(body: String) async throws {
        let answer = try await server.post(body)
        #expect(answer.status == 422, "\(answer.text)")
        #expect(try answer.json.keys == ["success", "data", "error"])
    }

    @Test(arguments: [nil, "text/plain", "application/x-www-form-urlencoded", "text/json", "application/jsonx"])
    func `another content type is 415`(type: String?) async throws {
        let answer = try await server.post(Fixture.body([good()]), type: type)
        #expect(answer.status == 415)
        #expect(try answer.json["error"] == .string("Expected request with `Content-Type: application/json`"))
    }

    @Test(
        arguments: [
            "application/json", "application/json; charset=utf-8", "Application/JSON", "application/vnd.raceway+json",
        ])
    func `JSON content types are taken`(type: String) async throws {
        #expect(try await server.post(Fixture.body([good()]), type: type).status == 200)
    }

    @Test func `an unknown encoding is 415`() async throws {
        let answer = try await server.post(
            bytes: Array(Fixture.body([good()]).utf8),
            headers: [.contentType: "application/json", .contentEncoding: "br"]
        )
        #expect(answer.status == 415)
    }

    @Test func `a body over the limit is 413 and one at the limit is taken`() async throws {
        var limits = ServerLimits()
        limits.bodyBytesMax = 1_000
        let small = TestServer(limits: limits)
        let body = Fixture.body([good()])
        let padding = String(repeating: " ", count: 1_000 - body.utf8.count)
        #expect(try await small.post(body + padding).status == 200)
        let answer = try await small.post(body + padding + " ")
        #expect(answer.status == 413)
        #expect(try answer.json["error"].string?.contains("length limit exceeded") == true)
    }

    @Test func `a bad event is named and its neighbours are kept`() async throws {
        let answer = try await server.post(
            Fixture.body([good(1), good(2).replacing("\"\(trace)\"", with: "\"not-a-uuid\""), "17", good(3)])
        )
        #expect(answer.status == 200)
        #expect(try answer.json.keys.prefix(3) == ["success", "data", "error"])
        #expect(try answer.data == .string("Ingested 2 events"))
        let rejected = try answer.json["rejected"]
        #expect(rejected.elements.map { $0["index"] } == [.integer(1), .integer(2)])
        #expect(rejected.elements.allSatisfy { $0["code"].string?.isEmpty == false && $0["message"].string != nil })
        #expect(try answer.json["rejected_total"] == .integer(2))
        #expect(try await server.get("/api/traces/\(trace)").data["events"].count == 2)
        #expect(try await server.get("/status").data["rejected_records"] == .integer(2))
    }

    @Test func `the list of rejected events is bounded`() async throws {
        let answer = try await server.post(Fixture.body(Array(repeating: "0", count: 5_000) + [good()]))
        #expect(answer.status == 200)
        #expect(try answer.json["rejected"].count == 100)
        #expect(try answer.json["rejected_total"] == .integer(5_000))
    }

    /// Kinds that the reference refuses with the whole batch; each must be stored here.
    @Test(
        arguments: [
            #"{"FunctionReturn":{"function_name":"f","return_value":1}}"#,
            #"{"AsyncSpawn":{"task_id":"worker pool 3","task_name":"w","spawned_at":"main.go:3"}}"#,
            #"{"AsyncAwait":{"future_id":"any text","awaited_at":"main.go:4"}}"#,
            #"{"Error":{"error_type":"E","message":"m","stack_trace":null}}"#,
            #"{"StateChange":{"variable":"v","old_value":1,"location":"a.ts:1","access_type":"Write"}}"#,
            #"{"HttpResponse":{"status":200,"headers":{},"body":null,"duration_ms":1.5}}"#,
            #"{"FunctionCall":{"function_name":"f","module":"m","file":"a.ts","line":1}}"#,
            #"{"HttpRequest":{"method":"GET","url":"/","headers":{"a":["b"],"n":1},"body":null}}"#,
            #"{"SomethingNew":{"x":1}}"#,
        ])
    func `kinds that the reference refuses are stored`(kind: String) async throws {
        let event = Fixture.event(Fixture.id(1), trace: trace, at: Fixture.time(1), kind: kind)
        #expect(try await server.post(Fixture.body([event])).data == .string("Ingested 1 events"))
        let stored = try await server.get("/api/traces/\(trace)").data["events"][0]
        #expect(stored["kind"].keys == (try JSONNode(parsing: kind)).keys)
    }

    /// Oddities inside an otherwise good event; the server answers and goes on.
    @Test(
        arguments: [
            "\"timestamp\":\"1900-01-01T00:00:00Z\"", "\"timestamp\":\"2300-01-01T00:00:00Z\"",
            "\"timestamp\":\"2024-01-01\"", "\"timestamp\":5", "\"parent_id\":\"\(Fixture.id(1))\"",
            "\"parent_id\":\"nobody\"", "\"causality_vector\":{\"a\":1}", "\"lock_set\":5",
            "\"metadata\":{\"thread_id\":\"t\",\"process_id\":-1,\"service_name\":\"s\",\"environment\":\"e\",\"tags\":{}}",
            "\"metadata\":{\"thread_id\":\"t\",\"process_id\":1,\"service_name\":\"s\",\"environment\":\"e\",\"tags\":{},\"duration_ns\":-5}",
            "\"metadata\":{\"thread_id\":\"t\",\"process_id\":1,\"service_name\":\"s\",\"environment\":\"e\",\"tags\":{},\"duration_ns\":1e300}",
            "\"kind\":{\"Custom\":{\"name\":\"\\ud800\",\"data\":null}}",
            "\"id\":\"00000000-0000-0000-0000-000000000000\"",
        ])
    func `an oddity never costs the neighbours`(member: String) async throws {
        let name = member.prefix { $0 != ":" }
        let odd = try JSONNode(parsing: good(2)).members.map { "\"\($0.key)\":\($0.value.text)" }
            .map { $0.hasPrefix(name) ? member : $0 }
        let answer = try await server.post(Fixture.body([good(1), "{" + odd.joined(separator: ",") + "}", good(3)]))
        #expect(answer.status == 200, "\(answer.text)")
        let data = try await server.get("/api/traces/\(trace)").data
        let ids = Set(data["events"].elements.compactMap { $0["id"].string })
        #expect(ids.isSuperset(of: [Fixture.id(1), Fixture.id(3)]))
        for path in [
            "/api/races", "/api/analyze/global", "/api/traces", "/api/performance/metrics", "/api/services/health",
        ] {
            #expect(try await server.get(path).status == 200)
        }
    }

    @Test func `parents in a circle are answered like any trace`() async throws {
        let circle = (0..<3).map { number in
            Fixture.event(
                Fixture.id(number),
                trace: trace,
                parent: Fixture.id((number + 1) % 3),
                at: Fixture.time(number),
                kind: Fixture.change("x"),
                thread: "t\(number)",
                duration: 5_000_000
            )
        }
        try await server.post(Fixture.body(circle))
        let data = try await server.get("/api/traces/\(trace)").data
        #expect(data["events"].count == 3)
        #expect(data["coverage"]["complete"] == .bool(false))
        let path = data["critical_path"]
        #expect((path["total_duration_ms"].double ?? -1) <= (path["trace_total_duration_ms"].double ?? 0))
    }

    @Test func `a string of ten megabytes is stored where that is allowed, and answers stay bounded`() async throws {
        var limits = ServerLimits()
        limits.eventBytesMax = 16 << 20
        let server = TestServer(limits: limits)
        let giant = String(repeating: "x", count: 10 << 20)
        let events = (1...2).map { number in
            Fixture.event(
                Fixture.id(number),
                trace: trace,
                at: Fixture.time(number),
                kind: Fixture.change("x", new: number == 1 ? "\"\(giant)\"" : "2"),
                thread: "t\(number)"
            )
        }
        #expect(try await server.post(Fixture.body(events)).data == .string("Ingested 2 events"))
        #expect(try await server.get("/api/races").bytes.count < 100_000)
        #expect(try await server.get("/api/analyze/global").bytes.count < 100_000)
        #expect(try await server.get("/api/traces").bytes.count < 10_000)
        // The event itself is shown whole, once, and once more in the audit trail.
        #expect(try await server.get("/api/traces/\(trace)").bytes.count < 25 << 20)
    }

    @Test(arguments: ["/api/traces", "/api/services/web/traces"])
    func `a page without elements is refused`(path: String) async throws {
        for size in ["0", "-1"] {
            let answer = try await server.get("\(path)?page_size=\(size)")
            #expect(answer.status == 400)
            #expect(try answer.json["error"].string?.contains("page_size") == true)
        }
        #expect(try await server.get("\(path)?page_size=abc").status == 200)
        #expect(try await server.get("\(path)?page=9223372036854775807&page_size=1000").status == 200)
        #expect(try await server.get("\(path)?page=99999999999999999999").status == 200)
    }

    @Test(arguments: ["0", "-5", "9223372036854775807", "x", ""])
    func `any window of health is answered`(window: String) async throws {
        try await server.post(Fixture.transfer())
        #expect(try await server.get("/api/services/health?time_window_minutes=\(window)").status == 200)
    }

    @Test(arguments: ["/nope", "/api", "/api/nope", "/api/traces/x/y/z", "/events/x", "/%00"])
    func `an unknown path is 404 in the envelope`(path: String) async throws {
        let answer = try await server.get(path)
        #expect(answer.status == 404)
        #expect(try answer.json["success"] == .bool(false))
    }

    @Test(
        arguments: [
            ("/events", HTTPRequest.Method.get, "POST"), ("/health", .post, "GET, HEAD"),
            ("/api/traces", .delete, "GET, HEAD"), ("/api/traces/x/anomalies", .put, "GET, HEAD"),
            ("/api/races", .patch, "GET, HEAD"),
        ])
    func `a wrong method is 405 and says which are right`(
        path: String,
        method: HTTPRequest.Method,
        allow: String
    ) async throws {
        let answer = try await server.send(method, path)
        #expect(answer.status == 405)
        #expect(answer.headers[.allow] == allow)
    }

    @Test(arguments: ["/api/traces/%zz", "/api/services/%ff/traces", "/api/services/%/dependencies"])
    func `broken escapes in a path are 400`(path: String) async throws {
        #expect(try await server.get(path).status == 400)
    }

    @Test func `names with every kind of character come back in valid JSON`() async throws {
        let name = #"a\"b\\c\u0000\u001b[31m\u2028é\ud83d\ude00/d"#
        let event = Fixture.event(
            Fixture.id(1),
            trace: trace,
            at: Fixture.time(1),
            kind: Fixture.change(name),
            service: name
        )
        #expect(try await server.post(Fixture.body([event])).status == 200)
        let expected = try JSONNode(parsing: "\"\(name)\"")
        #expect(try await server.get("/api/services").data["services"][0]["name"] == expected)
        let data = try await server.get("/api/traces/\(trace)").data
        #expect(data["audit_trails"].keys.map { .string($0) } == [expected])
    }

    @Test func `an event that is too large is refused and its neighbours are kept`() async throws {
        var limits = ServerLimits()
        limits.eventBytesMax = 2_000
        let server = TestServer(limits: limits)
        let small = Fixture.event(Fixture.id(1), trace: Fixture.id(7), at: Fixture.time(0), kind: Fixture.call("f"))
        let large = Fixture.event(
            Fixture.id(2),
            trace: Fixture.id(7),
            at: Fixture.time(1),
            kind: Fixture.call(String(repeating: "x", count: 2_000))
        )
        let answer = try await server.post(Fixture.body([small, large]))
        #expect(answer.status == 200)
        #expect(try answer.json["rejected"][0]["index"] == .integer(1))
        #expect(try answer.json["rejected"][0]["code"] == .string("too_large"))
        #expect(try await server.get("/api/traces/\(Fixture.id(7))").data["events_total"] == .integer(1))
        let alone = try await server.post(Fixture.body([large]))
        #expect(alone.status == 413)
        #expect(try alone.json["error"].string?.contains("too large") == true)
    }
}
