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
        let route = table.find(request)
        // Probes are answered whatever else goes on.
        if route.isExempt { return try await next(request, context) }
        do throws(RequestFailure) {
            var context = context
            context.client = try gate.admit(request, role: route.role, peer: context.peer)
            guard gate.enter() else {
                throw RequestFailure(
                    .serviceUnavailable,
                    "The server is answering as many requests as it may; send it again",
                    headers: [.retryAfter: "1"]
                )
            }
            defer { gate.leave() }
            return try await Self.forward(request, context, route.style, next)
        } catch {
            return await BodyMiddleware.refuse(error, request, route, within: bodyTime, context)
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
