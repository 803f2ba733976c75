import HTTPTypes
import RacewayServer
import Testing

@Suite struct OwnRouteTests {
    private let server = TestServer()

    @Test(arguments: ["raceway", "chrome", "otlp", "jaeger", "zipkin"])
    func `a trace is exported`(format: String) async throws {
        try await Samples.everything(on: server)
        let answer = try await server.get("/api/traces/\(Samples.trace)/export?format=\(format)")
        #expect(answer.status == 200)
        #expect(answer.headers[.contentDisposition]?.contains("\(format).json") == true)
        let json = try answer.json
        switch format {
        case "raceway": #expect(json["events"].count == 4)
        case "chrome": #expect(json["traceEvents"].count >= 4)
        case "otlp": #expect(json["resourceSpans"].count == 1)
        case "jaeger": #expect(json["data"][0]["spans"].count == 3)
        default: #expect(json.count == 3)
        }
    }

    @Test func `what was exported can be posted again`() async throws {
        try await server.post(Fixture.transfer())
        let body = try await server.get("/api/traces/\(Samples.trace)/export").text
        let other = TestServer()
        #expect(try await other.post(body).data == .string("Ingested 4 events"))
        let path = "/api/traces/\(Samples.trace)"
        #expect(try await other.get(path).data["events"] == (try await server.get(path).data["events"]))
    }

    @Test func `an export of a trace beyond the bound says so`() async throws {
        var limits = ServerLimits()
        limits.exportEventsMax = 3
        let server = TestServer(limits: limits)
        try await server.post(Fixture.transfer())
        #expect(try await server.get("/api/traces/\(Samples.trace)/export").status == 413)
        #expect(try await server.get("/api/traces/\(Samples.trace)/export?format=pdf").status == 400)
    }

    @Test func `a timeline shows each task on its lane, with races and the critical path`() async throws {
        try await server.post(Fixture.transfer())
        let json = try await server.get("/api/traces/\(Samples.trace)/timeline").json
        #expect(json["lanes"].elements.compactMap { $0["thread"].string } == ["thread-main", "worker-1", "worker-2"])
        #expect(json["duration_ns"] == .integer(17_000_000))
        let bars = json["lanes"].elements.flatMap { $0["bars"].elements }
        #expect(bars.count == 4)
        #expect(bars.contains { $0["race"] == .bool(true) })
        #expect(bars.contains { $0["critical"] == .bool(true) })
        #expect(json["races"].count == 1)
    }

    @Test func `a narrow timeline merges events and counts them`() async throws {
        let trace = Fixture.id(5)
        let events = (0..<1_000).map { number in
            Fixture.event(Fixture.id(number + 1), trace: trace, at: Fixture.time(number), kind: Fixture.call("f"))
        }
        try await server.post(Fixture.body(events))
        let lane = try await server.get("/api/traces/\(trace)/timeline?px=10").json["lanes"][0]
        #expect(lane["bars"].count <= 11)
        #expect(lane["bars"].elements.compactMap { $0["count"].integer }.reduce(0, +) == 1_000)
        let part = try await server.get("/api/traces/\(trace)/timeline?from=0&to=99999999&px=10000").json["lanes"][0]
        #expect(part["bars"].count == 100)
    }

    @Test(arguments: ["from=-1", "from=x", "to=1.5", "px=0", "from=5&to=4"])
    func `a wrong range is refused`(query: String) async throws {
        try await server.post(Fixture.transfer())
        let answer = try await server.get("/api/traces/\(Samples.trace)/timeline?\(query)")
        #expect(answer.status == 400)
        #expect(try answer.json["field"].string != nil)
    }

    @Test func `two traces are aligned step by step`() async throws {
        try await server.post(Fixture.transfer())
        try await server.post(Fixture.transfer(trace: Samples.otherTrace))
        try await server.post(
            Fixture.body([
                Fixture.event(
                    Fixture.id(7),
                    trace: Samples.otherTrace,
                    parent: "eeeeeeee-eeee-4eee-eeee-eeeeeeeeeeee",
                    at: Fixture.time(30),
                    kind: Fixture.call("audit")
                )
            ])
        )
        let json = try await server.get("/api/compare/\(Samples.trace)...\(Samples.otherTrace)").json
        #expect(json["same"] == .integer(4))
        #expect(json["only_a"] == .integer(0))
        #expect(json["only_b"] == .integer(1))
        let extra = json["steps"].elements.filter { $0["status"] == .string("only_b") }
        #expect(extra.map { $0["name"] } == [.string("audit")])
        #expect(json["b"]["events"] == .integer(5))
    }

    @Test(arguments: ["x", "...", "a...b", "aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa"])
    func `a pair that is none is refused`(pair: String) async throws {
        #expect(try await server.get("/api/compare/\(pair)").status == 400)
    }

    @Test func `variables are listed with their races, and have versions`() async throws {
        try await Samples.everything(on: server)
        let list = try await server.get("/api/variables?q=BAL").json
        #expect(list["variables"][0]["name"] == .string("balance"))
        #expect(list["variables"][0]["accesses"] == .integer(4))
        let versions = try await server.get("/api/variables/balance/versions").json
        #expect(versions["writes"] == .integer(4))
        #expect(
            versions["versions"].elements.map { $0["value"] } == [
                .integer(15), .integer(15), .integer(20), .integer(20),
            ]
        )
        #expect(versions["versions"][2]["parent"] == .integer(1))
        #expect(versions["versions"][3]["skips_versions"] == .bool(true))
        #expect(try await server.get("/api/variables/nothing/versions").status == 404)
        #expect(try await server.get("/api/variables/balance/versions?service=shop").status == 404)
    }

    @Test func `variables are paged by cursor`() async throws {
        try await Samples.everything(on: server)
        let all = try await server.get("/api/variables").json["variables"].elements
        let first = try await server.get("/api/variables?limit=1").json
        let cursor = try #require(first["next_cursor"].string)
        let rest = try await server.get("/api/variables?cursor=\(cursor)").json["variables"].elements
        #expect(first["variables"].elements + rest == all)
    }

    @Test func `the graph puts callers before callees and shared objects behind both`() async throws {
        try await Samples.everything(on: server)
        let json = try await server.get("/api/services/graph").json
        func layer(_ id: String) -> Int64? {
            json["nodes"].elements.first { $0["id"] == .string(id) }?["layer"].integer
        }
        let web = try #require(layer("service:web"))
        let shop = try #require(layer("service:shop"))
        let stock = try #require(layer("object:stock"))
        #expect(web < shop)
        #expect(shop < stock)
        #expect(json["edges"].elements.count { $0["kind"] == .string("access") } == 2)
    }

    @Test func `statistics count requests by route and say how long they took`() async throws {
        for _ in 0..<10 { _ = try await server.get("/api/races") }
        _ = try await server.get("/api/races/r-1")
        let routes = try await server.get("/api/stats").json["routes"].elements
        let list = try #require(routes.first { $0["route"] == .string("/api/races") })
        #expect(list["requests"] == .integer(10))
        #expect(list["p50_ms"].double ?? 0 > 0)
        #expect(list["p99_ms"].double ?? 0 >= list["p50_ms"].double ?? .infinity)
        let one = try #require(routes.first { $0["route"] == .string("/api/races/{race_id}") })
        #expect(one["client_errors"] == .integer(1))
    }

    @Test(arguments: ["/healthz", "/readyz", "/startupz"])
    func `probes answer without a key`(path: String) async throws {
        var configuration = ServerConfiguration()
        configuration.access.isRequired = true
        let server = TestServer(RacewayApplication(configuration: configuration, logger: TestServer.silent))
        let answer = try await server.get(path)
        #expect(answer.status == 200)
        #expect(try answer.json["status"] == .string("ok"))
    }
}
