import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import RacewayServer

/// Which names a server answers to, and which pages decide on it.
struct LocalHostTests {
    private static func admitted(
        _ host: String,
        _ change: (inout AccessPolicy) -> Void = { _ in },
        peer: String = "127.0.0.1"
    ) -> Bool {
        var policy = AccessPolicy()
        policy.isLoopbackOnly = true
        change(&policy)
        let head = HTTPRequest(method: .get, scheme: "http", authority: host, path: "/status")
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        do {
            _ = try AccessGate(policy).admit(request, role: .read, peer: peer)
            return true
        } catch {
            #expect(error.status == .misdirectedRequest)
            return false
        }
    }

    @Test(arguments: [
        ("localhost", true), ("localhost:8080", true), ("LOCALHOST:8080", true), ("127.0.0.1:8080", true),
        ("[::1]:8080", true),
        ("a.localhost", true), ("192.168.1.9", true), ("evil.example", false), ("localhost.evil.example", false),
        ("127.0.0.1.evil.example:8080", false), ("evil.example:8080", false),
    ])
    func `on loopback only names of this machine are answered to`(_ host: String, _ isAnswered: Bool) {
        #expect(Self.admitted(host) == isAnswered)
        #expect(Self.admitted(host) { $0.isLoopbackOnly = false })
    }

    @Test func `a list of names replaces that, and a trusted proxy may name anything`() throws {
        #expect(Self.admitted("evil.example") { $0.allowedHosts = ["evil.example"] })
        #expect(!Self.admitted("localhost") { $0.allowedHosts = ["evil.example"] })
        let proxy = try #require(AddressRange("127.0.0.1"))
        #expect(Self.admitted("raceway.example") { $0.trustedProxies = [proxy] })
        #expect(!Self.admitted("raceway.example", { $0.trustedProxies = [proxy] }, peer: "127.0.0.2"))
    }

    @Test(arguments: [
        ("http://localhost:3000", true), ("https://app.localhost", true), ("http://127.0.0.1:5173", true),
        ("http://[::1]:8080", true), ("https://evil.example", false), ("http://6.6.6.6", false), ("null", false),
        ("http://localhost.evil.example", false), ("https://127.0.0.1.evil.example", false),
    ])
    func `where only the place guards, pages of this machine alone may read`(
        _ origin: String,
        _ mayRead: Bool
    ) async throws {
        func allowed(_ change: (inout AccessPolicy) -> Void) async throws -> String? {
            var configuration = ServerConfiguration()
            configuration.access.isLoopbackOnly = true
            change(&configuration.access)
            let server = TestServer(RacewayApplication(configuration: configuration, logger: TestServer.silent))
            return try await server.get("/healthz", headers: [.origin: origin]).headers[.accessControlAllowOrigin]
        }
        #expect(try await allowed { _ in } == (mayRead ? origin : nil))
        #expect(try await allowed { $0.origins = [origin] } == origin)
        for open in [{ $0.isRequired = true }, { $0.opensToEveryPage = true }, { $0.isLoopbackOnly = false }]
            as [@Sendable (inout AccessPolicy) -> Void]
        {
            #expect(try await allowed(open) == "*")
        }
    }

    @Test func `pages of other sites decide nothing, unless they are listed by name`() async throws {
        func status(_ origin: String?, origins: [String] = ["*"]) async throws -> Int {
            var configuration = ServerConfiguration()
            configuration.access.origins = origins
            let server = TestServer(RacewayApplication(configuration: configuration, logger: TestServer.silent))
            var headers: HTTPFields = [.contentType: "application/json"]
            headers[.origin] = origin
            let body = Array(#"{"state":"known"}"#.utf8)
            return try await server.send(.post, "/api/races/r-none/state", headers: headers, body: body).status
        }
        #expect(try await status(nil) == 404)
        #expect(try await status("http://localhost") == 404)
        #expect(try await status("https://evil.example") == 403)
        #expect(try await status("https://ops.example", origins: ["https://ops.example"]) == 404)
    }
}
