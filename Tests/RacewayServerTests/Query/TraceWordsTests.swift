import HTTPTypes
import Testing

@testable import RacewayServer

@Suite struct `The search of traces` {
    private static func filled() async throws -> TestServer {
        let server = TestServer()
        let spans = (1...3).flatMap { SampleSpan.call($0, start: $0 * 1_000, isError: $0 == 3) }
        try await server.post(SampleSpan.body(spans), "/v1/traces")
        return server
    }

    private static func found(_ query: String, _ server: TestServer) async throws -> [Character] {
        let answer = try await server.get("/api/search?q=" + Query.escaped(query))
        #expect(answer.status == 200, "\(query): \(answer.text)")
        #expect(try answer.json["complete"] == .bool(true))
        return try answer.json["traces"].elements.compactMap { $0["trace_id"].string?.last }
    }

    @Test(arguments: [
        ("", "321"), ("get", "321"), ("GET /buy", "321"), ("\"GET /buy\"", "321"), ("\"buy GET\"", ""),
        ("order=2", "2"),
        ("order=2 order=3", ""), ("service:shop", "321"), ("service:SHOP", "321"), ("service:none", ""),
        ("is:error", "3"), ("is:error order=2", ""), ("is:racing", ""), ("took>40ms", "321"), ("took<1ns", ""),
        ("took>1h", ""), ("nothing-like-this", ""), ("{ status = error }", "3"), ("service:\"shop\" reserve", "321"),
    ]) func `words and terms find what they say`(query: String, expected: String) async throws {
        #expect(try await Self.found(query, Self.filled()) == Array(expected), "\(query)")
    }

    @Test(arguments: [
        "took>", "took>x", "took<5", "is:slow", "is:", "\"open", "{ name = }",
        Array(repeating: "a", count: 33).joined(separator: " "), String(repeating: "a", count: 8_193),
    ]) func `what cannot be understood is refused and named`(query: String) async throws {
        let answer = try await Self.filled().get("/api/search?q=" + Query.escaped(query))
        #expect(answer.status == 400)
        #expect(try answer.json["field"] == .string("q"))
    }

    @Test func `events of an SDK are found by what they touched, and racing traces by their races`() async throws {
        let server = TestServer()
        try await Samples.everything(on: server)
        _ = try await server.get("/api/races")
        let racing = try await Self.found("is:racing", server)
        #expect(racing.sorted() == ["a", "b"])
        let object = try #require(try await server.get("/api/races").json["races"][0]["object"]["name"].string)
        #expect(try await Self.found("\(object.uppercased()) is:racing", server) == racing)
        #expect(try await Self.found("\(object) no-such-word", server).isEmpty)
        let answer = try await server.get("/api/search?q=is:racing&limit=1").json
        #expect(answer["traces"].count == 1)
        #expect(answer["traces"][0]["races"].integer ?? 0 > 0)
    }
}
