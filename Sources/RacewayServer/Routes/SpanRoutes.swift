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
    /// Where bodies may be as large as OTLP recommends.
    static let paths: Set<String> = ["/v1/traces", "/v1/logs", "/api/v2/spans"]

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
                    answer: .object([.optional("rejectedSpans", .integer), .optional("errorMessage", .string)]),
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

    /// Records that were not taken, and why.
    private struct Outcome {
        var rejected = 0
        var message = ""
    }

    private static func take(
        _ request: borrowing RouteRequest,
        as format: SpanBody.Format,
        _ server: ServerState
    ) async throws -> Outcome {
        let document = try await SpanRequestBody.decode(
            request.request,
            as: format,
            limit: server.limits.spanBodyBytesMax
        )
        var outcome = Outcome(rejected: document.skipped)
        var reasons = document.problems.prefix(3).map(\.message)
        if document.skipped > reasons.count { reasons.append("\(document.skipped - reasons.count) more") }
        if !document.batch.isEmpty {
            let receipt = try await server.engine.ingest(document.batch)
            let unstored = receipt.refused + receipt.dropped + receipt.evicted
            outcome.rejected += unstored
            if unstored > 0 { reasons.append("no room for \(unstored)") }
        }
        server.engine.noteUndecoded(document.skipped)
        outcome.message = reasons.joined(separator: "; ")
        return outcome
    }
}
