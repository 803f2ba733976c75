import HTTPTypes
import Hummingbird
import IngestEngine
import TraceFormats
import TraceModel
import TraceStore

/// `/api/traces/{id}/export`: a trace for other tools.
enum ExportRoutes {
    /// The forms in which a trace is given away.
    enum Format: String, CaseIterable {
        case raceway, chrome, otlp, jaeger, zipkin
    }

    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/traces/:trace_id/export",
                style: .problem,
                RouteAbout(
                    "A trace as a file for other tools",
                    path: TraceRoutes.tracePath,
                    query: [
                        RouteParameter(
                            "format",
                            "raceway (what POST /events takes) when absent",
                            .oneOf(Format.allCases.map(\.rawValue))
                        )
                    ],
                    answer: .any,
                    isRevised: true
                )
            ) { request in
                let id = try request.traceID()
                let name = try request.text("format") ?? Format.raceway.rawValue
                guard let format = Format(rawValue: name) else {
                    throw RequestFailure(
                        .badRequest,
                        "format must be one of " + Format.allCases.map(\.rawValue).joined(separator: ", "),
                        field: "format"
                    )
                }
                let insight = try await server.insight(of: id, task: "Export failed")
                guard insight.batch.count <= server.limits.exportEventsMax else {
                    throw RequestFailure(
                        .contentTooLarge,
                        "The trace has \(insight.batch.count) events, an export at most \(server.limits.exportEventsMax);"
                            + " read it in pages from /api/traces/\(id)"
                    )
                }
                return try await server.answers.answer(request, revision: "\(insight.summary.revision)") {
                    var response = Answer.bytes(try bytes(insight, format), type: "application/json")
                    response.headers[.contentDisposition] = "attachment; filename=\"\(id).\(format.rawValue).json\""
                    return response
                }
            }
        ]
    }

    private static func bytes(_ insight: TraceInsight, _ format: Format) throws -> [UInt8] {
        switch format {
        case .raceway: return RacewayJSONWriter.body(of: insight.batch)
        case .chrome:
            var document = TraceDocument()
            document.batch = insight.batch
            return ChromeTraceWriter.write(document)
        case .otlp: return OTLPWriter.write(spans(insight))
        case .jaeger: return try JaegerWriter.write(spans(insight))
        case .zipkin: return ZipkinWriter.write(spans(insight))
        }
    }

    private static func spans(_ insight: TraceInsight) -> [Span] {
        EventSpans(insight.batch, trace: insight.summary.id).spans
    }
}
