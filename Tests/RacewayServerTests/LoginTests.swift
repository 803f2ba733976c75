import HTTPTypes
import Hummingbird
import NIOCore
import RacewayConfiguration
import Synchronization
import Testing

@testable import RacewayServer

/// Logging in to the page.
struct LoginTests {
    private static let right = #"{"password":"open sesame"}"#
    private static let wrong = #"{"password":"open barley"}"#
    /// Hashed once: each hash takes a tenth of a second on purpose.
    private static let hash = PasswordHash(hashing: "open sesame".utf8)

    private static func server(_ change: (inout ServerConfiguration) -> Void = { _ in }) -> TestServer {
        var configuration = ServerConfiguration()
        configuration.login = LoginPolicy(password: Secret(hash.description), attemptsMax: 3)
        change(&configuration)
        return TestServer(RacewayApplication(configuration: configuration, logger: TestServer.silent))
    }

    /// The cookie of a fresh session, as a browser sends it.
    private static func session(_ server: TestServer, _ path: String = "/api/login") async throws -> String {
        let cookie = try #require(try await server.post(right, path).headers[.setCookie])
        return String(cookie.prefix { $0 != ";" })
    }

    @Test func `nothing is shown without a login, and everything with one`() async throws {
        let server = Self.server()
        let before = try await server.get("/api/session").json
        #expect(before["authenticated"] == .bool(false) && before["auth_required"] == .bool(true))
        for path in ["/api/races", "/api/traces", "/status", "/metrics", "/api/config", "/openapi.json"] {
            #expect(try await server.get(path).status == 401, "\(path)")
        }
        let cookie = try await Self.session(server)
        for path in ["/api/races", "/api/traces", "/status", "/metrics", "/api/config", "/openapi.json"] {
            #expect(try await server.get(path, headers: [.cookie: "a=b; \(cookie)"]).status == 200, "\(path)")
        }
        let after = try await server.get("/api/session", headers: [.cookie: cookie]).json
        #expect(after["authenticated"] == .bool(true))
        #expect((after["expires_in_seconds"].integer ?? 0) > 43_000)
        // Senders need no login, pages and probes neither.
        #expect(try await server.post(Fixture.transfer()).status == 200)
        for path in ["/", "/races", "/healthz", "/readyz"] {
            #expect(try await server.get(path).status == 200, "\(path)")
        }
    }

    @Test func `a wrong password is 401, and too many have to wait`() async throws {
        let server = Self.server()
        for _ in 0..<3 { #expect(try await server.post(Self.wrong, "/api/login").status == 401) }
        let locked = try await server.post(Self.right, "/api/login")
        #expect(locked.status == 429)
        #expect((locked.headers[.retryAfter].flatMap { Int($0) } ?? 0) > 200)
        #expect(locked.headers[.setCookie] == nil)
    }

    @Test func `a logout ends the session, not only the cookie`() async throws {
        let server = Self.server()
        let cookie = try await Self.session(server)
        let out = try await server.send(.post, "/api/logout", headers: [.cookie: cookie])
        #expect(out.status == 204)
        #expect(out.headers[.setCookie]?.contains("Max-Age=0") == true)
        #expect(try await server.get("/api/races", headers: [.cookie: cookie]).status == 401)
    }

    @Test func `the cookie is for this server's pages alone, and secure behind TLS`() async throws {
        let plain = try await Self.server().post(Self.right, "/api/login")
        #expect(plain.status == 204)
        let cookie = try #require(plain.headers[.setCookie])
        for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] { #expect(cookie.contains("; " + part)) }
        #expect(!cookie.contains("Secure"))
        let desk = LoginDesk(LoginPolicy(password: Secret(Self.hash.description)))
        #expect(desk.cookie("t", isSecure: true).hasSuffix("; Secure"))
    }

    @Test(
        arguments: [
            ([:], 403), ([.secFetchSite: "cross-site"], 403), ([.secFetchSite: "same-site"], 403),
            ([.origin: "https://evil.example"], 403), ([.origin: "null"], 403), ([.secFetchSite: "same-origin"], 404),
            ([.origin: "http://localhost"], 404),
        ] as [(HTTPFields, Int)]
    )
    func `a session decides only from a page of this server`(_ headers: HTTPFields, _ status: Int) async throws {
        let server = Self.server()
        var headers = headers
        headers[.cookie] = try await Self.session(server)
        headers[.contentType] = "application/json"
        let body = Array(#"{"state":"known"}"#.utf8)
        let answer = try await server.send(.post, "/api/races/r-none/state", headers: headers, body: body)
        #expect(answer.status == status, "\(answer.text)")
    }

    @Test func `a session does not send events where keys are asked for`() async throws {
        let server = Self.server { configuration in
            configuration.access.isRequired = true
            configuration.access.keys = [AccessKey(name: "sdk", secret: "k", roles: .ingest)]
        }
        let cookie = try await Self.session(server)
        #expect(try await server.get("/api/races", headers: [.cookie: cookie]).status == 200)
        let headers: HTTPFields = [.cookie: cookie, .contentType: "application/json", .origin: "http://localhost"]
        #expect(try await server.post(bytes: Array(Fixture.transfer().utf8), headers: headers).status == 403)
        #expect(
            try await server.get(
                "/api/races",
                headers: [.cookie: "raceway_session=\(String(repeating: "0", count: 64))"]
            ).status == 401
        )
    }

    @Test func `another site cannot log a browser in`() async throws {
        let server = Self.server()
        let headers: HTTPFields = [.contentType: "application/json", .origin: "https://evil.example"]
        #expect(try await server.post(bytes: Array(Self.right.utf8), "/api/login", headers: headers).status == 403)
        #expect(
            try await server.post(bytes: Array(Self.right.utf8), "/api/login", headers: [.contentType: "text/plain"])
                .status == 415
        )
        #expect(try await server.post("{}", "/api/login").status == 422)
        #expect(
            try await server.post(#"{"password":"\#(String(repeating: "x", count: 9_000))"}"#, "/api/login").status
                == 413
        )
    }

    @Test func `without a password there is nothing to log in to`() async throws {
        let server = TestServer()
        #expect(try await server.post(Self.right, "/api/login").status == 400)
        #expect(try await server.get("/api/session").json["authenticated"] == .bool(true))
        #expect(try await server.get("/auth/check").json["auth_required"] == .bool(false))
        let refused = try await server.post(Self.right, "/auth/login")
        #expect(refused.status == 400)
        #expect(try refused.json["error"] == .string("UI authentication is not enabled"))
    }

    @Test func `the reference's clients log in their way`() async throws {
        let server = Self.server()
        let bad = try await server.post(Self.wrong, "/auth/login")
        #expect(bad.status == 401)
        #expect(try bad.json == JSONNode(parsing: Array(#"{"success":false,"message":"Invalid password"}"#.utf8)))
        let good = try await server.post(Self.right, "/auth/login")
        #expect(try good.json == JSONNode(parsing: Array(#"{"success":true,"message":"Login successful"}"#.utf8)))
        let cookie = try await Self.session(server, "/auth/login")
        let check = try await server.get("/auth/check", headers: [.cookie: cookie])
        #expect(try check.json == JSONNode(parsing: Array(#"{"authenticated":true,"auth_required":true}"#.utf8)))
        let out = try await server.send(.post, "/auth/logout", headers: [.cookie: cookie])
        #expect(try out.json["message"] == .string("Logged out successfully"))
        #expect(try await server.get("/auth/check", headers: [.cookie: cookie]).json["authenticated"] == .bool(false))
    }

    @Test func `a configured password may be a hash, and a broken hash is refused`() throws {
        #expect(PasswordHash(Self.hash.description) == Self.hash)
        #expect(Self.hash.matches("open sesame".utf8) && !Self.hash.matches("open sesam".utf8))
        #expect(PasswordHash(hashing: "open sesame".utf8) != Self.hash)
        for text in [
            "", "x", "$scrypt$", "$scrypt$ln=40,r=8,p=1$AAAAAAAAAAAAAAAA$\(String(repeating: "A", count: 43))",
            "$argon2id$v=19$m=1$a$b",
        ] {
            #expect(PasswordHash(text) == nil, "\(text)")
        }
        var loader = ConfigurationLoader()
        loader.assignments = [.init(path: "server.ui_password", text: "$scrypt$ln=1$hunter2")]
        let configuration = try loader.load().configuration
        #expect { try ServerConfiguration(configuration, version: "1") } throws: {
            "\($0)".contains("server.ui_password") && !"\($0)".contains("hunter2")
        }
    }
}

struct SessionTests {
    @Test func `a session ends when its time is over, whatever is done with it`() {
        var sessions = Sessions(lifetime: 100)
        let token = sessions.begin(now: 0)
        #expect(sessions.remaining(token, now: 60) == 40)
        #expect(sessions.remaining(token, now: 100) == nil)
        #expect(sessions.remaining("", now: 0) == nil)
    }

    @Test func `tokens are never alike, and sessions bounded`() {
        var sessions = Sessions(lifetime: 100)
        let tokens = (0..<(Sessions.sessionsMax + 10)).map { sessions.begin(now: Double($0) / 1_000) }
        #expect(Set(tokens).count == tokens.count && tokens.allSatisfy { $0.count == 64 })
        #expect(tokens.filter { sessions.remaining($0, now: 2) != nil }.count == Sessions.sessionsMax)
        #expect(sessions.remaining(tokens[tokens.count - 1], now: 2) != nil)
    }
}

struct LockoutTests {
    @Test func `an address waits after its attempts, and begins anew then`() {
        var lockout = Lockout(attemptsMax: 2, time: 10)
        #expect(lockout.attempt("a", now: 0) == nil && lockout.attempt("a", now: 1) == nil)
        #expect(lockout.attempt("a", now: 2) == 9)
        #expect(lockout.attempt("b", now: 2) == nil)
        #expect(lockout.attempt("a", now: 11) == nil && lockout.attempt("a", now: 12) == nil)
        #expect(lockout.attempt("a", now: 13) != nil)
        lockout.forgive("a")
        #expect(lockout.attempt("a", now: 14) == nil)
    }

    @Test func `addresses of one subscriber wait together`() {
        var lockout = Lockout(attemptsMax: 1, time: 10)
        #expect(lockout.attempt("2001:db8:1:2::1", now: 0) == nil)
        #expect(lockout.attempt("2001:db8:1:2:ffff::9", now: 0) != nil)
        #expect(lockout.attempt("2001:db8:1:3::1", now: 0) == nil)
    }

    @Test func `addresses from outside cost bounded memory`() {
        var lockout = Lockout(attemptsMax: 1, time: 1_000)
        for number in 0..<(Lockout.addressesMax + 5) {
            #expect(lockout.attempt("n\(number)", now: Double(number) / 100) == nil)
        }
        #expect(lockout.attempt("n\(Lockout.addressesMax + 4)", now: 200) != nil)
        #expect(lockout.attempt("n0", now: 200) == nil)
    }
}
