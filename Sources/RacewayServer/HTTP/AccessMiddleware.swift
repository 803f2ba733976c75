import HTTPTypes
import Hummingbird
import NIOCore

/// Lets in whom the policy lets in, and not too many at once.
struct AccessMiddleware: RouterMiddleware {
    typealias Context = RacewayContext

    let gate: AccessGate
    let table: RouteTable
    let bodyTime: Duration

    func handle(
        _ request: Request,
        context: RacewayContext,
        next: @concurrent (Request, RacewayContext) async throws -> Response
    ) async throws -> Response {
        let (role, style) = table.access(for: request)
        // Probes are answered whatever else goes on.
        if role.isEmpty { return try await next(request, context) }
        do throws(RequestFailure) {
            var context = context
            context.client = try gate.admit(request, role: role, peer: context.peer)
            guard gate.enter() else {
                throw RequestFailure(
                    .serviceUnavailable,
                    "The server is answering as many requests as it may; send it again",
                    headers: [.retryAfter: "1"]
                )
            }
            defer { gate.leave() }
            return try await Self.forward(request, context, style, next)
        } catch {
            let limit = table.bodyLimit(for: request)
            let isRead = await BodyMiddleware.drain(request, limit: limit, within: bodyTime)
            return isRead ? error.response(style: style) : BodyMiddleware.cutOff(error, style, context)
        }
    }

    /// Failures of what lies behind are answered there, so none of them is mistaken for one of the gate.
    private static func forward(
        _ request: Request,
        _ context: RacewayContext,
        _ style: RouteStyle,
        _ next: @concurrent (Request, RacewayContext) async throws -> Response
    ) async throws(RequestFailure) -> Response {
        do {
            return try await next(request, context)
        } catch {
            return RequestFailure(.internalServerError, "The server failed to answer").response(style: style)
        }
    }
}
