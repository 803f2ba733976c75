import HTTPTypes
import Testing

@Suite struct CachingTests {
    private let server = TestServer()

    @Test func `an answer that did not change is not sent again`() async throws {
        try await server.post(Fixture.transfer())
        let first = try await server.get("/api/races")
        let tag = try #require(first.headers[.eTag])
        let second = try await server.get("/api/races", headers: [.ifNoneMatch: "\"other\", \(tag)"])
        #expect(second.status == 304)
        #expect(second.bytes.isEmpty)
        #expect(second.headers[.eTag] == tag)
        try await server.post(Fixture.transfer(trace: Fixture.id(1)))
        let third = try await server.get("/api/races", headers: [.ifNoneMatch: tag])
        #expect(third.status == 200)
        #expect(third.headers[.eTag] != tag)
    }

    @Test func `a decision changes the tag of the list`() async throws {
        try await server.post(Fixture.transfer())
        let before = try await server.get("/api/races")
        let id = try #require(try before.json["races"][0]["id"].string)
        try await server.post(#"{"state":"known"}"#, "/api/races/\(id)/state")
        let after = try await server.get("/api/races", headers: [.ifNoneMatch: before.headers[.eTag] ?? ""])
        #expect(after.status == 200)
        #expect(try after.json["races"][0]["state"] == .string("known"))
    }

    @Test func `the forms of one race have tags of their own`() async throws {
        try await server.post(Fixture.transfer())
        let id = try #require(try await server.get("/api/races").json["races"][0]["id"].string)
        let json = try await server.get("/api/races/\(id)")
        let card = try await server.get("/api/races/\(id)", headers: [.accept: "text/markdown"])
        #expect(json.headers[.eTag] != card.headers[.eTag])
        #expect(card.headers[.contentType] == "text/markdown; charset=utf-8")
        #expect(try await server.get("/api/races/\(id)").bytes == json.bytes)
    }

    @Test func `a large answer is compressed when that is asked for`() async throws {
        try await server.post(Fixture.transfer())
        let plain = try await server.get("/openapi.json")
        #expect(plain.headers[.contentEncoding] == nil)
        #expect(plain.headers[.vary]?.contains("Accept-Encoding") == true)
        let packed = try await server.get("/openapi.json", headers: [.acceptEncoding: "br, gzip;q=0.5"])
        #expect(packed.headers[.contentEncoding] == "gzip")
        #expect(packed.bytes.count < plain.bytes.count / 2)
        #expect(try Inflated.bytes(packed.bytes) == plain.bytes)
        for unwanted in ["gzip;q=0", "br", "identity"] {
            let answer = try await server.get("/openapi.json", headers: [.acceptEncoding: unwanted])
            #expect(answer.headers[.contentEncoding] == nil, "\(unwanted)")
        }
        #expect(try await server.get("/health", headers: [.acceptEncoding: "gzip"]).headers[.contentEncoding] == nil)
    }

    @Test func `HEAD has the head of GET and no body`() async throws {
        try await Samples.everything(on: server)
        for path in ["/", "/health", "/api/races", "/api/traces/\(Samples.trace)/timeline", "/api/live", "/readyz"] {
            let answer = try await server.send(.head, path)
            #expect(answer.status == 200, "\(path)")
            #expect(answer.bytes.isEmpty, "\(path)")
        }
        #expect(try await server.send(.head, "/api/races/r-0").status == 404)
    }
}
