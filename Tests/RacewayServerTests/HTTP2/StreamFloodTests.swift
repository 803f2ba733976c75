import NIOCore
import Testing

@testable import RacewayServer

/// Clients that keep a server of HTTP/2 busy with next to nothing: each is sent away, and others are served.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `Floods over HTTP 2` {
    private typealias Client = FrameClient

    private static let request = Client.block(`Heads over HTTP 2`.health)
    private static let whole = Client.endHeaders | Client.endStream

    private static func streams(_ count: Int, _ frames: (UInt32) -> [UInt8]) -> [UInt8] {
        (0..<count).flatMap { frames(UInt32($0) * 2 + 1) }
    }

    private static func repeated(_ count: Int, _ frame: [UInt8]) -> [UInt8] {
        Array(repeating: frame, count: count).flatMap { $0 }
    }

    /// Bytes that a client may send in vain, by the attack that sends them.
    private static let attacks: [(name: String, bytes: [UInt8])] = [
        // CVE-2023-44487
        (
            "rapid reset",
            streams(2_000) { Client.frame(.headers, whole, $0, request) + Client.frame(.reset, 0, $0, Client.word(8)) }
        ),
        // CVE-2024-27316
        (
            "continuation",
            Client.frame(.headers, Client.endStream, 1, request)
                + repeated(20_000, Client.frame(.continuation, 0, 1, Client.block([("x", "y")])))
        ),
        (
            "empty continuation",
            Client.frame(.headers, Client.endStream, 1, request) + repeated(20_000, Client.frame(.continuation, 0, 1))
        ),
        // CVE-2019-9515, 9512, 9518, 9513
        ("settings", repeated(50_000, Client.frame(.settings, 0, 0, [0, 3, 0, 0, 0, 1]))),
        ("ping", repeated(50_000, Client.frame(.ping, 0, 0, Array(repeating: 0, count: 8)))),
        (
            "empty data",
            Client.frame(.headers, Client.endHeaders, 1, request) + repeated(20_000, Client.frame(.data, 0, 1))
        ),
        ("priority", repeated(50_000, Client.frame(.priority, 0, 1, [0, 0, 0, 0, 1]))),
        // Broken requests whose resets the server has to send (CVE-2025-8671).
        ("reset by us", streams(2_000) { Client.frame(.headers, whole, $0, Client.block([("connection", "close")])) }),
        // One large entry of the table, referred to again and again: gigabytes of fields in kilobytes.
        (
            "table of fields",
            Client.frame(
                .headers,
                whole,
                1,
                request + [0x40] + Client.block([("x", String(repeating: "y", count: 3_900))]).dropFirst()
                    + Array(repeating: 0xbe, count: 10_000)
            )
        ),
        (
            "fields without end",
            Client.frame(.headers, whole, 1, Client.block((0..<900).map { ("x-\($0)", "y") }) + request)
        ),
    ]

    /// What costs less to read than to count.
    private static let harmless: Set<String> = ["priority", "fields without end"]

    @Test(arguments: attacks.indices) func `of frames are sent away`(index: Int) async throws {
        let (name, bytes) = Self.attacks[index]
        try await `Heads over HTTP 2`.withStreams { client in
            let before = ProcessMetrics.now().residentBytes
            for _ in 0..<3 {
                // A server that minds nothing of it answers what comes last.
                let last: UInt32 = 200_001
                let request = Client.frame(.headers, Client.endHeaders, last, Self.request)
                let message = Client.frame(.data, Client.endStream, last, `Heads over HTTP 2`.message)
                let frames = try await client.send(bytes + request + message) { frame in
                    frame.code.map { $0 != 0 && frame.kind == Client.Kind.goAway.rawValue } ?? (frame.stream == last)
                }
                let isHeard = frames.contains { $0.stream == last }
                #expect(!isHeard || Self.harmless.contains(name), "\(name): served")
            }
            #expect(ProcessMetrics.now().residentBytes - before < 256 << 20, "\(name)")
            #expect(try await `Heads over HTTP 2`.isWell(client), "\(name): nobody else is served")
        }
    }
}
