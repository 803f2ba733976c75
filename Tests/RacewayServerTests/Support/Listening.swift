import NIOCore
import NIOPosix
import RacewayServer
import Testing

/// Runs a server on a free port while `body` talks to it.
func withServer(
    _ configuration: ServerConfiguration = ServerConfiguration(port: 0),
    _ body: @Sendable (_ port: Int) async throws -> Void
) async throws {
    try await withServer(RacewayApplication(configuration: configuration, logger: TestServer.silent), body)
}

/// The same with a server that was made already.
func withServer(
    _ application: RacewayApplication,
    _ body: @Sendable (_ port: Int) async throws -> Void
) async throws {
    let (ports, listening) = AsyncStream<Int>.makeStream()
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { listening.finish() }
            try await application.run(handlingSignals: false) { port in listening.yield(port) }
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else { return try await group.waitForAll() }
        try await body(port)
        group.cancelAll()
        try? await group.waitForAll()
    }
}

/// Bytes as nobody checks them, over a socket.
struct RawSocket {
    let port: Int

    /// Sends a text and reads until the server closes, or until `enough` was heard.
    func send(_ text: String, until enough: String? = nil) async throws -> String {
        try await converse([("", text)], until: enough)
    }

    /// Sends what comes next whenever what was heard so far satisfies its condition, and reads until the server closes.
    func converse(_ steps: [(after: String, send: String)], until enough: String? = nil) async throws -> String {
        let channel = try await connect()
        return try await channel.executeThenClose { inbound, outbound in
            var heard = ""
            var rest = steps[...]
            while let step = rest.first, step.after.isEmpty {
                // A server that closed already has said what it had to say.
                try? await outbound.write(ByteBuffer(string: step.send))
                rest = rest.dropFirst()
            }
            for try await piece in inbound {
                heard += String(buffer: piece)
                if let step = rest.first, heard.contains(step.after) {
                    try await outbound.write(ByteBuffer(string: step.send))
                    rest = rest.dropFirst()
                }
                if rest.isEmpty, let enough, heard.contains(enough) { break }
            }
            return heard
        }
    }

    /// Sends piece after piece with pauses in between, and reads until the server closes.
    func dribble(_ pieces: [String], every pause: Duration) async throws -> String {
        let channel = try await connect()
        return try await channel.executeThenClose { inbound, outbound in
            for (number, piece) in pieces.enumerated() {
                if number > 0 { try await Task.sleep(for: pause) }
                try await outbound.write(ByteBuffer(string: piece))
            }
            var heard = ""
            for try await piece in inbound { heard += String(buffer: piece) }
            return heard
        }
    }

    private func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    }
}
