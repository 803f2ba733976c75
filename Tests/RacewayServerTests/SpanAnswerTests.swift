import RacewayServer
import Testing

/// What OTLP answers to bodies that no correct exporter sends: the same over every transport.
@Suite struct `Bad spans` {
    private static let all = SpanClient.Transport.allCases
    private static let trace = "/api/traces/07070707-0707-0707-0707-070707070707"

    private func client(_ transport: SpanClient.Transport) -> SpanClient {
        SpanClient(server: TestServer(), transport: transport)
    }

    @Test(arguments: all, [0, 1, 7, 9, 15, 17]) func `an id of a wrong length costs its span and no other`(
        transport: SpanClient.Transport,
        length: Int
    ) async throws {
        let client = client(transport)
        var other = SpanClient.Span()
        other.id = [8, 7, 6, 5, 4, 3, 2, 1]
        var trace = SpanClient.Span()
        trace.trace = [UInt8](repeating: 9, count: length)
        var span = SpanClient.Span()
        span.id = [UInt8](repeating: 9, count: length)
        let answer = try await client.send([SpanClient.Span(), trace, span, other])
        #expect(answer.code == 0 && answer.status == 200 && answer.rejected == 2, "\(answer)")
        #expect(answer.message.contains("not a trace id") && answer.message.contains("not a span id"))
        #expect(try await client.server.get(Self.trace).data["events"].count == 4)
    }

    @Test(arguments: all) func `ids of zeros are none`(transport: SpanClient.Transport) async throws {
        let client = client(transport)
        var trace = SpanClient.Span()
        trace.trace = [UInt8](repeating: 0, count: 16)
        var span = SpanClient.Span()
        span.id = [UInt8](repeating: 0, count: 8)
        let answer = try await client.send([trace, span])
        #expect(answer.code == 0 && answer.rejected == 2, "\(answer)")
        #expect(try await client.server.get(Self.trace).status == 404)
    }

    @Test(arguments: all) func `numbers that no enumeration has are taken as unspecified`(
        transport: SpanClient.Transport
    ) async throws {
        let client = client(transport)
        var span = SpanClient.Span()
        (span.kind, span.status) = (4_000_000_000, 77)
        let answer = try await client.send([span])
        #expect(answer.code == 0 && answer.rejected == 0 && answer.message.isEmpty, "\(answer)")
        #expect(try await client.server.get(Self.trace).status == 200)
    }

    @Test(arguments: all) func `ten thousand attributes are kept`(transport: SpanClient.Transport) async throws {
        let client = client(transport)
        var span = SpanClient.Span()
        span.attributes = 10_000
        let answer = try await client.send([span])
        #expect(answer.code == 0 && answer.rejected == 0, "\(answer)")
        let export = try await client.server.get("/api/traces/07070707070707070707070707070707/export?format=otlp")
        #expect(export.status == 200 && export.text.contains("\"a9999\""))
    }

    @Test(arguments: all) func `nesting without end costs no more than its request`(
        transport: SpanClient.Transport
    ) async throws {
        let client = client(transport)
        var deep = SpanClient.Span()
        deep.depth = 20
        let kept = try await client.send([deep])
        #expect(kept.code == 0 && kept.rejected == 0, "\(kept)")
        deep.depth = 2_000
        var other = SpanClient.Span()
        other.id = [8, 7, 6, 5, 4, 3, 2, 1]
        let answer = try await client.send([deep, other])
        // Protobuf tells where the span ends; a JSON text whose nesting has no bound is refused as a whole.
        if transport == .json {
            #expect(answer.code == 3 && answer.status == 400, "\(answer)")
        } else {
            #expect(answer.code == 0 && answer.rejected == 1, "\(answer)")
        }
        #expect(try await client.server.get(Self.trace).status == 200)
    }

    @Test(arguments: all) func `a body that is cut off is refused for good, at every length`(
        transport: SpanClient.Transport
    ) async throws {
        let client = client(transport)
        let whole = client.body([SpanClient.Span()])
        for length in 1..<min(whole.count, 24) {
            let answer = try await client.send(Array(whole.prefix(length)))
            #expect(answer.code == 3, "\(length): \(answer)")
            #expect(answer.status == (transport == .grpc ? 200 : 400))
        }
    }

    @Test(arguments: all) func `an encoding that nobody knows is named with those that are taken`(
        transport: SpanClient.Transport
    ) async throws {
        let answer = try await client(transport).send([SpanClient.Span()], coding: "br")
        #expect(answer.status == (transport == .grpc ? 200 : 415))
        // Over gRPC that is UNIMPLEMENTED.
        #expect(answer.code == (transport == .grpc ? 12 : 3))
        #expect(answer.message.contains("gzip or deflate"))
    }

    @Test(arguments: all, ["gzip", "deflate"]) func `what is not compressed as it says is refused for good`(
        transport: SpanClient.Transport,
        coding: String
    ) async throws {
        let answer = try await client(transport).send([SpanClient.Span()], coding: coding)
        #expect(answer.code == 3, "\(answer)")
    }

    @Test(arguments: all) func `what grows beyond the bound is refused for good`(
        transport: SpanClient.Transport
    ) async throws {
        var limits = ServerLimits()
        limits.spanBodyBytesMax = 1 << 20
        let client = SpanClient(server: TestServer(limits: limits), transport: transport)
        let bomb = try CompressionTests.gzip([UInt8](repeating: 0x20, count: 8 << 20))
        // RESOURCE_EXHAUSTED without a pause to wait for: no exporter sends it again.
        #expect(try await client.send(bomb, coding: "gzip").code == 8)
        #expect(try await client.send([UInt8](repeating: 0x20, count: 2 << 20)).code == 8)
    }

    @Test(arguments: all) func `sending a request again changes nothing`(
        transport: SpanClient.Transport
    ) async throws {
        let client = client(transport)
        for _ in 0..<3 { #expect(try await client.send([SpanClient.Span()]).code == 0) }
        #expect(try await client.server.get(Self.trace).data["events"].count == 2)
    }
}
