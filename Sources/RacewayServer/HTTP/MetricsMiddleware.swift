import HTTPTypes
import Hummingbird

/// Counts every answer under the template of its route, so that what clients put into paths adds no series.
struct MetricsMiddleware: RouterMiddleware {
    typealias Context = RacewayContext

    let metrics: RequestMetrics

    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    func handle(
        _ request: Request,
        context: RacewayContext,
        next: @concurrent (Request, RacewayContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        metrics.begin()
        let method = Self.methods.contains(request.method.rawValue) ? request.method.rawValue : "other"
        func end(_ status: Int) {
            let outcome = RequestMetrics.Outcome(
                method: method,
                // The router names the absence of a route so.
                route: context.endpointPath.flatMap { $0 == "NotFound" ? nil : $0 } ?? "none",
                status: status,
                begun: start
            )
            // Where there is a connection, the answer counts when it has left.
            if context.channel.flatMap({ metrics.exchanges[$0] })?.leave(outcome) != true {
                metrics.end(outcome, from: start)
            }
        }
        do {
            let response = try await next(request, context)
            end(response.status.code)
            return response
        } catch {
            end(500)
            throw error
        }
    }
}
