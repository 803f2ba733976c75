import HTTPTypes
import Hummingbird
import IngestEngine
import NIOCore
import TraceFormats

/// The services of OTLP over gRPC, and the health of the server as load balancers ask for it.
///
/// A unary call is a POST over HTTP/2 whose body is one framed message, so calls pass through the same gate, bounds, metrics and log as
/// every other request; see `docs/adr/005-grpc-as-routes.md`.
enum GRPCRoutes {
    /// Calls whose bodies may be as large as OTLP recommends.
    static let exports: Set<String> = [traces, logs]

    private static let services = [
        "opentelemetry.proto.collector.trace.v1.TraceService", "opentelemetry.proto.collector.logs.v1.LogsService",
    ]
    private static let traces = "/\(services[0])/Export"
    private static let logs = "/\(services[1])/Export"
    private static let health = "/grpc.health.v1.Health/Check"

    static func all(_ server: ServerState) -> [Route] {
        exports.sorted().map { export($0, server) } + [check(server)]
    }

    private static func export(_ path: String, _ server: ServerState) -> Route {
        let about = RouteAbout("OTLP over gRPC", answer: .any)
        return .post(path, style: .grpc, role: .ingest, about) { request in
            let frame = try await frame(request, limit: server.limits.spanBodyBytesMax)
            let document = try SpanRequestBody.decode(
                frame.message,
                compressed: try framing(frame, request.request),
                as: .otlpProtobuf,
                limit: server.limits.spanBodyBytesMax,
                eventBytesMax: server.limits.eventBytesMax
            )
            let outcome = try await SpanIntake.take(document, server)
            return GRPCAnswer.message(OTLPAnswer.response(rejected: outcome.rejected, message: outcome.message))
        }
    }

    /// `grpc.health.v1.Health/Check`; who watches is told that this is not possible, as the protocol foresees.
    private static func check(_ server: ServerState) -> Route {
        .post(health, style: .grpc, role: [], RouteAbout("Health by gRPC", answer: .any)) { request in
            let frame = try await frame(request, limit: server.limits.bodyBytesMax)
            guard let service = service(Array(frame.message.readableBytesView)) else {
                throw RequestFailure(.badRequest, "Expected a HealthCheckRequest")
            }
            guard service.isEmpty || services.contains(service) else {
                return GRPCAnswer.failure(GRPCStatus(code: .notFound, message: "No such service"))
            }
            let isServing = !server.lifecycle.isDraining && !server.engine.readiness.findings.contains(where: \.refuses)
            var answer = ProtoWriter()
            // SERVING and NOT_SERVING.
            answer.varint(1, isServing ? 1 : 2)
            return GRPCAnswer.message(answer.bytes)
        }
    }

    private static func frame(_ request: borrowing RouteRequest, limit: Int) async throws -> GRPCFrame {
        guard GRPC.isCall(request.request) else {
            throw RequestFailure(
                .unsupportedMediaType,
                "Expected `Content-Type: application/grpc`",
                field: "Content-Type"
            )
        }
        // It is whole and within its bound already.
        return try GRPCFrame(try await request.request.body.collect(upTo: limit + GRPCFrame.headBytes))
    }

    /// How a message is compressed; the header says how those are that have the flag.
    private static func framing(
        _ frame: GRPCFrame,
        _ request: Request
    ) throws(RequestFailure) -> SpanRequestBody.Coding {
        guard frame.isCompressed else { return .identity }
        return try SpanRequestBody.coding(request.headers[.grpcEncoding], field: "grpc-encoding")
    }

    /// The name in a `HealthCheckRequest`, its only field; `nil` for what is none.
    private static func service(_ message: [UInt8]) -> String? {
        if message.isEmpty { return "" }
        guard message.count >= 2, message[0] == 1 << 3 | 2, message[1] < 0x80, Int(message[1]) == message.count - 2
        else { return nil }
        return String(decoding: message[2...], as: UTF8.self)
    }
}
