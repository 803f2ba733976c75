import NIOCore
import NIOHTTP1
import NIOPosix

/// A small HTTP/1.1 client over a real socket.
struct SocketClient {
    let port: Int

    struct Answer {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    func send(
        _ method: String,
        _ path: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        chunked: Bool = false
    ) async throws -> Answer {
        try await exchange([Call(method: method, path: path, headers: headers, body: body, chunked: chunked)])[0]
    }

    /// Sends every request before it reads the first answer.
    func pipeline(_ paths: [String]) async throws -> [Answer] {
        try await exchange(paths.map { Call(method: "GET", path: $0, headers: [:], body: [], chunked: false) })
    }

    private struct Call {
        var method: String
        var path: String
        var headers: HTTPHeaders
        var body: [UInt8]
        var chunked: Bool
    }

    private func exchange(_ calls: [Call]) async throws -> [Answer] {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(
            host: "127.0.0.1",
            port: port
        ) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                    wrappingChannelSynchronously: channel
                )
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            for call in calls { try await write(call, to: outbound) }
            var answers: [Answer] = []
            var current: Answer?
            for try await part in inbound {
                switch part {
                case .head(let head): current = Answer(status: Int(head.status.code), headers: head.headers, body: [])
                case .body(let bytes): current?.body.append(contentsOf: bytes.readableBytesView)
                case .end:
                    if let done = current, done.status != 100 { answers.append(done) }
                    if answers.count == calls.count { return answers }
                }
            }
            return answers
        }
    }

    private func write(_ call: Call, to outbound: NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>) async throws {
        var headers = call.headers
        headers.replaceOrAdd(name: "host", value: "localhost")
        if !call.body.isEmpty {
            if headers["content-type"].isEmpty { headers.add(name: "content-type", value: "application/json") }
            if call.chunked {
                headers.add(name: "transfer-encoding", value: "chunked")
            } else {
                headers.add(name: "content-length", value: String(call.body.count))
            }
        }
        let head = HTTPRequestHead(
            version: .http1_1,
            method: .init(rawValue: call.method),
            uri: call.path,
            headers: headers
        )
        try await outbound.write(.head(head))
        var rest = call.body[...]
        while !rest.isEmpty {
            let piece = rest.prefix(64 << 10)
            rest = rest.dropFirst(piece.count)
            try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: piece))))
        }
        try await outbound.write(.end(nil))
    }
}
