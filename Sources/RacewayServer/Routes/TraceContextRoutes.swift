import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOHTTP1
import PlainHTTP
import TraceContext

/// `POST /test`: what the W3C's conformance suite for Trace Context drives, with the parser and the injector of the
/// product. Off unless `development.trace_context_test` is set; it calls addresses of this machine only.
///
/// The body is a list of calls; each is made in turn, with the headers that a service which received this request sends on.
enum TraceContextRoutes {
    /// One call: where to, and the list to send there.
    private struct Call: Codable, Sendable {
        var url: String
        var arguments: [Call]
    }

    /// Calls of one request, nested ones included.
    private static let callsMax = 64
    private static let bodyBytesMax = 1 << 20

    static func all(_ server: ServerState) -> [Route] {
        guard server.configuration.hasTraceContextTest else { return [] }
        let about = RouteAbout("Calls with propagated headers, for the W3C Trace Context suite")
        return [
            .post("/test", style: .problem, role: .admin, about) { request in
                let bytes = try await request.request.body.collect(upTo: bodyBytesMax)
                let calls = try decode(Data(bytes.readableBytesView))
                try await forward(calls, from: request.request.headers)
                return Response(status: .ok)
            }
        ]
    }

    private static func decode(_ body: Data) throws(RequestFailure) -> [Call] {
        guard let calls = try? JSONDecoder().decode([Call].self, from: body) else {
            throw RequestFailure(.badRequest, "expected a list of objects with url and arguments")
        }
        guard count(calls) <= callsMax else { throw RequestFailure(.badRequest, "more than \(callsMax) calls") }
        return calls
    }

    private static func count(_ calls: [Call]) -> Int { calls.reduce(calls.count) { $0 + count($1.arguments) } }

    private static func forward(_ calls: [Call], from fields: HTTPFields) async throws(RequestFailure) {
        let incoming = IncomingContext(headers: fields.lazy.map { ($0.name.rawName, $0.value) })
        var generator = SystemRandomNumberGenerator()
        let here = PropagationContext(continuing: incoming, using: &generator)
        for call in calls {
            guard let address = PlainAddress(call.url), address.isLoopback else {
                throw RequestFailure(.badRequest, "calls go to http:// addresses of this machine only", field: "url")
            }
            // Every call is a span of its own.
            var child = here.child(using: &generator)
            var headers: [(name: String, value: String)] = []
            child.inject(into: &headers, using: &generator)
            do {
                let body = try JSONEncoder().encode(call.arguments)
                var head = address.post(bytes: body.count)
                for header in headers { head.headers.add(name: header.name, value: header.value) }
                _ = try await HTTPExchange(host: address.host, port: address.port).send(head, body: Array(body))
            } catch {
                throw RequestFailure(.badGateway, "\(address) does not answer", field: "url")
            }
        }
    }
}
