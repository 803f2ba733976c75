import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One keep-alive connection that posts bodies one after the other.
///
/// A plain HTTP/1.1 client: what is measured is the server, so nothing is pooled, redirected or retried out of sight.
struct LoadConnection: Sendable {
    struct Answer {
        var status: Int
        /// Seconds, when the server asks for a pause.
        var retryAfter: Int?
        var closes: Bool
        /// Nanoseconds from the first byte of the request on the wire to the last of the answer.
        var nanoseconds: Int64 = 0
    }

    private typealias Channel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    let plan: LoadPlan

    /// Sends what `next` gives, until it gives nothing, and hands every answer to `answered`.
    ///
    /// - Throws: when the connection cannot be made or breaks.
    func run(
        next: () async throws -> (body: [UInt8], contentType: String)?,
        answered: (Answer) async throws -> Void
    ) async throws {
        let wire = WireClock()
        let channel: Channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.seconds(5))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: plan.host, port: plan.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(wire)
                    if let tls = plan.tls { try channel.pipeline.syncOperations.addHandler(tls.handler()) }
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try Channel(wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            var parts = inbound.makeAsyncIterator()
            while let request = try await next() {
                try await outbound.write(contentsOf: [
                    .head(head(request.body.count, request.contentType)),
                    .body(.byteBuffer(ByteBuffer(bytes: request.body))), .end(nil),
                ])
                var answer: Answer?
                var isWhole = false
                while !isWhole, let part = try await parts.next() {
                    switch part {
                    case .head(let head):
                        answer = Answer(
                            status: Int(head.status.code),
                            retryAfter: head.headers.first(name: "Retry-After").flatMap { Int($0) },
                            closes: !head.isKeepAlive
                        )
                    case .body: break
                    case .end: isWhole = true
                    }
                }
                guard var answer, isWhole else { throw ChannelError.eof }
                answer.nanoseconds = wire.nanoseconds
                try await answered(answer)
                if answer.closes { return }
            }
        }
    }

    private func head(_ length: Int, _ type: String) -> HTTPRequestHead {
        var headers = HTTPHeaders([
            ("Host", "\(plan.host):\(plan.port)"), ("User-Agent", "raceway-loadgen"), ("Content-Type", type),
            ("Content-Length", String(length)),
        ])
        if let key = plan.apiKey { headers.add(name: "X-Raceway-Key", value: key) }
        return HTTPRequestHead(version: .http1_1, method: .POST, uri: plan.protocol.path, headers: headers)
    }
}
