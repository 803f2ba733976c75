import HTTPTypes
import Hummingbird
import IngestEngine
import JSONText
import TraceFormats
import TraceModel

/// Spans of standard tracers: the OpenTelemetry protocol over HTTP, and Zipkin's second version.
///
/// A span that cannot be read costs no other one: it is counted in the answer. Sending a request again changes nothing.
enum SpanRoutes {
    /// Those of the OpenTelemetry protocol.
    static let otlpPaths: Set<String> = ["/v1/traces", "/v1/logs"]

    static func all(_ server: ServerState) -> [Route] {
        [
            otlp("/v1/traces", "Spans in, by the OpenTelemetry protocol", countName: "rejectedSpans", server),
            otlp("/v1/logs", "Log records of `race.*` in", countName: "rejectedLogRecords", server),
            .post(
                "/api/v2/spans",
                style: .spanProblem,
                role: .ingest,
                RouteAbout(
                    "Spans in, as Zipkin's second version has them",
                    body: ("application/json", .array(.any)),
                    // Empty, or JSON that tells what was rejected: no type holds for every answer.
                    status: 202
                )
            ) { request in
                let format = try zipkinFormat(request.request.headers[.contentType])
                let outcome = try await take(request, as: format, server)
                guard outcome.rejected > 0 else { return Response(status: .accepted) }
                return Answer.json(status: .accepted) { json in
                    json.object { json in
                        json.member("rejectedSpans", outcome.rejected)
                        json.member("errorMessage", outcome.message)
                    }
                }
            },
        ]
    }

    private static func otlp(
        _ path: String,
        _ summary: String,
        countName: String,
        _ server: ServerState
    ) -> Route {
        let partial = Schema.object([.optional(countName, .string), .member("errorMessage", .string)])
        let about = RouteAbout(
            summary,
            body: ("application/json", .any),
            answer: .object([.optional("partialSuccess", partial)]),
            types: ["application/x-protobuf"]
        )
        return .post(path, style: .otlp(.json), role: .ingest, about) { request in
            guard let encoding = OTLPEncoding(contentType: request.request.headers[.contentType]) else {
                throw RequestFailure(
                    .unsupportedMediaType,
                    "Expected `Content-Type: application/x-protobuf` or `application/json`",
                    field: "Content-Type"
                )
            }
            let outcome = try await take(request, as: encoding == .json ? .otlpJSON : .otlpProtobuf, server)
            return OTLPAnswer.success(
                rejected: outcome.rejected,
                countName: countName,
                message: outcome.message,
                as: encoding
            )
        }
    }

    private static func zipkinFormat(_ header: String?) throws(RequestFailure) -> SpanBody.Format {
        switch MediaType.name(header) {
        case "", "application/json": return .zipkinJSON
        case "application/x-protobuf": return .zipkinProtobuf
        default:
            throw RequestFailure(
                .unsupportedMediaType,
                "Expected `Content-Type: application/json` with an array of Zipkin v2 spans, or `application/x-protobuf`"
                    + " with a list of them",
                field: "Content-Type"
            )
        }
    }
    private static func take(
        _ request: borrowing RouteRequest,
        as format: SpanBody.Format,
        _ server: ServerState
    ) async throws -> SpanIntake.Outcome {
        let document = try await SpanRequestBody.decode(
            request.request,
            as: format,
            limit: server.limits.spanBodyBytesMax,
            eventBytesMax: server.limits.eventBytesMax
        )
        return try await SpanIntake.take(document, server)
    }
}
