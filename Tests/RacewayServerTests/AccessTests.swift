import HTTPTypes
import Hummingbird
import NIOCore
import Testing
import TraceStore

@testable import RacewayServer

/// Who gets in.
struct AccessTests {
    private static let keys = [
        AccessKey(name: "sdk", secret: "ingest-secret", roles: .ingest),
        AccessKey(name: "page", secret: "read-secret", roles: .read),
        AccessKey(name: "operator", secret: "admin-secret", roles: [.admin, .read]),
        AccessKey(name: "bare", secret: "all-secret", roles: .all),
    ]

    private static func server(_ change: (inout AccessPolicy) -> Void = { _ in }) -> TestServer {
        var policy = AccessPolicy()
        policy.keys = keys
        policy.isRequired = true
        change(&policy)
        return TestServer(
            RacewayApplication(configuration: ServerConfiguration(access: policy), logger: TestServer.silent)
        )
    }

    private static func bearer(_ secret: String) -> HTTPFields { [.authorization: "Bearer \(secret)"] }

    @Test func `every route asks for its role and no other`() async throws {
        let server = Self.server()
        let routes = RouteTable(ServerState(configuration: ServerConfiguration(), store: MemoryStore())).routes
        for route in routes {
            // A stream would go on.
            let query = route.path == "/api/live" ? "?count=1" : ""
            let path = route.path.replacing(":trace_id", with: "nope").replacing(":", with: "") + query
            let body = route.method == .post ? Array(#"{"events":[]}"#.utf8) : []
            func status(_ headers: HTTPFields) async throws -> Int {
                var headers = headers
                if !body.isEmpty { headers[.contentType] = "application/json" }
                if route.style == .grpc {
                    // Calls are always answered with 200; the status is what it stands for.
                    let answer = try await SpanClient.call(path, [], headers: headers, on: server)
                    let status = answer.trailers[SpanClient.name("grpc-status")] ?? ""
                    return ["0": 200, "16": 401, "7": 403][status] ?? 0
                }
                return try await server.send(route.method, path, headers: headers, body: body).status
            }
            let anonymous = try await status([:])
            if route.role.isEmpty {
                #expect(![401, 403, 404].contains(anonymous), "\(route.path)")
                continue
            }
            #expect(anonymous == 401, "\(route.path)")
            #expect(try await status(Self.bearer("wrong")) == 401, "\(route.path)")
            for key in Self.keys {
                let secret =
                    key.name == "bare"
                    ? "all-secret" : ["sdk": "ingest", "page": "read"][key.name, default: "admin"] + "-secret"
                let answer = try await status(Self.bearer(secret))
                let isAllowed = key.roles.isSuperset(of: route.role)
                #expect((answer == 403) != isAllowed, "\(route.path) with \(key.name): \(answer)")
                #expect(answer != 401, "\(route.path) with \(key.name)")
            }
        }
    }

    @Test func `both headers carry a key, and nothing like one does`() async throws {
        let server = Self.server()
        func status(_ headers: HTTPFields) async throws -> Int {
            try await server.get("/status", headers: headers).status
        }
        #expect(try await status([.racewayKey: "read-secret"]) == 200)
        #expect(try await status([.authorization: "bearer   read-secret"]) == 200)
        for wrong in [
            "read-secret", "Basic read-secret", "Bearer", "Bearer ", "Bearer read-secre", "Bearer read-secret2",
            "Bearer READ-SECRET",
        ] {
            #expect(try await status([.authorization: wrong]) == 401, "\(wrong)")
        }
        #expect(try await status([.racewayKey: "read-secret2"]) == 401)
    }

    @Test func `a server that asks for keys and has none lets nobody in`() async throws {
        let server = Self.server { $0.keys = [] }
        #expect(try await server.get("/status", headers: Self.bearer("")).status == 401)
        #expect(try await server.get("/status", headers: Self.bearer("x")).status == 401)
        #expect(try await server.get("/health").status == 200)
    }

    @Test func `refusals speak the form of their route`() async throws {
        let server = Self.server()
        let old = try await server.get("/api/traces")
        #expect(try old.json["success"] == .bool(false))
        #expect(old.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
        let ours = try await server.get("/api/races")
        #expect(try ours.json["status"] == .integer(401))
    }

    @Test func `a key file is read, and its errors name the line and not the key`() throws {
        let keys = try AccessKeyFile.keys(in: "# keys\ningest sdk abc\n\nadmin  ops\tdef # of the operators\r\n")
        #expect(
            keys == [
                AccessKey(name: "sdk", secret: "abc", roles: .ingest),
                AccessKey(name: "ops", secret: "def", roles: [.admin, .read]),
            ]
        )
        let short = #expect(throws: AccessKeyFile.Problem.self) { try AccessKeyFile.keys(in: "read a b\nread s3cret") }
        #expect(short?.line == 2 && short?.description.contains("s3cret") == false)
        #expect(throws: AccessKeyFile.Problem.self) { try AccessKeyFile.keys(in: "root a b") }
    }

    @Test func `names that are not ours are refused`() async throws {
        let server = Self.server { policy in
            policy.allowedHosts = ["localhost", "::1", "raceway.example"]
        }
        #expect(try await server.get("/status", headers: Self.bearer("read-secret")).status == 200)
        let other = Self.server { $0.allowedHosts = ["raceway.example"] }
        #expect(try await other.get("/status", headers: Self.bearer("read-secret")).status == 421)
        #expect(try await other.get("/health").status == 200)
    }

    @Test func `pages of allowed origins may read, others not`() async throws {
        let open = Self.server()
        let any = try await open.get("/health", headers: [.origin: "https://a.example"])
        #expect(any.headers[.accessControlAllowOrigin] == "*")
        #expect(any.headers[.accessControlAllowCredentials] == nil)
        let listed = Self.server { $0.origins = ["https://a.example"] }
        let good = try await listed.get("/health", headers: [.origin: "https://a.example"])
        #expect(good.headers[.accessControlAllowOrigin] == "https://a.example")
        #expect(good.headers[.vary] == "Origin")
        let bad = try await listed.get("/health", headers: [.origin: "https://b.example"])
        #expect(bad.headers[.accessControlAllowOrigin] == nil)
        let preflight = try await listed.send(
            .options,
            "/events",
            headers: [.origin: "https://a.example", .accessControlRequestMethod: "POST"]
        )
        #expect(preflight.status == 204)
        #expect(preflight.headers[.accessControlAllowHeaders]?.contains("X-Raceway-Key") == true)
    }

    @Test func `above the rate there is 429 and a time to come back, probes excepted`() throws {
        var policy = AccessPolicy()
        policy.rate = RatePolicy(perMinute: 6, burst: 3, scope: .address)
        let gate = AccessGate(policy, now: { 100 })
        let request = Request(
            head: HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/status"),
            body: RequestBody(buffer: ByteBuffer())
        )
        for _ in 0..<3 { _ = try gate.admit(request, role: .read, peer: "10.0.0.1") }
        let refused = #expect(throws: RequestFailure.self) { try gate.admit(request, role: .read, peer: "10.0.0.1") }
        #expect(refused?.status == .tooManyRequests)
        #expect(refused?.headers[.retryAfter] == "10")
        _ = try gate.admit(request, role: .read, peer: "10.0.0.2")
        for _ in 0..<10 { _ = try gate.admit(request, role: [], peer: "10.0.0.1") }
    }

    @Test(arguments: [(RatePolicy.Scope.address, true), (.key, true), (.global, false)])
    func `guesses of keys have a rate, and cost nobody else a turn`(scope: RatePolicy.Scope, isLimited: Bool) throws {
        var policy = AccessPolicy()
        policy.keys = Self.keys
        policy.isRequired = true
        policy.rate = RatePolicy(perMinute: 6, burst: 3, scope: scope)
        let gate = AccessGate(policy, now: { 100 })
        func status(_ secret: String, _ peer: String) -> Int {
            var head = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/status")
            head.headerFields = Self.bearer(secret)
            let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
            do {
                _ = try gate.admit(request, role: .read, peer: peer)
                return 200
            } catch {
                return error.status.code
            }
        }
        let guesses = (0..<5).map { status("guess \($0)", "10.0.0.1") }
        #expect(guesses == (isLimited ? [401, 401, 401, 429, 429] : [401, 401, 401, 401, 401]))
        #expect(status("read-secret", "10.0.0.2") == 200)
    }

    @Test func `too many at once are told to come back`() {
        var policy = AccessPolicy()
        policy.concurrentRequestsMax = 2
        let gate = AccessGate(policy)
        #expect(gate.enter() && gate.enter())
        #expect(!gate.enter())
        gate.leave()
        #expect(gate.enter())
    }

    @Test func `every answer carries its id and is nobody's page`() async throws {
        let server = TestServer()
        let answer = try await server.get("/status", headers: [.requestID: "abc-1"])
        #expect(answer.headers[.requestID] == "abc-1")
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        #expect(answer.headers[.cacheControl] == "no-store")
        let forged = try await server.get("/status", headers: [.requestID: "a b\u{7f}"])
        #expect(forged.headers[.requestID]?.count == 16)
    }
}

struct TokenBucketTests {
    @Test func `a bucket gives its burst, then its rate`() {
        var buckets = TokenBuckets(RatePolicy(perMinute: 60, burst: 5))
        for _ in 0..<5 { #expect(buckets.take("a", now: 100) == nil) }
        #expect(buckets.take("a", now: 100) != nil)
        #expect(buckets.take("b", now: 100) == nil)
        #expect(buckets.take("a", now: 101) == nil)
        #expect(buckets.take("a", now: 101) != nil)
        var taken = 0
        for step in 0..<6_000 where buckets.take("a", now: 200 + Double(step) / 100) == nil { taken += 1 }
        #expect((60...66).contains(taken))
    }

    @Test func `names from outside cost bounded memory and escape nothing`() {
        var buckets = TokenBuckets(RatePolicy(perMinute: 60, burst: 1))
        var granted = 0
        for number in 0..<(2 * TokenBuckets.bucketsMax) where buckets.take("n\(number)", now: 5) == nil { granted += 1 }
        #expect(granted == TokenBuckets.bucketsMax + 1)
    }
}

struct AddressRangeTests {
    @Test func `networks hold their addresses`() throws {
        let cases: [(String, String, Bool)] = [
            ("10.0.0.0/8", "10.255.3.4", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.168.1.7", "192.168.1.7", true),
            ("192.168.1.7", "192.168.1.8", false), ("0.0.0.0/0", "1.2.3.4", true), ("0.0.0.0/0", "::1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false), ("::1", "::1", true),
            ("127.0.0.0/8", "::ffff:127.0.0.1", true), ("10.0.0.0/9", "10.128.0.0", false), ("::/0", "fe80::1", true),
        ]
        for (range, address, expected) in cases {
            #expect(try #require(AddressRange(range)).contains(address) == expected, "\(range) \(address)")
        }
        for wrong in [
            "", "10.0.0.0/33", "10.0.0", "::1/129", "1:2:3", "1::2::3", "x", "10.0.0.0/", "300.1.1.1",
            "1:2:3:4:5:6:7:8:9",
        ] {
            #expect(AddressRange(wrong) == nil, "\(wrong)")
        }
    }
}
