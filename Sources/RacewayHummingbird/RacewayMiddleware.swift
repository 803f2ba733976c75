import HTTPTypes
public import Hummingbird
public import RacewayClient
import Tracing

/// Begins a server span for every request, in the trace that its headers name, so that everything the handler tracks
/// belongs to that request.
///
/// ```swift
/// router.add(middleware: RacewayMiddleware(tracer))
/// ```
///
/// Use it instead of Hummingbird's `TracingMiddleware`: it sees every header line, where the other joins them, and it knows method and
/// path before the first event. Paths are recorded without their query.
public struct RacewayMiddleware<Context: RequestContext>: RouterMiddleware {
    private let tracer: RacewayTracer

    /// A middleware that reports to `tracer`.
    public init(_ tracer: RacewayTracer) { self.tracer = tracer }

    public func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var place = InstrumentationContext.topLevel
        tracer.continueTrace(request.headers.lazy.map { ($0.name.canonicalName, $0.value) }, into: &place)
        let name = context.endpointPath ?? request.uri.path
        return try await tracer.withSpan("\(request.method.rawValue) \(name)", context: place, ofKind: .server) {
            span in
            span.updateAttributes { attributes in
                attributes["http.request.method"] = request.method.rawValue
                attributes["url.path"] = request.uri.path
                if let path = context.endpointPath { attributes["http.route"] = path }
            }
            do {
                let response = try await next(request, context)
                Self.note(response.status, on: span)
                return response
            } catch {
                Self.note((error as? any HTTPResponseError)?.status ?? .internalServerError, on: span)
                throw error
            }
        }
    }

    private static func note(_ status: HTTPResponse.Status, on span: RacewaySpan) {
        span.updateAttributes { $0["http.response.status_code"] = status.code }
        if status.code >= 500 { span.setStatus(SpanStatus(code: .error)) }
    }
}
