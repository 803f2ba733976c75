import HTTPTypes
import RacewayServer
import Testing

/// Calls over gRPC, without a socket; `EndToEnd` has the real client.
@Suite struct `Calls over gRPC` {
    private static let health = "/grpc.health.v1.Health/Check"
    private static let logs = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"

    private func status(_ answer: TestServer.Answer) -> Int? {
        Int(answer.trailers[SpanClient.name("grpc-status")] ?? "")
    }

    @Test func `a success is an empty message and a zero in the trailers`() async throws {
        let server = TestServer()
        let body = SpanClient(server: server, transport: .grpc).body([SpanClient.Span()])
        for path in [SpanClient.traces, Self.logs] {
            let answer = try await SpanClient.call(path, body, on: server)
            #expect(answer.status == 200 && answer.bytes == [0, 0, 0, 0, 0] && status(answer) == 0)
            #expect(answer.headers[.contentType] == "application/grpc")
            #expect(answer.headers[SpanClient.name("grpc-accept-encoding")] == "identity,gzip,deflate")
            #expect(answer.trailers[SpanClient.name("grpc-message")] == nil)
        }
        #expect(try await server.get("/api/traces/07070707070707070707070707070707").data["events"].count == 2)
    }

    @Test(arguments: ["gzip", "deflate", "identity"]) func `messages may be compressed`(coding: String) async throws {
        let server = TestServer()
        let plain = SpanClient(server: server, transport: .grpc).body([SpanClient.Span()])
        let body =
            switch coding {
            case "gzip": try CompressionTests.gzip(plain)
            case "deflate": try CompressionTests.zlib(plain)
            default: plain
            }
        let flag: UInt8 = coding == "identity" ? 0 : 1
        let answer = try await SpanClient.call(SpanClient.traces, body, flag: flag, coding: coding, on: server)
        #expect(status(answer) == 0)
        #expect(try await server.get("/api/traces/07070707070707070707070707070707").status == 200)
    }

    @Test(arguments: [
        [], [0], [0, 0, 0, 0], [2, 0, 0, 0, 0], [0, 0, 0, 0, 9, 1], [0, 0, 0, 0, 0, 1], [0, 255, 255, 255, 255],
    ])
    func `a body that is not one message is refused`(bytes: [UInt8]) async throws {
        let answer = try await TestServer().post(
            bytes: bytes,
            SpanClient.traces,
            headers: [.contentType: "application/grpc"]
        )
        #expect(answer.status == 200 && status(answer) == 3, "\(bytes)")
    }

    @Test func `what does not exist is unimplemented, and no request of another type is a call`() async throws {
        let server = TestServer()
        for path in ["/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", "/grpc.health.v1.Health/Watch"]
        {
            let answer = try await SpanClient.call(path, [], on: server)
            #expect(answer.status == 200 && status(answer) == 12)
        }
        let answer = try await server.post(bytes: [], SpanClient.traces, headers: [.contentType: "application/json"])
        #expect(answer.status == 415 && answer.trailers.isEmpty)
    }

    @Test func `a key is asked for, and its role`() async throws {
        var access = AccessPolicy()
        access.isRequired = true
        access.keys = [
            AccessKey(name: "a", secret: "writer", roles: .ingest),
            AccessKey(name: "b", secret: "reader", roles: .read),
        ]
        let configuration = ServerConfiguration(access: access)
        let server = TestServer(RacewayApplication(configuration: configuration, logger: TestServer.silent))
        func call(_ headers: HTTPFields) async throws -> Int? {
            status(try await SpanClient.call(SpanClient.traces, [], headers: headers, on: server))
        }
        #expect(try await call([:]) == 16)
        #expect(try await call([SpanClient.name("x-raceway-key"): "wrong"]) == 16)
        #expect(try await call([SpanClient.name("x-raceway-key"): "reader"]) == 7)
        #expect(try await call([SpanClient.name("x-raceway-key"): "writer"]) == 0)
        #expect(try await call([.authorization: "Bearer writer"]) == 0)
        // Load balancers have no key.
        #expect(status(try await SpanClient.call(Self.health, [], on: server)) == 0)
    }

    @Test func `load is unavailable for a moment, and the details say for how long`() async throws {
        var access = AccessPolicy()
        access.rate = RatePolicy(perMinute: 1, burst: 1)
        let configuration = ServerConfiguration(access: access)
        let server = TestServer(RacewayApplication(configuration: configuration, logger: TestServer.silent))
        // At once: a minute apart both would be taken.
        async let first = SpanClient.call(SpanClient.traces, [], on: server)
        async let second = SpanClient.call(SpanClient.traces, [], on: server)
        let answers = try await [first, second]
        #expect(Set(answers.map(status)) == [0, 14])
        let answer = try #require(answers.first { status($0) == 14 })
        // google.rpc.RetryInfo with a delay of four seconds, the most that exporters wait for.
        let details = try #require(answer.trailers[SpanClient.name("grpc-status-details-bin")])
        #expect(details.hasPrefix("CA4S") && !details.contains("="))
    }

    @Test func `health is told for the server and its services`() async throws {
        let server = TestServer()
        let service = "opentelemetry.proto.collector.trace.v1.TraceService"
        for name in ["", service] {
            let answer = try await SpanClient.call(Self.health, ProtoMessage().text(1, name).bytes, on: server)
            #expect(status(answer) == 0 && answer.bytes == [0, 0, 0, 0, 2, 8, 1])
        }
        let other = try await SpanClient.call(Self.health, ProtoMessage().text(1, "other").bytes, on: server)
        #expect(status(other) == 5)
        #expect(status(try await SpanClient.call(Self.health, [9, 9], on: server)) == 3)
    }

    @Test func `a message in a trailer is printable whatever is in it`() async throws {
        let server = TestServer()
        let answer = try await SpanClient.call("/a.B/C", [], on: server)
        let message = try #require(answer.trailers[SpanClient.name("grpc-message")])
        #expect(message.utf8.allSatisfy { (0x20...0x7e).contains($0) })
    }
}
