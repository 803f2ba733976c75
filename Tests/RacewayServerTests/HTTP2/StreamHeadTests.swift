import RacewayServer
import Testing

/// Heads of HTTP/2 that two parties could read differently, or that no request has, by frames that no library would send.
@Suite(.timeLimit(.minutes(5))) struct `Heads over HTTP 2` {
    typealias Fields = [(String, String)]

    /// A server that speaks HTTP/2 without TLS on the second port.
    static func withStreams(_ body: @escaping @Sendable (FrameClient) async throws -> Void) async throws {
        var configuration = ServerConfiguration(port: 0)
        configuration.otlp.grpcPort = 0
        let application = RacewayApplication(configuration: configuration, logger: TestServer.silent)
        let (ports, listening) = AsyncStream<Int>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { listening.finish() }
                try await application.run(handlingSignals: false, onOTLP: { _, port in listening.yield(port) })
            }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { return try await group.waitForAll() }
            try await body(FrameClient(port: port))
            group.cancelAll()
            try? await group.waitForAll()
        }
    }

    static let health: Fields = [
        (":method", "POST"), (":scheme", "http"), (":path", "/grpc.health.v1.Health/Check"),
        (":authority", "localhost"),
        ("content-type", "application/grpc"), ("te", "trailers"),
    ]
    static let message: [UInt8] = [0, 0, 0, 0, 0]

    /// Whether the server serves as if nothing had happened.
    static func isWell(_ client: FrameClient) async throws -> Bool {
        guard case .answered(let body) = try await client.fate(of: health, body: message) else { return false }
        return body.utf8.elementsEqual([0, 0, 0, 0, 2, 8, 1])
    }

    private static func replacing(_ name: String, _ value: String?) -> Fields {
        health.compactMap { $0.0 == name ? value.map { (name, $0) } : $0 }
    }

    @Test func `a call is answered, whether its host is named as in HTTP 2 or as in HTTP 1`() async throws {
        try await Self.withStreams { client in
            #expect(try await Self.isWell(client))
            for fields in [
                Self.replacing(":authority", nil) + [("host", "localhost")], Self.health + [("host", "LOCALHOST")],
            ] {
                let fate = try await client.fate(of: fields, body: Self.message)
                #expect(fate == .answered("\0\0\0\0\u{2}\u{8}\u{1}"))
            }
        }
    }

    @Test func `a head of which nobody knows whom it is for is refused with its reason`() async throws {
        let cases: [(Fields, Int)] = [
            (Self.replacing(":authority", nil), 400), (Self.health + [("host", "other")], 400),
            (Self.health + [("host", "localhost"), ("host", "localhost")], 400),
            (Self.replacing(":authority", "user@localhost"), 400),
            (Self.replacing(":authority", "localhost/x"), 400), (Self.health + [("content-length", "+5")], 400),
            (Self.health + [("content-length", "5"), ("content-length", "5")], 400),
            (Self.health + [("expect", "the-impossible")], 417),
            ([(":method", "CONNECT"), (":authority", "localhost:1")], 501),
        ]
        try await Self.withStreams { client in
            for (fields, status) in cases {
                let fate = try await client.fate(of: fields, body: Self.message)
                guard case .answered(let body) = fate else {
                    Issue.record("\(fields): \(fate)")
                    continue
                }
                #expect(body.contains("\"status\":\(status)"), "\(fields): \(body)")
            }
            #expect(try await Self.isWell(client))
        }
    }

    @Test func `a head that HTTP 2 forbids ends its stream or its connection`() async throws {
        let added: [(String, String)] = [
            ("connection", "close"), ("connection", "x-other"), ("keep-alive", "timeout=5"),
            ("proxy-connection", "close"),
            ("transfer-encoding", "chunked"), ("transfer-encoding", "identity"), ("upgrade", "h2c"), ("te", "gzip"),
            ("Upper-Case", "x"), ("with space", "x"), ("", "x"), ("with:colon", "x"), ("x\r\ny", "x"), ("x\0", "x"),
            ("x-cr", "a\rb"), ("x-lf", "a\nHost: other"), ("x-nul", "a\0b"), (":path", "/again"), (":status", "200"),
            (":unknown", "x"), ("content-length", "-1"), ("content-length", "abc"), ("content-length", "4"),
            ("content-length", "6"),
        ]
        var whole: [Fields] = added.map { Self.health + [$0] }
        for (name, value) in [
            (":path", ""), (":method", "G T"), (":path", "/\r\nx"), (":authority", "local\nhost"),
            (":authority", "a b"),
        ] {
            whole.append(Self.replacing(name, value))
        }
        for name in [":path", ":method", ":scheme"] { whole.append(Self.replacing(name, nil)) }
        for first in [(":method", "GET"), (":authority", "b"), ("x", "y")] { whole.append([first] + Self.health) }
        whole.append([(":protocol", "websocket")] + Self.replacing(":method", "CONNECT"))
        whole.append([])
        whole.append(Self.health + [("content-length", "5"), ("content-length", "7")])
        let all = whole
        try await Self.withStreams { client in
            for fields in all {
                let fate = try await client.fate(of: fields, body: Self.message)
                if case .answered(let body) = fate { Issue.record("answered \(body.debugDescription) to \(fields)") }
            }
            #expect(try await Self.isWell(client))
        }
    }

    @Test func `what follows a request is neither a second one nor the end of the server`() async throws {
        let ended = FrameClient.endHeaders | FrameClient.endStream
        let trailers = FrameClient.block([("x", "y")])
        let head = FrameClient.frame(.headers, FrameClient.endHeaders, 1, FrameClient.block(Self.health))
        let request = FrameClient.block(Self.health)
        let sized = FrameClient.block(Self.health + [("content-length", "5")])
        let data = FrameClient.frame(.data, FrameClient.endStream, 1, Self.message)
        let open = FrameClient.frame(.headers, FrameClient.endHeaders, 1, trailers)
        func end(_ fields: [UInt8], _ stream: UInt32 = 1) -> [UInt8] {
            FrameClient.frame(.headers, ended, stream, fields)
        }
        var cases: [[UInt8]] = []
        // Trailers that do not end, twice; a second request; fields that are no trailers.
        cases.append(head + open + open)
        cases.append(head + end(request))
        cases.append(head + end(FrameClient.block([(":path", "/x")])))
        cases.append(head + end(FrameClient.block([("transfer-encoding", "chunked")])))
        // Less than was said, more than the end, data of a stream that was never opened and of the connection.
        cases.append(end(sized))
        cases.append(head + data + FrameClient.frame(.data, 0, 1, [1]))
        cases.append(FrameClient.frame(.data, FrameClient.endStream, 5, Self.message))
        cases.append(FrameClient.frame(.data, 0, 0, [1]))
        // Streams that a client cannot open, and frames that it cannot send.
        cases.append(end(request, 0))
        cases.append(end(request, 2))
        cases.append(FrameClient.frame(.continuation, FrameClient.endHeaders, 1, trailers))
        cases.append(FrameClient.frame(.promise, FrameClient.endHeaders, 1, FrameClient.word(2) + trailers))
        // Windows and settings that cannot be, and lengths that frames cannot have.
        cases.append(FrameClient.frame(.windowUpdate, 0, 0, FrameClient.word(0)))
        cases.append(head + FrameClient.frame(.windowUpdate, 0, 1, FrameClient.word(0x7fff_ffff)))
        cases.append(FrameClient.frame(.settings, 0, 0, [0, 4, 0xff, 0xff, 0xff, 0xff]))
        cases.append(FrameClient.frame(.settings, 0, 0, [1]))
        cases.append(FrameClient.frame(.ping, 0, 0, [1]))
        cases.append(FrameClient.frame(.data, 0, 1, Array(repeating: 0, count: 20_000)))
        // A field of the table that is not there, a number without end, a table of a gigabyte.
        cases.append(end([0xff, 0xff, 0xff, 0x7f]))
        cases.append(end(Array(repeating: 0xff, count: 64)))
        cases.append(end([0x3f, 0xe1, 0xff, 0xff, 0xff, 0x03]))
        let all = cases
        try await Self.withStreams { client in
            for (number, bytes) in all.enumerated() {
                let fate = try await client.fate(of: bytes)
                // The first request of a pair may be whole, and then has its own answer.
                if case .answered(let body) = fate {
                    #expect(!body.contains("\"status\":2"), "case \(number): \(body)")
                }
            }
            #expect(try await Self.isWell(client))
        }
    }
}
