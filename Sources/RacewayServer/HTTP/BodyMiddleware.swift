import HTTPTypes
import Hummingbird
import NIOCore

/// Reads the whole body of every request, up to its bound, before a route sees it.
///
/// A client that sends before it reads never sees an answer that comes while most of its body is unread: both sides then wait for the
/// other. So what exceeds the bound is read and dropped, and the refusal follows. Who sends without end is cut off.
struct BodyMiddleware: RouterMiddleware {
    typealias Context = RacewayContext

    let limit: Int

    /// Bytes read and dropped beyond which the connection is closed under the client.
    private var drainMax: Int { max(limit, 16 << 20) * 8 }

    func handle(
        _ request: Request,
        context: RacewayContext,
        next: @concurrent (Request, RacewayContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        var body = ByteBuffer()
        var total = 0
        for try await var chunk in request.body {
            total += chunk.readableBytes
            if total <= limit {
                if body.readableBytes == 0 { body = chunk } else { body.writeBuffer(&chunk) }
            } else {
                body = ByteBuffer()
                guard total <= drainMax else { return cutOff(context) }
            }
        }
        guard total <= limit else { throw Self.tooLarge(limit) }
        request.body = RequestBody(buffer: body)
        return try await next(request, context)
    }

    static func tooLarge(_ limit: Int) -> RequestFailure {
        RequestFailure(
            .contentTooLarge,
            "Failed to buffer the request body: length limit exceeded, at most \(limit) bytes; send smaller batches"
        )
    }

    /// The refusal, and a moment later the end of the connection.
    private func cutOff(_ context: RacewayContext) -> Response {
        if let channel = context.channel {
            channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
        }
        var failure = Self.tooLarge(limit)
        failure.headers[.connection] = "close"
        return failure.response(style: .envelope)
    }
}
