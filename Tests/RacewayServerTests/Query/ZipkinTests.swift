import HTTPTypes
import Testing

/// Zipkin's interface over real traces and made ones.
@Suite struct `Zipkin's interface` {
    private static let headers: HTTPFields = [.contentType: "application/json"]

    /// Members in one order, so that what is equal looks equal.
    private static func canonical(_ node: JSONNode) -> JSONNode {
        switch node {
        case .array(let elements): .array(elements.map(canonical))
        case .object(let members):
            .object(
                members.sorted { $0.key < $1.key }.map { JSONNode.Member(key: $0.key, value: canonical($0.value)) }
            )
        default: node
        }
    }

    @Test func `every trace of Zipkin Lens comes back as it was sent`() async throws {
        let names = Corpora.names(in: "traces/zipkin-lens").filter { $0.hasSuffix(".json") }
        for name in names {
            let bytes = try #require(Corpora.bytes("traces/zipkin-lens/" + name))
            let server = TestServer()
            let taken = try await server.post(bytes: bytes, "/api/v2/spans", headers: Self.headers)
            #expect(taken.status == 202 && taken.bytes.isEmpty, "\(name)")
            let sent = try JSONNode(parsing: bytes).elements.map(Self.canonical)
            let id = try #require(sent[0]["traceId"].string)
            let trace = try await server.get("/api/v2/trace/\(id)")
            #expect(trace.status == 200)
            let expected = Query.sorted(Array(Set(sent.map(\.text))).map { .string($0) })
            let found = Query.sorted(try trace.json.elements.map { .string(Self.canonical($0).text) })
            #expect(found == expected, "\(name)")
            // The same by a search for a service of it, over all time.
            let service = sent.compactMap { $0["localEndpoint"]["serviceName"].string }.first
            let filter = service.map { "serviceName=\(Query.escaped($0))&" } ?? ""
            let list = try await server.get("/api/v2/traces?\(filter)endTs=1900000000000&lookback=1900000000000")
            #expect(try list.json.count == 1 && list.json[0].count == found.count, "\(name)")
            if let service {
                #expect(try await server.get("/api/v2/services").json.elements.contains(.string(service)))
            }
        }
    }
}
