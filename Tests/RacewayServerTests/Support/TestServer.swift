import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import RacewayServer
import TraceStore

/// A server without a socket: requests go straight into its responder.
struct TestServer: Sendable {
    /// Sent with every request that does not say otherwise.
    var headers: HTTPFields = [:]
    private let respond: @Sendable (Request, RacewayContext) async throws -> Response

    init(limits: ServerLimits = ServerLimits(), memory: MemoryLimits = MemoryLimits()) {
        let configuration = ServerConfiguration(limits: limits, memory: memory)
        self.init(RacewayApplication(configuration: configuration, logger: Self.silent))
    }

    init(_ application: RacewayApplication) {
        let responder = application.responder()
        respond = { request, context in try await responder.respond(to: request, context: context) }
    }

    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    /// An answer, read completely.
    struct Answer {
        var status: Int
        var headers: HTTPFields
        var bytes: [UInt8]
        var trailers: HTTPFields = [:]

        var text: String { String(decoding: bytes, as: UTF8.self) }

        /// The body as JSON.
        var json: JSONNode { get throws { try JSONNode(parsing: bytes) } }

        /// `data` of the envelope.
        var data: JSONNode { get throws { try json["data"] } }
    }

    func get(_ path: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await send(.get, path, headers: headers)
    }

    /// Posts events as an SDK does.
    @discardableResult
    func post(_ body: String, _ path: String = "/events", type: String? = "application/json") async throws -> Answer {
        try await post(bytes: Array(body.utf8), path, headers: type.map { [.contentType: $0] } ?? [:])
    }

    func post(bytes: [UInt8], _ path: String = "/events", headers: HTTPFields) async throws -> Answer {
        try await send(.post, path, headers: headers, body: bytes)
    }

    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        headers: HTTPFields = [:],
        body: [UInt8] = []
    ) async throws -> Answer {
        var headers = headers
        for field in self.headers where headers[field.name] == nil { headers.append(field) }
        let head = HTTPRequest(
            method: method,
            scheme: "http",
            authority: "localhost",
            path: path,
            headerFields: headers
        )
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
        let context = RacewayContext(
            source: ApplicationRequestContextSource(channel: NIOAsyncTestingChannel(), logger: Self.silent)
        )
        let response = try await respond(request, context)
        let collector = Collector()
        try await response.body.write(collector)
        return Answer(
            status: response.status.code,
            headers: response.headers,
            bytes: collector.bytes,
            trailers: collector.trailers
        )
    }
}
