import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// Reads the whole body of every request, up to its bound and within its time, before a route sees it.
///
/// A client that sends before it reads never sees an answer that comes while most of its body is unread: both sides then wait for the
/// other. So what exceeds the bound is read and dropped, and the refusal follows. Who sends without end, or too slowly, is cut off,
/// and who asks first (`Expect: 100-continue`) or announces more than would ever be dropped hears it at once.
struct BodyMiddleware: RouterMiddleware {
    typealias Context = RacewayContext

    let table: RouteTable
    let time: Duration
    let budget: BodyBudget

    func handle(
        _ request: Request,
        context: RacewayContext,
        next: @concurrent (Request, RacewayContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        let route = table.find(request)
        let limit = route.bodyLimit
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        if announced > Self.dropMax(limit) || (announced > limit && Self.asksFirst(request)) {
            return Self.cutOff(Self.tooLarge(limit), route.style, context)
        }
        if Self.asksFirst(request) { context.channel?.triggerUserOutboundEvent(RequestGuard.WantsBody(), promise: nil) }
        let share = BodyBudget.Share(budget)
        // Held until the answer is there: the route reads the body.
        defer { withExtendedLifetime(share) {} }
        switch await Self.read(request.body, keeping: limit, of: share, within: time) {
        case .whole(let body):
            request.body = RequestBody(buffer: body)
            return try await next(request, context)
        case .tooLarge: throw Self.tooLarge(limit)
        case .crowded: throw Self.crowded
        case .endless: return Self.cutOff(Self.tooLarge(limit), route.style, context)
        case .broken(let reason): return Self.cutOff(RequestFailure(.badRequest, reason), route.style, context)
        case .late:
            let failure = RequestFailure(
                .requestTimeout,
                "The body did not arrive within \(time.components.seconds) s; send smaller batches"
            )
            return Self.cutOff(failure, route.style, context)
        }
    }

    /// Refuses a request whose body nobody wants, in a way that lets the client come to read the answer.
    static func refuse(
        _ failure: RequestFailure,
        _ request: Request,
        _ route: RouteTable.Match,
        within time: Duration,
        _ context: RacewayContext
    ) async -> Response {
        if asksFirst(request) { return cutOff(failure, route.style, context) }
        switch await read(request.body, keeping: 0, of: nil, within: time, dropping: dropMax(route.bodyLimit)) {
        case .whole, .tooLarge: return failure.response(style: route.style)
        default: return cutOff(failure, route.style, context)
        }
    }

    static func tooLarge(_ limit: Int) -> RequestFailure {
        RequestFailure(
            .contentTooLarge,
            "Failed to buffer the request body: length limit exceeded, at most \(limit) bytes; send smaller batches"
        )
    }

    private static var crowded: RequestFailure {
        RequestFailure(
            .serviceUnavailable,
            "The bodies of other requests fill the memory for them (server.max_inflight_body_bytes); send it again",
            headers: [.retryAfter: "1"]
        )
    }

    private static func asksFirst(_ request: Request) -> Bool { request.headers[.expect] != nil }

    /// The refusal, and a moment later the end of the connection.
    private static func cutOff(_ failure: RequestFailure, _ style: RouteStyle, _ context: RacewayContext) -> Response {
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
        /// No memory is left for it.
        case crowded
        /// Still no end after the bytes that may be dropped.
        case endless
        case late
        /// Not framed as its head said, or the client left.
        case broken(String)
    }

    private static func dropMax(_ limit: Int) -> Int { max(limit, 16 << 20) * 8 }

    private static func read(
        _ body: RequestBody,
        keeping limit: Int,
        of share: BodyBudget.Share?,
        within time: Duration,
        dropping dropLimit: Int? = nil
    ) async -> Reading {
        let dropLimit = dropLimit ?? dropMax(limit)
        return await withTaskGroup(of: Reading.self) { group in
            group.addTask {
                do { return try await collect(body, limit, share, dropLimit) } catch is HTTPParserError {
                    return .broken("The body is not framed as its head says")
                } catch {
                    return .broken("The body broke off")
                }
            }
            group.addTask {
                try? await Task.sleep(for: time)
                return .late
            }
            defer { group.cancelAll() }
            return await group.next() ?? .late
        }
    }

    private static func collect(
        _ body: RequestBody,
        _ limit: Int,
        _ share: BodyBudget.Share?,
        _ dropLimit: Int
    ) async throws -> Reading {
        var kept = ByteBuffer()
        var total = 0
        var isCrowded = false
        for try await var chunk in body {
            total += chunk.readableBytes
            isCrowded = isCrowded || (total <= limit && share?.take(chunk.readableBytes) == false)
            if total <= limit, !isCrowded {
                if kept.readableBytes == 0 { kept = chunk } else { kept.writeBuffer(&chunk) }
            } else {
                kept = ByteBuffer()
                share?.release()
                guard total <= dropLimit else { return .endless }
            }
        }
        if total > limit { return .tooLarge }
        return isCrowded ? .crowded : .whole(kept)
    }
}
