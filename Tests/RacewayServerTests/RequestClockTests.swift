import HTTPTypes
import LoadGenerator
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import RacewayServer

/// From the first byte of a request to the last of its answer, as the client has it.
@Suite(.timeLimit(.minutes(2))) struct `The clock of requests` {
    /// A connection of which only the ends are there.
    private struct Connection {
        let metrics = RequestMetrics()
        let arrival = RequestClock.Arrival()
        let channel = EmbeddedChannel()

        init() throws {
            try channel.pipeline.syncOperations.addHandlers(RequestClock(metrics, arrival: arrival))
            metrics.begin()
        }

        /// A request was read whole.
        func read() throws {
            try channel.writeInbound(
                HTTPRequestPart.head(HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/"))
            )
            try channel.writeInbound(HTTPRequestPart.end(nil))
        }

        /// What the routes do when they have an answer.
        func answer(_ status: Int = 200) -> Bool {
            let outcome = RequestMetrics.Outcome(method: "GET", route: "/", status: status, begun: .now)
            return metrics.exchanges[channel]?.leave(outcome) == true
        }

        func write(_ part: HTTPResponsePart) { channel.write(part, promise: nil) }

        var counted: Int { metrics.statistics().reduce(0) { $0 + $1.requests } }
    }

    private static func head(length: Int?) -> HTTPResponsePart {
        var head = HTTPResponse(status: .ok)
        head.headerFields[.contentLength] = length.map(String.init)
        return .head(head)
    }

    @Test func `an answer counts when it has left, not when it is known`() throws {
        let connection = try Connection()
        try connection.read()
        #expect(connection.answer())
        connection.write(Self.head(length: 1))
        connection.write(.body(ByteBuffer(string: "x")))
        connection.write(.end(nil))
        #expect(connection.counted == 0 && connection.metrics.inFlight == 1)
        connection.channel.flush()
        #expect(connection.counted == 1 && connection.metrics.inFlight == 0)
    }

    @Test func `a stream counts when its head has left`() throws {
        let connection = try Connection()
        try connection.read()
        #expect(connection.answer())
        connection.write(Self.head(length: nil))
        connection.channel.flush()
        #expect(connection.counted == 1)
        connection.write(.end(nil))
        connection.channel.flush()
        #expect(connection.counted == 1 && connection.metrics.inFlight == 0)
    }

    @Test func `what a client did not wait for counts once, as soon as that is known`() throws {
        let left = try Connection()
        try left.read()
        #expect(left.answer())
        _ = try left.channel.finish(acceptAlreadyClosed: true)
        #expect(left.counted == 1 && left.metrics.inFlight == 0)
        // Half written.
        let half = try Connection()
        try half.read()
        #expect(half.answer())
        half.write(Self.head(length: 2))
        half.channel.flush()
        _ = try half.channel.finish(acceptAlreadyClosed: true)
        #expect(half.counted == 1 && half.metrics.inFlight == 0)
        // Known after the end: who knows counts.
        #expect(!half.answer())
    }

    @Test func `the first byte begins it, however late the rest comes`() async throws {
        let delay = Duration.milliseconds(60)
        try await withServer { port in
            let body = Fixture.transfer()
            let head =
                "POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\nContent-Type: application/json\r\n"
            let heard = try await RawSocket(port: port).dribble(
                [head, "Connection: close\r\n\r\n", body],
                every: delay
            )
            #expect(heard.contains("200 OK"))
            let answer = try await SocketClient(port: port).send("GET", "/api/stats")
            let routes = try JSONNode(parsing: answer.body)["routes"]
            let route = try #require(routes.elements.first { $0["route"] == .string("/events") })
            let mean = try #require(route["mean_ms"].double)
            #expect(mean >= 120, "two pauses of 60 ms, counted as \(mean)")
        }
    }

    @Test func `a delay of the store is seen by the load generator and by the server alike`() async throws {
        let delay = 80.0
        let engine = ServerEngine(
            store: HookedStore(beforeAppend: { try? await Task.sleep(for: .milliseconds(delay)) })
        )
        let application = RacewayApplication(
            configuration: ServerConfiguration(port: 0),
            engine: engine,
            logger: TestServer.silent
        )
        try await withServer(application) { port in
            let plan = LoadPlan(port: port, rate: 200, duration: .seconds(1), connections: 4, eventsPerRequest: 10)
            let result = await LoadRun(plan, seed: 1).start { 0 }
            let routes = application.state.requests.statistics()
            let route = try #require(routes.first { $0.route == "/events" })
            let server = ["p50": route.p50 * 1_000, "p95": route.p95 * 1_000, "p99": route.p99 * 1_000]
            let agreement = LatencyAgreement(result.tally, server: server, requests: route.requests)
            #expect(result.tally.requests > 10 && agreement.isComparable && agreement.percentiles.count == 3)
            for percentile in agreement.percentiles {
                // Both include the delay, however busy the machine is.
                let least = delay * (1 - LatencySketch.accuracy)
                #expect(percentile.client >= least && percentile.server >= least, "\(percentile)")
            }
            // What is usual, they tell alike; what is rare is the machine's, where both ends share it with other tests.
            #expect(agreement.percentiles[0].difference < 0.5, "\(agreement)")
        }
    }
}

/// When percentiles of both sides are those of the same requests, and when they agree.
@Suite struct `Agreement on latencies` {
    private static func tally(_ milliseconds: [Int]) -> LoadTally {
        var tally = LoadTally()
        for value in milliseconds {
            tally.service.record(Int64(value) * 1_000_000)
            tally.requests += 1
        }
        return tally
    }

    @Test func `is about a tenth of what the client measured`() {
        let tally = Self.tally(Array(1...1_000))
        let near = ["p50": 455.0, "p95": 1_040, "p99": 990]
        #expect(LatencyAgreement(tally, server: near, requests: 1_000).agrees)
        for (name, value) in [("p50", 440.0), ("p95", 1_060), ("p99", 1_100)] {
            #expect(!LatencyAgreement(tally, server: near.merging([name: value]) { $1 }, requests: 1_000).agrees)
        }
    }

    @Test func `needs the same requests on both sides`() {
        let tally = Self.tally(Array(repeating: 5, count: 200))
        #expect(LatencyAgreement(tally, server: ["p50": 5], requests: 201).isComparable)
        #expect(!LatencyAgreement(tally, server: ["p50": 5], requests: 300).isComparable)
        #expect(!LatencyAgreement(tally, server: [:], requests: 200).isComparable)
        #expect(LatencyAgreement(LoadTally(), server: ["p50": 0], requests: 0).percentiles[0].difference == 0)
        #expect(LatencyAgreement(LoadTally(), server: ["p50": 1], requests: 0).percentiles[0].difference == .infinity)
    }
}
