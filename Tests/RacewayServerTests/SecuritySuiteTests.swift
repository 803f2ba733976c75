import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import RacewayServer

/// Clients that mean harm, or mean well and behave so: the server stays up, its memory bounded, and others are served.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SecuritySuiteTests {
    /// Connections of the flood: the ten thousand with `RACEWAY_FLOOD`, fewer in every test run.
    private static var floodSize: Int { getenv("RACEWAY_FLOOD").flatMap { Int(String(cString: $0)) } ?? 500 }

    @Test func `many open connections cost little and nobody else a turn`() async throws {
        let number = Self.floodSize
        // Both ends of every connection are in this process.
        try #require(Self.raiseDescriptors(to: 2 * number + 500), "the system does not allow \(number) connections")
        var configuration = ServerConfiguration(port: 0)
        configuration.limits.connectionsMax = number + 100
        configuration.limits.headTime = .seconds(200)
        try await withServer(configuration) { port in
            let allowed = 40_000 * number + (64 << 20)
            var grown = Int.max
            // Other tests of this process take memory meanwhile: what the connections cost is the least of a few times.
            for _ in 0..<4 where grown >= allowed {
                let before = ProcessMetrics.now().residentBytes
                var open: [any Channel] = []
                // Some say nothing, some a part of a head.
                for index in 0..<number {
                    let channel = try await Self.connect(port)
                    if index % 2 == 0 {
                        try await channel.writeAndFlush(ByteBuffer(string: "GET /health HTTP/1.1\r\nX-"))
                    }
                    open.append(channel)
                }
                let answer = try await SocketClient(port: port).send(
                    "POST",
                    "/events",
                    body: Array(Fixture.transfer().utf8)
                )
                #expect(answer.status == 200)
                grown = min(grown, ProcessMetrics.now().residentBytes - before)
                for channel in open { try? await channel.close() }
            }
            #expect(grown < allowed, "\(grown) bytes for \(number) connections at both ends")
        }
    }

    @Test func `beyond the bound connections wait, and are served when others leave`() async throws {
        var configuration = ServerConfiguration(port: 0)
        configuration.limits.connectionsMax = 4
        try await withServer(configuration) { port in
            var open: [any Channel] = []
            for _ in 0..<4 { open.append(try await Self.connect(port)) }
            let waiting = Task { try await SocketClient(port: port).send("GET", "/health").status }
            for channel in open { try? await channel.close() }
            #expect(try await waiting.value == 200)
        }
    }

    @Test func `a follower that never reads is let go, and its seat is free`() async throws {
        let application = RacewayApplication(
            configuration: ServerConfiguration(port: 0),
            logger: TestServer.silent
        )
        try await withServer(application) { port in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false)
                .channelOption(.socketOption(.so_rcvbuf), value: 4_096)
                .connect(host: "127.0.0.1", port: port).get()
            try await channel.writeAndFlush(ByteBuffer(string: "GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n"))
            while application.state.live.taken == 0 { await Task.yield() }
            let client = SocketClient(port: port)
            for _ in 0..<5 {
                #expect(try await client.send("POST", "/events", body: Array(Fixture.transfer().utf8)).status == 200)
            }
            #expect(try await client.send("GET", "/api/races").status == 200)
            try await channel.close()
            while application.state.live.taken > 0 { await Task.yield() }
        }
    }

    @Test func `slow senders do not take the turns of others`() async throws {
        var configuration = ServerConfiguration(port: 0)
        configuration.limits.bodyTime = .seconds(100)
        configuration.access.concurrentRequestsMax = 40
        try await withServer(configuration) { port in
            var open: [any Channel] = []
            for _ in 0..<20 {
                let channel = try await Self.connect(port)
                let head =
                    "POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
                try await channel.writeAndFlush(ByteBuffer(string: head))
                open.append(channel)
            }
            for _ in 0..<20 { #expect(try await SocketClient(port: port).send("GET", "/status").status == 200) }
            for channel in open { try? await channel.close() }
        }
    }

    @Test func `a bomb of gzip is refused before it has grown`() async throws {
        let bomb = try #require(GzipAnswer.deflate([UInt8](repeating: 0x20, count: 200 << 20)))
        #expect(bomb.count < 1 << 20)
        try await withServer { port in
            let before = ProcessMetrics.now().residentBytes
            let headers: HTTPHeaders = ["content-encoding": "gzip"]
            for path in ["/events", "/v1/traces", "/api/v2/spans"] {
                let answer = try await SocketClient(port: port).send("POST", path, headers: headers, body: bomb)
                #expect(answer.status == 413, "\(path)")
            }
            #expect(ProcessMetrics.now().residentBytes - before < 200 << 20)
        }
    }

    private static func connect(_ port: Int) async throws -> any Channel {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port)
            .get()
    }

    /// Raises the bound of open files of this process, as far as that is allowed.
    private static func raiseDescriptors(to wanted: Int) -> Bool {
        var bounds = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &bounds) == 0 else { return false }
        if bounds.rlim_cur >= rlim_t(wanted) { return true }
        bounds.rlim_cur = rlim_t(wanted)
        bounds.rlim_max = max(bounds.rlim_max, bounds.rlim_cur)
        return setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &bounds) == 0
    }
}
