import Glibc
import NIOHTTP1
import RacewayServer
import Testing

/// The server on a real socket.
@Suite(.timeLimit(.minutes(2))) struct SocketTests {
    private static func application(limits: ServerLimits = ServerLimits()) -> RacewayApplication {
        RacewayApplication(configuration: ServerConfiguration(port: 0, limits: limits), logger: TestServer.silent)
    }

    @Test func `a free port is reported and answers`() async throws {
        try await withServer { port in
            let client = SocketClient(port: port)
            let posted = try await client.send("POST", "/events", body: Array(Fixture.transfer().utf8))
            #expect(posted.status == 200)
            let listed = try await client.send("GET", "/api/traces")
            #expect(try JSONNode(parsing: listed.body)["data"]["traces"].count == 1)
            #expect(listed.headers["content-type"].first == "application/json")
        }
    }

    @Test func `a body over the limit is 413 whether or not its length is announced`() async throws {
        var limits = ServerLimits()
        limits.bodyBytesMax = 100_000
        try await withServer(Self.application(limits: limits)) { port in
            let client = SocketClient(port: port)
            let large = [UInt8](repeating: 0x20, count: 300_000)
            let announced = try await client.send("POST", "/events", body: large)
            #expect(announced.status == 413)
            let chunked = try await client.send("POST", "/events", body: large, chunked: true)
            #expect(chunked.status == 413)
            let health = try await client.send("GET", "/health")
            #expect(health.status == 200)
        }
    }

    @Test(arguments: [("/events", 413), ("/nothing", 413), ("/health", 413)])
    func `a client that sends all before it reads gets its refusal`(_ path: String, _ status: Int) async throws {
        var limits = ServerLimits()
        limits.bodyBytesMax = 100_000
        try await withServer(Self.application(limits: limits)) { port in
            // More than the buffers of both sockets hold.
            let large = [UInt8](repeating: 0x20, count: 24 << 20)
            let client = SocketClient(port: port)
            let answer = try await client.send("POST", path, headers: ["connection": "close"], body: large)
            #expect(answer.status == status)
        }
    }

    @Test func `requests on one connection are answered in order`() async throws {
        try await withServer { port in
            let client = SocketClient(port: port)
            let answers = try await client.pipeline(["/health", "/nope", "/status"])
            #expect(answers.map(\.status) == [200, 404, 200])
        }
    }

    @Test func `a port in use is said so`() async throws {
        try await withServer { port in
            let second = RacewayApplication(
                configuration: ServerConfiguration(port: port),
                logger: TestServer.silent
            )
            let failure = await #expect(throws: StartupError.self) { try await second.run(handlingSignals: false) }
            #expect(failure?.code == .portInUse)
            #expect(failure?.description.contains("\(port)") == true)
        }
    }

    @Test func `SIGTERM ends the server without an error`() async {
        await #expect(processExitsWith: .success) {
            let server = RacewayApplication(configuration: ServerConfiguration(port: 0))
            try await server.run { _ in kill(getpid(), SIGTERM) }
        }
    }

    @Test func `a client that follows is let go when the server ends`() async {
        await #expect(processExitsWith: .success) {
            let server = RacewayApplication(configuration: ServerConfiguration(port: 0))
            let (ports, listening) = AsyncStream<Int>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run { port in listening.yield(port) } }
                var iterator = ports.makeAsyncIterator()
                let client = SocketClient(port: await iterator.next() ?? 0)
                group.addTask {
                    // Ends with the stream, and only a stream that ended well has an answer.
                    let answer = try await client.send("GET", "/api/live")
                    guard answer.status == 200, answer.body.count > 100 else { exit(1) }
                }
                var isFollowed = false
                while !isFollowed {
                    let statistics = try JSONNode(parsing: try await client.send("GET", "/api/stats").body)
                    isFollowed = statistics["requests"]["live_clients"] == .integer(1)
                }
                kill(getpid(), SIGTERM)
                try await group.waitForAll()
            }
        }
    }

    @Test func `an address of another machine is said so`() async throws {
        let server = RacewayApplication(
            configuration: ServerConfiguration(host: "192.0.2.1", port: 0),
            logger: TestServer.silent
        )
        let failure = await #expect(throws: StartupError.self) { try await server.run(handlingSignals: false) }
        #expect(failure?.code == .addressUnavailable)
    }
}
