import RacewayServer
import Synchronization
import Testing
import TraceModel
import TraceStore

/// A store that counts how often whole traces were read.
private final class CountingStore: TraceStore {
    private let base = MemoryStore()
    private let count = Mutex(0)

    var reads: Int { count.withLock { $0 } }
    var capabilities: StoreCapabilities { base.capabilities }

    func append(_ batch: EventBatch) async throws(StoreError) -> AppendReceipt { try await base.append(batch) }

    func trace(_ id: TraceID) async throws(StoreError) -> TraceRecord? {
        count.withLock { $0 += 1 }
        return try await base.trace(id)
    }

    func summary(of id: TraceID) async throws(StoreError) -> TraceSummary? { try await base.summary(of: id) }
    func summaries(_ query: TraceQuery) async throws(StoreError) -> TracePage { try await base.summaries(query) }
    func services(activeSince moment: Int64) async throws(StoreError) -> [ServiceSummary] {
        try await base.services(activeSince: moment)
    }
    func counts() async throws(StoreError) -> StoreCounts { try await base.counts() }
    func snapshot() async throws(StoreError) -> StoreSnapshot { try await base.snapshot() }
}

@Suite struct `Searches through the index of spans` {
    private static func path(order number: Int) -> String {
        let tags = Query.escaped("{\"order\":\"\(number)\"}")
        let start = SampleSpan.base * 1_000_000
        return "/jaeger/api/traces?service=shop&tags=\(tags)&start=\(start)&end=\(start + 600_000_000)"
    }

    @Test func `a search reads the spans of what it finds and of nothing else`() async throws {
        let store = CountingStore()
        let server = TestServer(
            RacewayApplication(configuration: ServerConfiguration(), store: store, logger: TestServer.silent)
        )
        let count = 500
        for start in stride(from: 0, to: count, by: 50) {
            let spans = (start..<start + 50).flatMap { SampleSpan.call($0, start: $0) }
            try await server.post(SampleSpan.body(spans), "/v1/traces")
        }
        #expect(try await server.get(Self.path(order: 7)).json["data"].count == 1)
        let before = store.reads
        #expect(before <= count + 2)
        for number in [0, 123, 499] {
            #expect(try await server.get(Self.path(order: number)).json["data"].count == 1)
        }
        #expect(try await server.get(Self.path(order: 99_999)).json["data"].count == 0)
        let query = Query.escaped("{.order = 321}")
        #expect(try await server.get("/tempo/api/search?q=\(query)").json["traces"].count == 1)
        // Five searches, four finds; a collision of hashes may cost one more.
        #expect(store.reads - before <= 6)
    }

    @Test func `what was stored is found at once, also when a trace grows`() async throws {
        let server = TestServer()
        let spans = SampleSpan.call(1)
        let path = "/jaeger/api/traces?service=stock&start=0"
        for (index, span) in spans.enumerated() {
            try await server.post(SampleSpan.body([span]), "/v1/traces")
            #expect(try await server.get(path).json["data"].count == (index == 2 ? 1 : 0))
        }
        #expect(try await server.get(path).json["data"][0]["spans"].count == 3)
    }

    @Test func `what memory forgot is not found`() async throws {
        let server = TestServer(memory: MemoryLimits(eventsMax: 1_000, bytesMax: 1 << 30, tracesMax: 3))
        for number in 1...6 {
            try await server.post(SampleSpan.body(SampleSpan.call(number, start: number)), "/v1/traces")
            let found = try await server.get("/jaeger/api/traces?service=shop&start=0&limit=10").json["data"]
            #expect(found.count == min(number, 3))
        }
    }

    @Test func `a trace that no answer can hold is refused with a reason, and in no search`() async throws {
        var limits = ServerLimits()
        limits.exportEventsMax = 5
        let server = TestServer(limits: limits)
        try await server.post(SampleSpan.body(SampleSpan.call(1)), "/v1/traces")
        var large = SampleSpan.call(2, start: 5)
        for number in 0..<6 {
            large[0].id = "00000000000000b\(number)"
            try await server.post(SampleSpan.body(large), "/v1/traces")
        }
        let id = large[0].trace
        let found = try await server.get("/jaeger/api/traces?service=shop&start=0").json["data"]
        #expect(found.count == 1 && found[0]["traceID"].string != id)
        for path in [
            "/jaeger/api/traces/\(id)", "/api/v3/traces/\(id)", "/api/v2/trace/\(id)", "/tempo/api/traces/\(id)",
        ] {
            let answer = try await server.get(path)
            #expect(answer.status == 413 && answer.text.contains("/api/traces/"), "\(path)")
        }
    }

    @Test func `events of SDKs are spans to whoever asks for spans`() async throws {
        let server = TestServer()
        try await Samples.everything(on: server)
        let start = "start=1704000000000000&end=1705000000000000"
        let found = try await server.get("/jaeger/api/traces?service=shop&\(start)").json["data"]
        #expect(found.count == 1 && found[0]["processes"].members.count == 2)
        let id = Samples.trace.replacing("-", with: "")
        #expect(try await server.get("/tempo/api/v2/traces/\(id)").json["trace"]["resourceSpans"].count > 0)
        #expect(try await server.get("/api/v2/trace/\(id)").json.count > 0)
        #expect(try await server.get("/api/v3/services").json["services"].elements.contains(.string("shop")))
    }

    @Test func `a race is a warning of the spans that took part`() async throws {
        let server = TestServer()
        try await server.post(Fixture.transfer())
        _ = try await server.get("/api/races")
        let trace = try await server.get("/jaeger/api/traces/\(Samples.trace)").json["data"][0]
        let warnings = trace["spans"].elements.flatMap { $0["warnings"].elements }.compactMap(\.string)
        #expect(warnings.contains { $0.contains("race on balance") && $0.contains("/races/r-") }, "\(warnings)")
        let quiet = trace["spans"].elements.filter { $0["warnings"] == .null }
        #expect(quiet.count < trace["spans"].count)
    }

    @Test(arguments: DurableServer.Kind.available) func `a server that starts again finds what memory finds`(
        kind: DurableServer.Kind
    ) async throws {
        try await DurableServer.withDirectory { directory in
            let paths = [
                Self.path(order: 5), "/jaeger/api/services/shop/operations", "/api/v2/spans?serviceName=stock",
                "/api/v2/traces?serviceName=shop&endTs=1700000600000&lookback=3600000&limit=100",
                "/tempo/api/search?limit=100", "/tempo/api/v2/search/tags", "/api/v3/services",
                "/jaeger/api/dependencies?endTs=1700003600000",
            ]
            let memory = TestServer()
            var bodies: [String] = []
            for run in 0..<2 {
                try await DurableServer.run(kind, in: directory) { server in
                    if run == 0 {
                        for number in 0..<20 {
                            let body = SampleSpan.body(SampleSpan.call(number, start: number * 10))
                            try await server.post(body, "/v1/traces")
                            try await memory.post(body, "/v1/traces")
                        }
                    }
                    var answers: [String] = []
                    for path in paths { answers.append(try await server.get(path).text) }
                    if run == 0 { bodies = answers }
                    #expect(answers == bodies, "after a restart")
                }
            }
            for (path, body) in zip(paths, bodies) {
                #expect(try await memory.get(path).text == body, "\(path) from memory")
            }
        }
    }
}
