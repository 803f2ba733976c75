import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import RacewayServer

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

/// The cache alone, with requests that never left it.
@Suite(.timeLimit(.minutes(5))) struct AnswerCacheTests {
    private static func request(_ path: String) -> RouteRequest {
        let head = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: path)
        let context = RacewayContext(
            source: ApplicationRequestContextSource(channel: NIOAsyncTestingChannel(), logger: TestServer.silent)
        )
        return RouteRequest(request: Request(head: head, body: RequestBody(buffer: ByteBuffer())), context: context)
    }

    private static func response(_ text: String) -> Response {
        Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// How often an answer is built when it is asked for twice.
    private static func builds(_ cache: AnswerCache, _ path: String = "/x", revision: String = "1") async -> Int {
        var built = 0
        for _ in 0..<2 {
            _ = await cache.answer(request(path), revision: revision) {
                built += 1
                return response("x")
            }
        }
        return built
    }

    @Test func `an answer is built once for a revision, and again for the next one`() async {
        let cache = AnswerCache()
        #expect(await Self.builds(cache) == 1)
        #expect(await Self.builds(cache) == 0)
        #expect(await Self.builds(cache, revision: "2") == 1)
        #expect(cache.figures.hits == 4)
        #expect(cache.figures.misses == 2)
        #expect(cache.figures.entries == 1)
    }

    @Test func `nothing is kept when that is not wanted, or no longer than it is wanted`() async {
        var settings = CacheSettings()
        settings.isEnabled = false
        #expect(await Self.builds(AnswerCache(settings)) == 2)
        settings = CacheSettings()
        settings.timeToLive = .zero
        #expect(await Self.builds(AnswerCache(settings)) == 2)
    }

    @Test func `entries and bytes stay within their bounds`() async {
        var settings = CacheSettings()
        settings.entriesMax = 8
        let few = AnswerCache(settings)
        for number in 0..<100 { _ = await Self.builds(few, "/\(number)") }
        #expect(few.figures.entries <= 8)
        #expect(few.figures.evicted >= 92)
        settings = CacheSettings()
        settings.bytesMax = 4_096
        let small = AnswerCache(settings)
        for number in 0..<100 { _ = await Self.builds(small, "/\(number)") }
        #expect(small.figures.bytes <= 4_096)
    }

    /// An answer that takes until somebody says so.
    private final class Slow: Sendable {
        let built = Mutex(0)
        let isOpen = Mutex(false)

        func ask(_ cache: AnswerCache) async {
            _ = await cache.answer(AnswerCacheTests.request("/slow"), revision: "1") {
                built.withLock { $0 += 1 }
                while !isOpen.withLock({ $0 }) { await Task.yield() }
                return AnswerCacheTests.response("slow")
            }
        }
    }

    @Test func `who asks for what is being built waits for it`() async {
        let cache = AnswerCache()
        let slow = Slow()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { await slow.ask(cache) } }
            while cache.figures.shared < 7 { await Task.yield() }
            slow.isOpen.withLock { $0 = true }
        }
        #expect(slow.built.withLock { $0 } == 1)
        #expect(cache.figures.hits == 7)
    }

    @Test func `a failure of who builds is not shared`() async {
        struct Failed: Error {}
        let cache = AnswerCache()
        await #expect(throws: Failed.self) {
            try await cache.answer(Self.request("/x"), revision: "1") { throw Failed() }
        }
        #expect(await Self.builds(cache) == 1)
    }
}
