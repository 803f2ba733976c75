import HTTPTypes
import Hummingbird
import NIOCore

/// `/api/live`: what happens, as server-sent events.
enum LiveRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/live",
                style: .problem,
                RouteAbout(
                    "What happens: a snapshot, then changes at most four times a second; Last-Event-ID resumes",
                    query: [RouteParameter("count", "events after which the stream ends", .range(1, 1_000_000))],
                    types: ["text/event-stream"]
                )
            ) { request in
                let count = try request.pageSize(default: 1_000_000, max: 1_000_000, name: "count")
                var headers = HTTPFields()
                headers[.contentType] = "text/event-stream"
                headers[.cacheControl] = "no-store"
                // Proxies that buffer would hold events back.
                headers[.xAccelBuffering] = "no"
                if request.request.method == .head { return Response(status: .ok, headers: headers) }
                guard let seat = server.live.take() else {
                    throw RequestFailure(
                        .serviceUnavailable,
                        "\(server.live.most) clients follow already; come back later or ask /api/races",
                        headers: [.retryAfter: "10"]
                    )
                }
                let view = LiveView(resumingAt: resumed(request.request.headers[.lastEventID], server))
                let channel = request.context.channel
                let body = ResponseBody { writer in
                    var stream = LiveStream(
                        server: server,
                        seat: seat,
                        channel: channel,
                        view: view,
                        countMax: count
                    )
                    try await stream.run(&writer)
                }
                return Response(status: .ok, headers: headers, body: body)
            }
        ]
    }

    /// The revision that a client has seen, when it was this process that sent it.
    private static func resumed(_ id: String?, _ server: ServerState) -> UInt64? {
        guard let parts = id?.split(separator: ".", maxSplits: 1), parts.count == 2, parts[0] == server.live.process
        else { return nil }
        return UInt64(parts[1])
    }
}
