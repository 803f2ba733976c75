import HTTPTypes
import Hummingbird

/// Cross-origin requests of browsers (the Fetch standard's CORS protocol). Credentials are never allowed: keys travel in headers.
struct CrossOriginMiddleware: RouterMiddleware {
    typealias Context = RacewayContext

    let policy: AccessPolicy

    func handle(
        _ request: Request,
        context: RacewayContext,
        next: @concurrent (Request, RacewayContext) async throws -> Response
    ) async throws -> Response {
        guard policy.allowsCrossOrigin, let origin = request.headers[.origin] else {
            return try await next(request, context)
        }
        let isPreflight = request.method == .options && request.headers[.accessControlRequestMethod] != nil
        var response = isPreflight ? Response(status: .noContent) : try await next(request, context)
        let allowsAll = policy.origins.contains("*") && !policy.isGuardedByPlace
        if !allowsAll { response.headers.append(HTTPField(name: .vary, value: "Origin")) }
        guard policy.opensTo(origin) || policy.origins.contains(origin) else { return response }
        response.headers[.accessControlAllowOrigin] = allowsAll ? "*" : origin
        if isPreflight {
            response.headers[.accessControlAllowMethods] = "GET, HEAD, POST, OPTIONS"
            response.headers[.accessControlAllowHeaders] =
                "Authorization, Content-Type, Content-Encoding, X-Raceway-Key, traceparent, tracestate, baggage, raceway-clock"
            response.headers[.accessControlMaxAge] = "600"
        } else {
            response.headers[.accessControlExposeHeaders] = "ETag, Retry-After, X-Request-ID"
        }
        return response
    }
}
