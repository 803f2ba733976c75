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

    /// An attack, and whether its connection has to end.
    enum Attack: String, CaseIterable, CustomTestStringConvertible {
        // CVE-2023-44487, and its turn of CVE-2025-8671 where the server has to send the resets
        case rapidReset, resetByServer
        // CVE-2024-27316
        case continuation, emptyContinuation
        // CVE-2019-9515, 9512, 9518, 9513
        case settings, ping, emptyData, priority
        /// One large entry of the table, referred to again and again: megabytes of fields in kilobytes.
        case table
        case manyFields

        var testDescription: String { rawValue }

        /// What costs less to read than to count.
        var isHarmless: Bool { self == .priority || self == .manyFields }
    }

    private static func bytes(_ attack: Attack) -> [UInt8] {
        let open = Client.frame(.headers, Client.endStream, 1, request)
        switch attack {
        case .rapidReset:
            return streams(2_000) { stream in
                Client.frame(.headers, whole, stream, request) + Client.frame(.reset, 0, stream, Client.word(8))
            }
        case .resetByServer:
            let broken = Client.block([("connection", "close")])
            return streams(2_000) { Client.frame(.headers, whole, $0, broken) }
        case .continuation:
            let field = Client.block([("x", "y")])
            return open + repeated(20_000, Client.frame(.continuation, 0, 1, field))
        case .emptyContinuation: return open + repeated(20_000, Client.frame(.continuation, 0, 1))
        case .settings: return repeated(50_000, Client.frame(.settings, 0, 0, [0, 3, 0, 0, 0, 1]))
        case .ping: return repeated(50_000, Client.frame(.ping, 0, 0, Array(repeating: 0, count: 8)))
        case .emptyData:
            let head = Client.frame(.headers, Client.endHeaders, 1, request)
            return head + repeated(20_000, Client.frame(.data, 0, 1))
        case .priority: return repeated(50_000, Client.frame(.priority, 0, 1, [0, 0, 0, 0, 1]))
        case .table:
            // With incremental indexing (RFC 7541 section 6.2.1), then by its index.
            var entry = Client.block([("x", String(repeating: "y", count: 3_900))])
            entry[0] = 0x40
            let again = [UInt8](repeating: 0xbe, count: 10_000)
            return Client.frame(.headers, whole, 1, request + entry + again)
        case .manyFields:
            let fields = Client.block((0..<900).map { ("x-\($0)", "y") })
            return Client.frame(.headers, whole, 1, request + fields)
        }
    }

    @Test(arguments: Attack.allCases) func `of frames are sent away`(attack: Attack) async throws {
        let bytes = Self.bytes(attack)
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
                #expect(!isHeard || attack.isHarmless, "\(attack): served")
            }
            #expect(ProcessMetrics.now().residentBytes - before < 256 << 20, "\(attack)")
            #expect(try await `Heads over HTTP 2`.isWell(client), "\(attack): nobody else is served")
        }
    }
}
