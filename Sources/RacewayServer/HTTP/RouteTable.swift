import HTTPTypes
import Hummingbird
import IngestEngine
import Logging
import TraceFormats
import TraceStore

/// Every route of the server, and what answers where there is none.
struct RouteTable: Sendable {
    let routes: [Route]
    private let server: ServerState
    /// Routes by the number of segments of their paths.
    private let bySegments: [[Route]]

    /// What is served where.
    enum Scope: Sendable {
        case everything
        /// `/metrics` on a port of its own, with the probes.
        case metrics
        /// What exporters post, on a port of its own.
        case exports(OTLPTransport)
    }

    init(_ server: ServerState, _ scope: Scope = .everything) {
        self.server = server
        let routes = Self.routes(of: scope, server)
        let segments = routes.map { Route.segments($0.path).count }
        self.routes = routes
        bySegments = (0...(segments.max() ?? 0)).map { count in
            zip(routes, segments).filter { $0.1 == count }.map(\.0)
        }
    }

    private static func routes(of scope: Scope, _ server: ServerState) -> [Route] {
        switch scope {
        case .everything: all(server)
        case .metrics: observation(server)
        case .exports(.grpc): GRPCRoutes.all(server)
        case .exports(.http): SpanRoutes.all(server).filter { SpanRoutes.otlpPaths.contains($0.path) }
        }
    }

    private static func all(_ server: ServerState) -> [Route] {
        let metrics = server.configuration.metrics
        let others = [
            StatusRoutes.all(server), EventRoutes.all(server), TraceListRoutes.all(server),
            TraceRoutes.all(server), GlobalRoutes.all(server), ServiceRoutes.all(server), MetricRoutes.all(server),
            RaceRoutes.all(server), DeadlockRoutes.all(server), AnomalyRoutes.all(server), ExportRoutes.all(server),
            TimelineRoutes.all(server), CompareRoutes.all(server), VariableRoutes.all(server), GraphRoutes.all(server),
            StatisticRoutes.all(server), LiveRoutes.all(server), ConfigRoutes.all(server), LoginRoutes.all(server),
            ProbeRoutes.all(server), metrics.isEnabled && metrics.port == 0 ? PrometheusRoutes.all(server) : [],
            SpanRoutes.all(server), CoverageRoutes.all(server), DifferenceRoutes.all(server), DemoRoutes.all(server),
            ZipkinRoutes.all(server), JaegerRoutes.all(server), JaegerGatewayRoutes.all(server),
            TempoRoutes.all(server), SearchRoutes.all(server),
        ].flatMap(\.self)
        // The page, calls and the conformance test are no part of the API, so they are not described with it.
        return IndexRoutes.all(server, describing: others) + others + PageRoutes.all(server) + GRPCRoutes.all(server)
            + TraceContextRoutes.all(server)
    }

    /// What a port for metrics alone answers.
    private static func observation(_ server: ServerState) -> [Route] {
        ProbeRoutes.all(server) + PrometheusRoutes.all(server)
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
        router.add(middleware: BodyMiddleware(table: self, time: limits.bodyTime, budget: server.bodies))
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

    /// What a request needs, and how its failures are told.
    struct Match: Sendable {
        /// What a key must allow.
        var role: AccessRoles
        var style: RouteStyle
        /// Bytes that the body may have.
        var bodyLimit: Int
        /// Answered whatever else goes on: probes, and documents that hold no data.
        var isExempt: Bool
    }

    /// Finds out about a request. Where there is no route, reading is what was tried.
    func find(_ request: Request) -> Match {
        let matching = matches(request)
        let method = request.method == .head ? .get : request.method
        let route = matching.first { $0.method == method }
        let style = route?.style ?? matching.first?.style ?? .envelope
        return Match(
            role: route?.role ?? .read,
            style: style.answering(request),
            bodyLimit: style.bodyBytesMax(server.limits),
            isExempt: route.map { $0.role.isEmpty && $0.method == .get } ?? false
        )
    }

    private func matches(_ request: Request) -> [Route] {
        let segments = Route.segments(request.uri.path)
        guard segments.count < bySegments.count else { return [] }
        return bySegments[segments.count].filter { $0.matches(segments) }
    }

    /// What to say about a request that no route takes: 405 when the path exists with other methods, else 404.
    func failure(for request: Request) -> (RequestFailure, RouteStyle) {
        let matching = matches(request)
        guard let first = matching.first else {
            let failure = RequestFailure(.notFound, "No such path; GET / lists what there is")
            return (failure, RouteStyle.envelope.answering(request))
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
            return failure.response(style: table.find(request).style)
        } catch let error as HTTPError where error.status == .notFound {
            let (failure, style) = table.failure(for: request)
            return failure.response(style: style)
        } catch let error as any HTTPResponseError {
            return RequestFailure(error.status, error.status.reasonPhrase)
                .response(style: table.find(request).style)
        } catch {
            context.logger.error("request failed", metadata: ["error.type": "\(type(of: error))"])
            return RequestFailure(.internalServerError, "The server failed to answer; the log names the request")
                .response(style: table.find(request).style)
        }
    }
}
