import Foundation
import HTTPTypes
import Testing

@Suite struct PageRouteTests {
    private static let browser: HTTPFields = [.accept: "text/html,application/xhtml+xml,*/*;q=0.8"]

    private static var banking: String {
        get throws {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            return try String(
                contentsOf: root.appendingPathComponent("fixtures/banking-transfer/racy.json"),
                encoding: .utf8
            )
        }
    }

    @Test func `browsers get the page at the root, everybody else the index`() async throws {
        let server = TestServer()
        let page = try await server.get("/", headers: Self.browser)
        #expect(page.headers[.contentType] == "text/html; charset=utf-8")
        #expect(page.text.hasPrefix("<!doctype html>"))
        #expect(try await server.get("/").json["name"] == .string("raceway"))
        #expect(try await server.get("/", headers: [.accept: "*/*"]).json["name"] == .string("raceway"))
    }

    @Test func `every address of the page answers with it, whatever is stored`() async throws {
        let server = TestServer()
        for path in [
            "/races", "/races/r-00000000", "/traces", "/traces/x", "/variables", "/variables/a%2Fb", "/services",
        ] {
            let page = try await server.get(path)
            #expect(page.status == 200)
            #expect(page.text.hasPrefix("<!doctype html>"))
        }
        #expect(try await server.get("/nonsense", headers: Self.browser).status == 404)
    }

    @Test func `the page may run its own script and reach its own server, and nothing else`() async throws {
        let page = try await TestServer().get("/races")
        let policy = try #require(page.headers[.contentSecurityPolicy])
        for part in [
            "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
            "frame-ancestors 'none'",
        ] {
            #expect(policy.contains(part))
        }
        #expect(!policy.contains("unsafe"))
        #expect(page.headers[.xContentTypeOptions] == "nosniff")
        #expect(page.headers[.cacheControl] == "no-cache")
    }

    @Test func `files are compressed on request and may be kept, for their names change with them`() async throws {
        let server = TestServer()
        let page = try await server.get("/races").text
        let paths = page.matches(of: /(?:href|src)="(\/assets\/[^"]+)"/).map { String($0.1) }
        #expect(paths.count == 2)
        var weight = 0
        for path in paths {
            let plain = try await server.get(path)
            #expect(plain.status == 200)
            #expect(plain.headers[.cacheControl] == "public, max-age=3600, immutable")
            let packed = try await server.get(path, headers: [.acceptEncoding: "gzip, br"])
            #expect(packed.headers[.contentEncoding] == "gzip")
            #expect(packed.bytes.prefix(2) == [0x1f, 0x8b])
            #expect(packed.bytes.count < plain.bytes.count)
            weight += packed.bytes.count
        }
        #expect(weight <= 60 * 1_024)
        #expect(try await server.get("/assets/app-0000000000000000.js").status == 404)
    }

    @Test func `one race comes with its picture and its story`() async throws {
        let server = TestServer()
        #expect(try await server.post(Self.banking).status == 200)
        let listed = try await server.get("/api/races?q=alice.balance&grade=manifested").json["races"][0]
        #expect(listed["view"] == .null)
        let race = try await server.get("/api/races/\(try #require(listed["id"].string))")
        let view = try race.json["view"]
        #expect(view["lanes"].count == 4)
        let told = view["interleavings"][0]
        #expect(told["name"] == .string("observed"))
        #expect(told["ending"] == .string("ends at 900; every serial order ends at 600"))
        #expect(
            told["steps"].elements.map { $0["value"].string } == [
                "1000", "1000", "1000", "1000", "900", "900", "900", "900",
            ]
        )
        #expect(view["proof"]["first_seen_by_second"] == .integer(0))
        #expect(race.bytes.count < 50_000)
    }
}
