import NIOHTTP1
import PlainHTTP
import ProtocolVectors
import Testing

@testable import SDKConformance

@Suite struct `A run` {
    @Test func `without an adapter says so`() async throws {
        // Nobody listens on the port of the discard service here.
        let address = try #require(PlainAddress("http://127.0.0.1:9"))
        await #expect(throws: ConformanceError.self) { try await SDKRun(address).run() }
        await #expect(throws: ConformanceError.self) { try await ServerRun(address).run() }
    }

    @Test func `collects what is posted, and answers as it is told`() async throws {
        let answers = [RecordingVector.Answer(status: 503, retryAfter: 7), .init(status: 0)]
        let received = try await RecordingSink.collect(answers) { server in
            let address = try #require(PlainAddress(server))
            let exchange = HTTPExchange(host: address.host, port: address.port)
            let body = Array("{}".utf8)
            let busy = try await exchange.send(address.post("/events", bytes: body.count), body: body)
            #expect(busy.status == 503)
            #expect(busy.headers.first(name: "Retry-After") == "7")
            await #expect(throws: (any Error).self) {
                try await exchange.send(address.post("/events", bytes: body.count), body: body)
            }
            #expect(try await exchange.send(address.post("/other", bytes: body.count), body: body).status == 200)
        }
        #expect(received.map(\.status) == [503, 0, 200])
        #expect(received.map(\.path) == ["/events", "/events", "/other"])
    }

    @Test(arguments: [
        ("http://127.0.0.1:7000", "127.0.0.1", 7_000, "", true),
        ("http://localhost/a?b", "localhost", 80, "/a?b", true),
        ("http://[::1]:8080/x", "::1", 8_080, "/x", true), ("http://example.com", "example.com", 80, "", false),
        ("http://127.0.0.1.example.com", "127.0.0.1.example.com", 80, "", false),
    ])
    func `reads addresses`(text: String, host: String, port: Int, path: String, isLoopback: Bool) throws {
        let address = try #require(PlainAddress(text))
        #expect(address.host == host && address.port == port && address.path == path)
        #expect(address.isLoopback == isLoopback)
    }

    @Test(arguments: [
        "", "127.0.0.1", "https://a", "http://", "http://a b", "http://u@a", "http://a:0", "http://a:99999",
        "http://a#b",
    ])
    func `refuses what is no plain address`(text: String) {
        #expect(PlainAddress(text) == nil)
    }
}
