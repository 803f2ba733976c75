import HTTPTypes
import Hummingbird
import Logging

/// Which answers are logged.
public enum AccessLog: String, Sendable, CaseIterable {
    case off
    /// Status 400 and above.
    case errors
    case all
}

/// A line for each answer. The path is the route's template, never what a client put into it; keys go by their names.
struct AccessLogMiddleware: RouterMiddleware {
    typealias Context = RacewayContext

    let mode: AccessLog
    let gate: AccessGate

    func handle(
        _ request: Request,
        context: RacewayContext,
        next: @concurrent (Request, RacewayContext) async throws -> Response
    ) async throws -> Response {
        guard mode != .off else { return try await next(request, context) }
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let status = response.status.code
        guard mode == .all || status >= 400 else { return response }
        let elapsed = (ContinuousClock.now - start).components
        let milliseconds = Double(elapsed.seconds) * 1_000 + Double(elapsed.attoseconds / 1_000_000_000_000) / 1_000
        context.logger.log(
            level: status >= 500 ? .error : .info,
            "request answered",
            metadata: [
                "request_id": "\(context.requestID)",
                "method": "\(request.method.rawValue.prefix(16))",
                "route": "\(context.endpointPath ?? "none")",
                "status": "\(status)",
                "duration_ms": "\(milliseconds)",
                "client": "\(gate.address(of: request, peer: context.peer))",
            ]
        )
        return response
    }
}
