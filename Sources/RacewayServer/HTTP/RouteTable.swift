import HTTPTypes
import Hummingbird
import IngestEngine
import Logging
import TraceStore

/// Every route of the server, and what answers where there is none.
struct RouteTable: Sendable {
    let routes: [Route]
    private let server: ServerState
    /// Every request is matched more than once, so templates are split only here, and looked for by their length.
    private let byLength: [Int: [(segments: [Substring], route: Route)]]

    init(_ server: ServerState) {
        self.server = server
        let others = [
            StatusRoutes.all(server), EventRoutes.all(server), TraceListRoutes.all(server),
            TraceRoutes.all(server), GlobalRoutes.all(server), ServiceRoutes.all(server), MetricRoutes.all(server),
            RaceRoutes.all(server), DeadlockRoutes.all(server), AnomalyRoutes.all(server), ExportRoutes.all(server),
            TimelineRoutes.all(server), CompareRoutes.all(server), VariableRoutes.all(server), GraphRoutes.all(server),
            StatisticRoutes.all(server), LiveRoutes.all(server), ProbeRoutes.all(server), PrometheusRoutes.all(server),
            SpanRoutes.all(server), ZipkinRoutes.all(server), JaegerRoutes.all(server), JaegerGatewayRoutes.all(server),
            TempoRoutes.all(server),
        ].flatMap(\.self)
        // The page is no part of the API, so it is not described with it.
        routes = IndexRoutes.all(server, describing: others) + others + PageRoutes.all(server)
        let split = routes.map { (segments: $0.path.split(separator: "/"), route: $0) }
        byLength = Dictionary(grouping: split) { $0.segments.count }
    }

    /// Routes of every method whose template a path has.
    private func matching(_ path: String) -> [Route] {
        let given = path.split(separator: "/")
        return (byLength[given.count] ?? []).filter { candidate in
            zip(candidate.segments, given).allSatisfy { $0.hasPrefix(":") || $0 == $1 }
        }.map(\.route)
    }

    /// A router with these routes and nothing else.
    func router() -> Router<RacewayContext> {
        let router = Router(context: RacewayContext.self, options: [.autoGenerateHeadEndpoints])
        let limits = server.limits
        router.add(middleware: MetricsMiddleware(metrics: server.requests))
        router.add(middleware: AnswerHeadersMiddleware())
        router.add(middleware: AccessLogMiddleware(mode: server.configuration.accessLog, gate: server.gate))
        router.add(middleware: CompressionMiddleware())
        router.add(middleware: CrossOriginMiddleware(policy: server.gate.policy))
        router.add(
            middleware: AccessMiddleware(
                gate: server.gate,
                table: self,
                bodyTime: limits.bodyTime
            )
        )
        router.add(middleware: FailureMiddleware(table: self))
        router.add(middleware: BodyMiddleware(table: self, time: limits.bodyTime))
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                let style = route.style.answering(request)
                do {
                    return try await route.handler(RouteRequest(request: request, context: context))
                } catch let failure as RequestFailure {
                    return failure.response(style: style)
                } catch let refusal as IngestRefusal {
                    return RequestFailure(refusal).response(style: style)
                } catch is StoreError {
                    return RequestFailure.storeUnavailable.response(style: style)
                }
            }
        }
        return router
    }

    /// What a request needs, and how its failures are told. Where there is no route, reading is what was tried.
    func access(for request: Request) -> (AccessRoles, RouteStyle) {
        let matching = matching(request.uri.path)
        let method = request.method == .head ? .get : request.method
        let route = matching.first { $0.method == method }
        let style = route?.style ?? matching.first?.style ?? .envelope
        return (route?.role ?? .read, style.answering(request))
    }

    /// Bytes that the body of a request may have.
    func bodyLimit(for request: Request) -> Int {
        SpanRoutes.paths.contains(request.uri.path) ? server.limits.spanBodyBytesMax : server.limits.bodyBytesMax
    }

    /// What to say about a request that no route takes: 405 when the path exists with other methods, else 404.
    func failure(for request: Request) -> (RequestFailure, RouteStyle) {
        let matching = matching(request.uri.path)
        guard let first = matching.first else {
            return (RequestFailure(.notFound, "No such path; GET / lists what there is"), .envelope)
        }
        var methods = Set(matching.map(\.method.rawValue))
        if methods.contains("GET") { methods.insert("HEAD") }
        let allowed = methods.sorted().joined(separator: ", ")
        return (
            RequestFailure(
                .methodNotAllowed,
                "\(first.path) answers to \(allowed) only",
                headers: [.allow: allowed]
            ), first.style.answering(request)
        )
    }
}

/// Turns every error that no route turned into an answer into one, and logs those that are our fault.
struct FailureMiddleware: RouterMiddleware {
    typealias Context = RacewayContext

    let table: RouteTable

    func handle(
        _ request: Request,
        context: RacewayContext,
        next: @concurrent (Request, RacewayContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let failure as RequestFailure {
            return failure.response(style: table.access(for: request).1)
        } catch let error as HTTPError where error.status == .notFound {
            let (failure, style) = table.failure(for: request)
            return failure.response(style: style)
        } catch let error as any HTTPResponseError {
            return RequestFailure(error.status, error.status.reasonPhrase)
                .response(style: table.access(for: request).1)
        } catch {
            context.logger.error("request failed", metadata: ["error.type": "\(type(of: error))"])
            return RequestFailure(.internalServerError, "The server failed to answer; the log names the request")
                .response(style: table.access(for: request).1)
        }
    }
}
