import HTTPTypes
import Hummingbird
import NIOCore

/// Reads the whole body of every request, up to its bound and within its time, before a route sees it.
///
/// A client that sends before it reads never sees an answer that comes while most of its body is unread: both sides then wait for the
/// other. So what exceeds the bound is read and dropped, and the refusal follows. Who sends without end, or too slowly, is cut off.
struct BodyMiddleware: RouterMiddleware {
    typealias Context = RacewayContext

    let table: RouteTable
    let time: Duration

    func handle(
        _ request: Request,
        context: RacewayContext,
        next: @concurrent (Request, RacewayContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        let limit = table.bodyLimit(for: request)
        let style = table.access(for: request).1
        switch try await Self.read(request.body, keeping: limit, within: time) {
        case .whole(let body):
            request.body = RequestBody(buffer: body)
            return try await next(request, context)
        case .tooLarge: throw Self.tooLarge(limit)
        case .endless: return Self.cutOff(Self.tooLarge(limit), style, context)
        case .late:
            let failure = RequestFailure(
                .requestTimeout,
                "The body did not arrive within \(time.components.seconds) s; send smaller batches"
            )
            return Self.cutOff(failure, style, context)
        }
    }

    /// Reads a body that nobody wants, so that the client comes to read the answer.
    ///
    /// - Returns: whether its end was reached.
    static func drain(_ request: Request, limit: Int, within time: Duration) async -> Bool {
        switch try? await read(request.body, keeping: 0, within: time, dropping: dropMax(limit)) {
        case .whole, .tooLarge: true
        default: false
        }
    }

    static func tooLarge(_ limit: Int) -> RequestFailure {
        RequestFailure(
            .contentTooLarge,
            "Failed to buffer the request body: length limit exceeded, at most \(limit) bytes; send smaller batches"
        )
    }

    /// The refusal, and a moment later the end of the connection.
    static func cutOff(_ failure: RequestFailure, _ style: RouteStyle, _ context: RacewayContext) -> Response {
        if let channel = context.channel {
            channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
        }
        var failure = failure
        failure.headers[.connection] = "close"
        return failure.response(style: style)
    }

    private enum Reading: Sendable {
        case whole(ByteBuffer)
        case tooLarge
        /// Still no end after the bytes that may be dropped.
        case endless
        case late
    }

    private static func dropMax(_ limit: Int) -> Int { max(limit, 16 << 20) * 8 }

    private static func read(
        _ body: RequestBody,
        keeping limit: Int,
        within time: Duration,
        dropping dropLimit: Int? = nil
    ) async throws -> Reading {
        let dropLimit = dropLimit ?? dropMax(limit)
        return try await withThrowingTaskGroup(of: Reading.self) { group in
            group.addTask {
                var kept = ByteBuffer()
                var total = 0
                for try await var chunk in body {
                    total += chunk.readableBytes
                    if total <= limit {
                        if kept.readableBytes == 0 { kept = chunk } else { kept.writeBuffer(&chunk) }
                    } else {
                        kept = ByteBuffer()
                        guard total <= dropLimit else { return .endless }
                    }
                }
                return total <= limit ? .whole(kept) : .tooLarge
            }
            group.addTask {
                try await Task.sleep(for: time)
                return .late
            }
            defer { group.cancelAll() }
            return try await group.next() ?? .late
        }
    }
}
