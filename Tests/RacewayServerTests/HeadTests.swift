import RacewayServer
import Testing

/// What never becomes a request, and the rules of HTTP/1 around those that do.
@Suite(.timeLimit(.minutes(10))) struct HeadTests {
    private static let host = "Host: localhost\r\n"

    private static func limits(_ change: (inout ServerLimits) -> Void) -> ServerConfiguration {
        var limits = ServerLimits()
        change(&limits)
        return ServerConfiguration(port: 0, limits: limits)
    }

    @Test(arguments: [
        ("GET /health HTTP/1.1\r\n\r\n", 400), ("GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET /health HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400), ("GET /health HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        ("GET /health HTTP/1.1\r\nHost: u@a\r\n\r\n", 400), ("GET /health HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        ("GET http://b/health HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET HTTP://u@a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("\u{1}\u{2}\u{3}\r\n\r\n", 400), ("GET /health\r\n\r\n", 505), ("GET  /health HTTP/1.1\r\n\r\n", 400),
        ("GET /health HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        ("GET /health HTTP/1.1\r\nHost: a\r\n folded: x\r\n\r\n", 400),
        ("GET /health HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n", 400),
        ("GET /health HTTP/1.1\r\nHost: a\r\nX: a\rSet-Cookie: b\r\n\r\n", 400),
        ("GET /health HTTP/7.3\r\nHost: a\r\n\r\n", 505), ("GET /health HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        ("POST /events HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("POST /events HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}", 400),
        ("POST /events HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST /events HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("POST /events HTTP/1.1\r\nHost: a\r\nExpect: the-impossible\r\n\r\n", 417),
        ("GET /health HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 40_000))\r\n\r\n", 431),
        ("GET /\(String(repeating: "x", count: 40_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 431),
        ("GET /health HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: y\r\n", count: 300))\r\n", 431),
    ])
    func `a broken head has its answer, and the connection ends`(_ request: String, _ status: Int) async throws {
        try await withServer { port in
            let heard = try await RawSocket(port: port).send(request)
            #expect(heard.hasPrefix("HTTP/1.1 \(status) "), "\(request.prefix(80)): \(heard.prefix(200))")
            #expect(heard.lowercased().contains("connection: close"))
            #expect(heard.matches(of: #/HTTP\/1\.1 \d/#).count == 1, "more than one answer: \(heard.prefix(400))")
            #expect(try await RawSocket(port: port).send("GET /health HTTP/1.0\r\n\r\n").contains("200 OK"))
        }
    }

    @Test func `a request in absolute form is one for its path, when it names one host`() async throws {
        try await withServer { port in
            for target in ["http://localhost/health", "http://LOCALHOST/health"] {
                let request = "GET \(target) HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n"
                let heard = try await RawSocket(port: port).send(request)
                #expect(heard.hasPrefix("HTTP/1.1 200 "), "\(target)")
            }
        }
    }

    @Test func `coding of a transfer that is not ours is said so`() async throws {
        try await withServer { port in
            let head = "POST /events HTTP/1.1\r\n\(Self.host)Transfer-Encoding: gzip, chunked\r\n\r\n"
            let heard = try await RawSocket(port: port).send(head)
            #expect(heard.hasPrefix("HTTP/1.1 501 ") || heard.hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func `a refusal waits for the answers before it`() async throws {
        try await withServer { port in
            let good = "GET /health HTTP/1.1\r\n\(Self.host)\r\n"
            let heard = try await RawSocket(port: port).send(good + good + "nonsense\r\n\r\n")
            let statuses = heard.matches(of: #/HTTP\/1\.1 (\d+) /#).map { Int($0.1) }
            #expect(statuses == [200, 200, 400])
        }
    }

    @Test(arguments: ["zz\r\n{}\r\n0\r\n\r\n", "-2\r\n{}\r\n", "2\r\n{}0\r\n\r\n"])
    func `a broken chunk is 400`(_ chunks: String) async throws {
        try await withServer { port in
            let head =
                "POST /events HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            let heard = try await RawSocket(port: port).send(head + chunks)
            #expect(heard.hasPrefix("HTTP/1.1 400 "), "\(heard)")
            #expect(heard.contains("not framed"))
        }
    }

    @Test func `who asks first is told to go on`() async throws {
        try await withServer { port in
            let body = #"{"events":[]}"#
            let head =
                "POST /events HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\nExpect: 100-continue\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n"
            let heard = try await RawSocket(port: port).converse(
                [("", head), ("100 Continue", body)],
                until: "success"
            )
            #expect(heard.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), "\(heard)")
        }
    }

    @Test(arguments: ["/events", "/api/login"])
    func `who asks first with too much hears it before sending`(_ path: String) async throws {
        try await withServer(Self.limits { $0.bodyBytesMax = 1_000 }) { port in
            let head = "POST \(path) HTTP/1.1\r\n\(Self.host)Expect: 100-continue\r\nContent-Length: 2000\r\n\r\n"
            let heard = try await RawSocket(port: port).send(head)
            #expect(heard.hasPrefix("HTTP/1.1 413 "), "\(heard)")
            #expect(!heard.contains("100 Continue"))
        }
    }

    @Test func `a length that nobody would read is refused at once`() async throws {
        try await withServer { port in
            let head = "POST /events HTTP/1.1\r\n\(Self.host)Content-Length: 99999999999\r\n\r\n{"
            let heard = try await RawSocket(port: port).send(head)
            #expect(heard.hasPrefix("HTTP/1.1 413 "), "\(heard)")
        }
    }

    @Test func `connections of HTTP 1.0 end unless asked otherwise`() async throws {
        try await withServer { port in
            let socket = RawSocket(port: port)
            let once = try await socket.send("GET /health HTTP/1.0\r\n\r\n")
            #expect(once.contains("200 OK") && once.lowercased().contains("connection: close"))
            let ask = "GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
            let twice = try await socket.converse([("", ask), ("last_error", "GET /health HTTP/1.0\r\n\r\n")])
            #expect(twice.matches(of: #/200 OK/#).count == 2)
            #expect(twice.lowercased().contains("connection: keep-alive"))
        }
    }

    @Test func `Connection close is obeyed however it is written`() async throws {
        try await withServer { port in
            let heard = try await RawSocket(port: port).send(
                "GET /health HTTP/1.1\r\n\(Self.host)connection: Close\r\n\r\n"
            )
            #expect(heard.contains("200 OK"))
        }
    }

    @Test func `a head that trickles loses its connection`() async throws {
        try await withServer(Self.limits { $0.headTime = .milliseconds(100) }) { port in
            let heard = try await RawSocket(port: port).send("GET /health HTTP/1.1\r\nHost: a\r\nX-1: ")
            #expect(heard.isEmpty)
        }
    }

    @Test func `a body that trickles is 408`() async throws {
        try await withServer(Self.limits { $0.bodyTime = .milliseconds(100) }) { port in
            let head =
                "POST /events HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
            let heard = try await RawSocket(port: port).send(head)
            #expect(heard.hasPrefix("HTTP/1.1 408 "), "\(heard)")
        }
    }

    @Test(arguments: [
        "/../../etc/passwd", "/assets/../../etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2fetc/passwd",
        "/api/traces/../../etc/passwd", "//etc/passwd", "/%00", "/assets/", "/.git/config",
    ])
    func `paths lead nowhere but to routes`(_ path: String) async throws {
        try await withServer { port in
            let heard = try await RawSocket(port: port).send("GET \(path) HTTP/1.0\r\n\r\n")
            #expect(
                heard.hasPrefix("HTTP/1.1 404 ") || heard.hasPrefix("HTTP/1.1 400 "),
                "\(path): \(heard.prefix(60))"
            )
            #expect(!heard.contains("root:"))
        }
    }

    @Test func `what a client sends comes back in no header`() async throws {
        try await withServer { port in
            let paths = ["/x%0d%0aSet-Cookie:%20a=b", "/api/traces/%0d%0aX-Evil:1", "/api/races?q=%0d%0aX-Evil:%201"]
            for path in paths {
                let request = "GET \(path) HTTP/1.0\r\nX-Request-ID: a%0d%0aX-Evil: 1\r\nOrigin: http://a\"b\r\n\r\n"
                let heard = try await RawSocket(port: port).send(request)
                let head = heard.components(of: "\r\n\r\n")[0].lowercased()
                #expect(!head.contains("evil") && !head.contains("set-cookie"), "\(head)")
            }
        }
    }
}

extension String {
    /// The parts between occurrences of a separator.
    fileprivate func components(of separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
