import HTTPTypes
import NIOCore
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2
import NIOPosix

/// One HTTP/2 connection that makes unary calls one after the other, told in the statuses of HTTP.
struct CallConnection: Sendable {
    private typealias Stream = NIOAsyncChannel<HTTPResponsePart, HTTPRequestPart>

    let plan: LoadPlan

    /// As ``LoadConnection/run(next:answered:)``.
    func run(
        next: () async throws -> (body: [UInt8], contentType: String)?,
        answered: (LoadConnection.Answer) async throws -> Void
    ) async throws {
        let (channel, calls) = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.seconds(5))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: plan.host, port: plan.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let calls = try channel.pipeline.syncOperations.configureAsyncHTTP2Pipeline(
                        mode: .client,
                        configuration: .init()
                    ) { $0.eventLoop.makeSucceededVoidFuture() }
                    return (channel, calls)
                }
            }
        do {
            while let request = try await next() {
                let wire = WireClock()
                let stream = try await calls.openStream { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(wire)
                        try channel.pipeline.syncOperations.addHandler(HTTP2FramePayloadToHTTPClientCodec())
                        return try Stream(wrappingChannelSynchronously: channel)
                    }
                }
                var answer = try await call(stream, request.body)
                answer.nanoseconds = wire.nanoseconds
                try await answered(answer)
            }
        } catch {
            try? await channel.close()
            throw error
        }
        try await channel.close()
    }

    private func call(_ stream: Stream, _ body: [UInt8]) async throws -> LoadConnection.Answer {
        var frame = ByteBuffer()
        frame.writeInteger(0 as UInt8)
        frame.writeInteger(UInt32(body.count))
        frame.writeBytes(body)
        let message = frame
        return try await stream.executeThenClose { inbound, outbound in
            try await outbound.write(contentsOf: [.head(head), .body(message), .end(nil)])
            for try await part in inbound {
                guard case .end(let trailers) = part else { continue }
                return LoadConnection.Answer(status: Self.status(trailers), retryAfter: 1, closes: false)
            }
            throw ChannelError.eof
        }
    }

    private var head: HTTPRequest {
        var request = HTTPRequest(
            method: .post,
            scheme: "http",
            authority: "\(plan.host):\(plan.port)",
            path: plan.protocol.path,
            headerFields: [.contentType: "application/grpc", .userAgent: "raceway-loadgen"]
        )
        if let name = HTTPField.Name("te") { request.headerFields[name] = "trailers" }
        if let key = plan.apiKey, let name = HTTPField.Name("X-Raceway-Key") { request.headerFields[name] = key }
        return request
    }

    /// 200 for success, 503 for what may be sent again, anything else as it stands in the trailers beyond 1000.
    private static func status(_ trailers: HTTPFields?) -> Int {
        let code = HTTPField.Name("grpc-status").flatMap { trailers?[$0] }.flatMap { Int($0) } ?? 2
        return [0: 200, 14: 503][code] ?? 1_000 + code
    }
}
