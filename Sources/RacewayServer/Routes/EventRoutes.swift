import HTTPTypes
import Hummingbird
import IngestEngine
import JSONText
import TraceModel
import TraceStore

/// `POST /events`: what the SDKs send.
///
/// SDKs treat only 200 as success, and some send a refused body again for ever. So a body of which anything could be
/// decoded is answered with 200, and says beside the reference's keys what was left out.
enum EventRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .post(
                "/events",
                role: .ingest,
                RouteAbout(
                    "Events in, as the SDKs send them",
                    body: ("application/json", .object([.member("events", .array(.any))])),
                    answer: .envelope(
                        .string,
                        [
                            .optional("rejected", .array(.named("Rejected"))), .optional("rejected_total", .integer),
                            .optional("refused_total", .integer), .optional("dropped_total", .integer),
                        ]
                    )
                )
            ) { request in
                let document = try await EventBody.decode(
                    request.request,
                    limit: server.limits.bodyBytesMax,
                    eventBytesMax: server.limits.eventBytesMax
                )
                let receipt = try await server.engine.ingest(document.batch)
                server.engine.noteUndecoded(document.skipped)
                return answer(document, receipt, server.limits)
            }
        ]
    }

    private static func answer(_ document: TraceDocument, _ receipt: IngestReceipt, _ limits: ServerLimits) -> Response
    {
        Answer.envelope(extra: { json in
            if document.skipped > 0 {
                json.array("rejected") { json in
                    for problem in document.problems.prefix(limits.rejectedMax) {
                        json.object { json in
                            json.member("index", problem.index)
                            json.member("code", problem.code)
                            json.member("message", problem.message)
                        }
                    }
                }
                json.member("rejected_total", document.skipped)
            }
            if receipt.refused > 0 { json.member("refused_total", receipt.refused) }
            if receipt.dropped + receipt.evicted > 0 { json.member("dropped_total", receipt.dropped + receipt.evicted) }
        }) { json in
            json.value("Ingested \(receipt.stored + receipt.duplicates) events")
        }
    }
}
