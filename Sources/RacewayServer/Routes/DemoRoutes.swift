import HTTPTypes
import Hummingbird
import IngestEngine
import JSONText
import TraceFormats
import TraceModel
import TraceStore

/// `POST /api/demo`: something to look at, for a server that holds nothing yet.
enum DemoRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .post(
                "/api/demo",
                style: .problem,
                role: .admin,
                RouteAbout(
                    "Store the demo's traces, a bank that loses updates, in a server that holds nothing yet",
                    body: ("application/json", .object([])),
                    answer: .object([.member("stored", .integer)])
                )
            ) { request in
                // A page of another site cannot send this type without asking first.
                guard EventBody.isJSON(request.request.headers[.contentType]) else {
                    throw RequestFailure(
                        .unsupportedMediaType,
                        "Expected request with `Content-Type: application/json`",
                        field: "Content-Type"
                    )
                }
                guard try await server.store.counts().events == 0 else {
                    throw RequestFailure(
                        .conflict,
                        "The demo is for a server that holds nothing yet; `raceway demo` starts one of its own"
                    )
                }
                let document = try DemoTrace.banking.withUnsafeBytes { bytes in
                    try RacewayBody.decode(bytes, options: ReadOptions(inputBytesMax: server.limits.bodyBytesMax))
                }
                let receipt = try await server.engine.ingest(document.batch)
                return Answer.json { json in
                    json.object { json in json.member("stored", receipt.stored) }
                }
            }
        ]
    }
}
