import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import RacewayClient
import RacewayHummingbird
import Testing
import TraceModel
import Tracing

@Suite struct `The middleware for Hummingbird` {
    private let recording = Recording()

    private func responder() -> some HTTPResponder<BasicRequestContext> {
        let router = Router()
        router.add(middleware: RacewayMiddleware(recording.tracer))
        router.get("/seats/:id") { _, _ -> String in
            Raceway.read("seats", saw: 3)
            return "3"
        }
        router.get("/broken") { _, _ -> String in throw HTTPError(.conflict) }
        return router.buildResponder()
    }

    private func get(_ path: String, _ headers: HTTPFields = [:]) async throws -> HTTPResponse.Status {
        let head = HTTPRequest(method: .get, scheme: "http", authority: "shop", path: path, headerFields: headers)
        let request = Request(head: head, body: .init(buffer: ByteBuffer()))
        let context = BasicRequestContext(
            source: ApplicationRequestContextSource(channel: NIOAsyncTestingChannel(), logger: Logger(label: "test"))
        )
        return try await responder().respond(to: request, context: context).status
    }

    private var sent: String { recording.transport.bodies.map { String(decoding: $0, as: UTF8.self) }.joined() }

    @Test func `makes a request of the caller's trace of what a handler does`() async throws {
        var headers: HTTPFields = [:]
        headers[HTTPField.Name("traceparent")!] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        #expect(try await get("/seats/7?user=alice", headers) == .ok)
        let batch = try await recording.events()
        #expect(batch.count == 3)
        #expect(Set((0..<3).map { batch[$0].trace.hex }) == ["0af7651916cd43dd8448eb211c80319c"])
        #expect(Set((0..<3).map { batch.symbols[batch[$0].upstreamSpan] }) == ["b7ad6b7169203331"])
        #expect(sent.contains(#""HttpRequest":{"method":"GET","url":"/seats/7""#))
        #expect(sent.contains(#""HttpResponse":{"status":200"#))
        #expect(!sent.contains("alice"))
    }

    @Test func `notes the status of an error`() async throws {
        #expect(try await get("/broken") == .conflict)
        _ = try await recording.events()
        #expect(sent.contains(#""HttpResponse":{"status":409"#))
    }

    @Test func `two lines of traceparent start a new trace`() async throws {
        var headers: HTTPFields = [:]
        let line = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        for _ in 0..<2 { headers.append(HTTPField(name: HTTPField.Name("traceparent")!, value: line)) }
        _ = try await get("/seats/7", headers)
        let batch = try await recording.events()
        #expect(batch[0].trace.hex != "0af7651916cd43dd8448eb211c80319c")
    }
}
