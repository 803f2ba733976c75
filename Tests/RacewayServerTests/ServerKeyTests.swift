import HTTPTypes
import IngestEngine
import NIOCore
import NIOHTTP1
import NIOPosix
import RacewayConfiguration
import Testing
import TraceStore

@testable import RacewayServer

/// Keys of the configuration at work.
@Suite(.timeLimit(.minutes(2))) struct ServerKeyTests {
    private static func server(_ settings: [String: String]) throws -> TestServer {
        TestServer(try application(settings))
    }

    private static func application(_ settings: [String: String]) throws -> RacewayApplication {
        var loader = ConfigurationLoader()
        loader.assignments = settings.sorted { $0.key < $1.key }.map { .init(path: $0.key, text: $0.value) }
        let loaded = try loader.load()
        return RacewayApplication(
            configuration: try ServerConfiguration(loaded.configuration, version: "1"),
            engine: ServerEngine(memory: MemoryLimits()),
            settings: loaded,
            logger: TestServer.silent
        )
    }

    @Test func `metrics can be off, for keys only, or public`() async throws {
        let keys = ["server.auth_enabled": "true", "server.api_keys": "k"]
        #expect(try await Self.server(["metrics.enabled": "false"]).get("/metrics").status == 404)
        #expect(try await Self.server([:]).get("/metrics").status == 200)
        let closed = try Self.server(keys)
        #expect(try await closed.get("/metrics").status == 401)
        #expect(try await closed.get("/metrics", headers: [.authorization: "Bearer k"]).status == 200)
        let open = try Self.server(keys.merging(["metrics.public": "true"]) { $1 })
        #expect(try await open.get("/metrics").status == 200)
    }

    @Test func `metrics can have a port of their own`() async throws {
        // Free a moment ago.
        let port = try await freePort()
        let settings = ["server.port": "0", "metrics.port": String(port), "server.io_threads": "1"]
        try await withServer(try Self.application(settings)) { main in
            var statuses: [Int] = []
            for (at, path) in [(main, "/metrics"), (port, "/metrics"), (port, "/healthz"), (port, "/api/races")] {
                statuses.append(try await SocketClient(port: at).send("GET", path).status)
            }
            #expect(statuses == [404, 200, 200, 404])
        }
    }

    private func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return port
    }

    @Test func `sizes are read again when they are old enough`() async throws {
        let server = try Self.server(["metrics.sample_interval_seconds": "3600"])
        #expect(try await server.get("/metrics").text.contains("\nraceway_store_events 0\n"))
        try await server.post(Fixture.transfer())
        #expect(try await server.get("/metrics").text.contains("\nraceway_store_events 0\n"))
        let fresh = TestServer()
        _ = try await fresh.get("/metrics")
        try await fresh.post(Fixture.transfer())
        #expect(try await !fresh.get("/metrics").text.contains("\nraceway_store_events 0\n"))
    }

    @Test func `a server says its name`() async throws {
        let named = try Self.server(["server.instance_id": "west-1"])
        #expect(try await named.get("/healthz").json["instance"] == .string("west-1"))
        #expect(try await named.get("/api/stats").json["instance"] == .string("west-1"))
        #expect(try await TestServer().get("/healthz").json["instance"].string?.isEmpty == false)
    }

    @Test func `too much memory is not ready, and says the key`() async throws {
        let full = try await Self.server(["server.max_rss_mb": "1"]).get("/readyz")
        #expect(full.status == 503)
        #expect(try full.json["failing"]["memory"].string?.contains("server.max_rss_mb") == true)
        #expect(try await Self.server(["server.max_rss_mb": "1000000"]).get("/readyz").status == 200)
    }

    @Test func `there may be no clients of the stream at all`() async throws {
        #expect(try await Self.server(["server.max_stream_clients": "0"]).get("/api/live?count=1").status == 503)
        #expect(try await Self.server(["server.max_stream_clients": "1"]).get("/api/live?count=1").status == 200)
    }

    @Test func `files of the page are kept for as long as configured`() async throws {
        let server = try Self.server(["server.static_max_age_seconds": "77"])
        let page = try await server.get("/races").text
        let script = try #require(page.firstMatch(of: #/\/assets\/[^"]+\.js/#)).output
        #expect(try await server.get(String(script)).headers[.cacheControl] == "public, max-age=77, immutable")
    }

    @Test func `bodies of all requests together are bounded`() async throws {
        let settings = [
            "server.port": "0", "server.max_body_bytes": "100000", "server.max_inflight_body_bytes": "100000",
        ]
        let application = try Self.application(settings)
        try await withServer(application) { port in
            let client = SocketClient(port: port)
            let head =
                "POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n"
            let held = String(repeating: " ", count: 60_000)
            let slow = Task { try await RawSocket(port: port).converse([("", head + held)], until: "HTTP/1.1") }
            defer { slow.cancel() }
            while application.state.bodies.bytes < 60_000 { await Task.yield() }
            let second = try await client.send("POST", "/events", body: [UInt8](repeating: 0x20, count: 60_000))
            #expect(second.status == 503)
            #expect(second.headers["retry-after"].first == "1")
            #expect(application.state.bodies.bytes == 60_000)
            #expect(try await client.send("POST", "/events", body: Array(Fixture.transfer().utf8)).status == 200)
        }
    }

    @Test func `a share of the memory for bodies comes back`() {
        let budget = BodyBudget(bytesMax: 100)
        do {
            let share = BodyBudget.Share(budget)
            #expect(share.take(60) && !share.take(60) && share.take(40))
            #expect(budget.bytes == 100)
        }
        #expect(budget.bytes == 0)
    }

    @Test func `the configuration is told without secrets`() async throws {
        let server = try Self.server([
            "server.api_keys": "hunter2", "server.ui_password": "hunter3", "server.port": "1234",
        ])
        let answer = try await server.get("/api/config", headers: [.authorization: "Bearer hunter2"])
        #expect(answer.status == 200)
        #expect(!answer.text.contains("hunter"))
        let keys = try answer.json["keys"].elements
        #expect(keys.count == ConfigurationKey.all.count)
        let port = try #require(keys.first { $0["key"] == .string("server.port") })
        #expect(port["value"] == .integer(1_234) && port["default"] == .integer(8_080))
        #expect(keys.first { $0["key"] == .string("server.api_keys") }?["value"] == .string("<redacted>"))
    }
}
