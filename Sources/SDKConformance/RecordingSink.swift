import JSONText
import NIOCore
import NIOHTTP1
import NIOPosix
import PlainHTTP
import ProtocolVectors
import Synchronization

/// The server that an SDK under test reports to: answers as a vector says, and keeps what it got.
final class RecordingSink: Sendable {
    /// One request.
    struct Received: Sendable {
        var path: String
        var type: String
        var body: [UInt8]
        /// What it was answered; 0 for nothing.
        var status: Int
    }

    private struct State: Sendable {
        var answers: [RecordingVector.Answer]
        var received: [Received] = []
    }

    private typealias Client = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    private let state: Mutex<State>

    private init(_ answers: [RecordingVector.Answer]) { state = Mutex(State(answers: answers)) }

    /// Serves on a free port of this machine while `body` runs, and returns what came.
    static func collect(
        _ answers: [RecordingVector.Answer],
        _ body: (_ server: String) async throws -> Void
    ) async throws -> [Received] {
        let sink = RecordingSink(answers)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return try Client(wrappingChannelSynchronously: channel)
                }
            }
        let port = channel.channel.localAddress?.port ?? 0
        try await channel.executeThenClose { clients in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await withThrowingDiscardingTaskGroup { served in
                        for try await client in clients { served.addTask { try? await sink.serve(client) } }
                    }
                }
                defer { group.cancelAll() }
                try await body("http://127.0.0.1:\(port)")
            }
        }
        return sink.state.withLock { $0.received }
    }

    private func serve(_ client: Client) async throws {
        try await client.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var body: [UInt8] = []
            for try await part in inbound {
                switch part {
                case .head(let next):
                    head = next
                    body = []
                case .body(let bytes): body.append(contentsOf: bytes.readableBytesView)
                case .end:
                    guard let head, let answer = note(head, body) else { return }
                    try await outbound.write(contentsOf: Self.parts(answer))
                }
            }
        }
    }

    /// Keeps a request; `nil` when the connection is to be closed.
    private func note(_ head: HTTPRequestHead, _ body: [UInt8]) -> RecordingVector.Answer? {
        state.withLock { state in
            let next = state.answers.isEmpty ? nil : state.answers.removeFirst()
            let answer = next ?? .taken
            let type = head.headers.first(name: "Content-Type") ?? ""
            state.received.append(Received(path: head.uri, type: type, body: body, status: answer.status))
            return answer.status == 0 ? nil : answer
        }
    }

    private static func parts(_ answer: RecordingVector.Answer) -> [HTTPServerResponsePart] {
        let isTaken = answer.status == 200
        let text =
            isTaken ? #"{"success":true,"data":"","error":null}"# : #"{"success":false,"data":null,"error":"no"}"#
        var headers = HTTPHeaders([("Content-Type", "application/json"), ("Content-Length", String(text.utf8.count))])
        if let seconds = answer.retryAfter { headers.add(name: "Retry-After", value: String(seconds)) }
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status), headers: headers)
        return [.head(head), .body(.byteBuffer(ByteBuffer(string: text))), .end(nil)]
    }
}
