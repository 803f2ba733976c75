import Foundation
import HTTPTypes
import Testing

/// Jaeger's own suites, through this server's routes.
@Suite struct `Jaeger's suites` {
    private static let storage = "traces/jaeger-storage-suite"
    private static let translations = "traces/jaeger-otlp-translate"

    /// A search as the suite has it.
    private struct Case {
        var caption: String
        var query: [String: Any]
        var fixtures: [String]
    }

    private static func cases(_ file: String) throws -> [Case] {
        guard let bytes = Corpora.bytes(storage + "/" + file) else { return [] }
        let json = try JSONSerialization.jsonObject(with: Data(bytes)) as? [[String: Any]] ?? []
        return json.map { entry in
            Case(
                caption: entry["Caption"] as? String ?? "",
                query: entry["Query"] as? [String: Any] ?? [:],
                fixtures: entry["ExpectedFixtures"] as? [String] ?? []
            )
        }
    }

    /// The ids of the traces in a fixture.
    private static func ids(_ fixture: String) throws -> Set<String> {
        let bytes = try #require(Corpora.bytes(storage + "/traces/" + fixture + ".json"))
        let spans = try JSONNode(parsing: bytes)["resourceSpans"].elements
            .flatMap { $0["scopeSpans"].elements }.flatMap { $0["spans"].elements }
        return Set(spans.compactMap { $0["traceId"].string })
    }

    private static func filled(_ server: TestServer) async throws {
        for name in Corpora.names(in: storage + "/traces") {
            let bytes = try #require(Corpora.bytes(storage + "/traces/" + name))
            let answer = try await server.post(
                bytes: bytes,
                "/v1/traces",
                headers: [.contentType: "application/json"]
            )
            #expect(answer.status == 200 && answer.text == "{}", "\(name): \(answer.text)")
        }
    }

    private static func microseconds(_ text: Any?) throws -> Int64 {
        let text = try #require(text as? String)
        let whole = try #require(ISO8601DateFormatter().date(from: text.prefix(19) + "Z"))
        return Int64(whole.timeIntervalSince1970) * 1_000_000 + 639_875
    }

    /// The suite has durations in nanoseconds, tags as JSON values.
    private static func legacy(_ query: [String: Any]) throws -> String {
        var parts = [
            "service": query["ServiceName"] as? String ?? "",
            "start": String(try microseconds(query["StartTimeMin"])),
            "end": String(try microseconds(query["StartTimeMax"])), "limit": "\(query["NumTraces"] ?? 0)",
        ]
        parts["operation"] = query["OperationName"] as? String
        for (name, key) in [("minDuration", "DurationMin"), ("maxDuration", "DurationMax")] {
            if let length = query[key] as? Int, length > 0 { parts[name] = "\(length)ns" }
        }
        if let tags = query["Tags"] as? [String: Any] {
            let texts = tags.mapValues { value in
                let number = value as? NSNumber
                let isFlag = number.map { CFGetTypeIDIsBoolean($0) } ?? false
                return isFlag ? (number?.boolValue == true ? "true" : "false") : "\(value)"
            }
            parts["tags"] = String(decoding: try JSONSerialization.data(withJSONObject: texts), as: UTF8.self)
        }
        return parts.filter { !$0.value.isEmpty }.map { "\($0.key)=\(Query.escaped($0.value))" }.joined(separator: "&")
    }

    private static func CFGetTypeIDIsBoolean(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c" || String(cString: number.objCType) == "B"
    }

    private static func gateway(_ query: [String: Any]) throws -> String {
        var parts = [
            "query.serviceName": query["ServiceName"] as? String ?? "",
            "query.startTimeMin": query["StartTimeMin"] as? String ?? "",
            "query.startTimeMax": query["StartTimeMax"] as? String ?? "",
            "query.searchDepth": "\(query["NumTraces"] ?? 0)",
        ]
        parts["query.operationName"] = query["OperationName"] as? String
        for (name, key) in [("query.durationMin", "DurationMin"), ("query.durationMax", "DurationMax")] {
            if let length = query[key] as? Int, length > 0 { parts[name] = "\(length)ns" }
        }
        if let tags = query["Tags"] as? [String: Any] {
            parts["query.attributes"] = String(
                decoding: try JSONSerialization.data(withJSONObject: tags),
                as: UTF8.self
            )
        }
        return parts.filter { !$0.value.isEmpty }.map { "\($0.key)=\(Query.escaped($0.value))" }.joined(separator: "&")
    }

    @Test(arguments: [("queries.json", 25), ("queries_es.json", 2)])
    func `every search of the storage suite finds what Jaeger expects`(file: String, count: Int) async throws {
        guard Corpora.isPresent else { return }
        let server = TestServer()
        try await Self.filled(server)
        let cases = try Self.cases(file)
        #expect(cases.count == count)
        for test in cases {
            let expected = try test.fixtures.reduce(into: Set<String>()) { $0.formUnion(try Self.ids($1)) }
            let first = try await server.get("/jaeger/api/traces?" + Self.legacy(test.query))
            #expect(first.status == 200, "\(test.caption): \(first.text)")
            let found = try Set(first.json["data"].elements.compactMap { $0["traceID"].string })
            #expect(found == Set(expected.map(Query.shortened)), "\(test.caption)")
            let third = try await server.get("/api/v3/traces?" + Self.gateway(test.query))
            #expect(third.status == 200, "\(test.caption): \(third.text)")
            let spans = try third.json["result"]["resourceSpans"].elements
                .flatMap { $0["scopeSpans"].elements }.flatMap { $0["spans"].elements }
            #expect(Set(spans.compactMap { $0["traceId"].string }) == expected, "\(test.caption)")
        }
    }

    @Test func `operations and services are those of the fixtures`() async throws {
        guard Corpora.isPresent else { return }
        let server = TestServer()
        try await Self.filled(server)
        let services = try await server.get("/jaeger/api/services").json
        #expect(services["total"].integer == Int64(services["data"].count) && services["data"].count >= 25)
        #expect(try await server.get("/api/v3/services").json["services"] == services["data"])
        let operations = try await server.get("/jaeger/api/services/query12-service/operations").json["data"]
        #expect(operations == .array([.string("query12-operation")]))
    }

    // MARK: Translation

    /// Without what Jaeger's page adds to an answer.
    private static func comparable(_ node: JSONNode) -> JSONNode {
        let added: Set<String> = [
            "span", "process", "relativeStartTime", "depth", "hasChildren", "childSpanIds", "warnings",
        ]
        switch node {
        case .array(let elements): return .array(elements.map(comparable))
        case .object(let members):
            let kept = members.filter { !added.contains($0.key) }.sorted { $0.key < $1.key }
            return .object(kept.map { JSONNode.Member(key: $0.key, value: comparable($0.value)) })
        default: return node
        }
    }

    private static func traces(_ node: JSONNode) -> JSONNode { comparable(node["data"]) }

    @Test(arguments: [
        ("otlp2jaeger-in.json", "otlp2jaeger-out.json"),
        ("otlp2jaeger-multi-in-combined.json", "oltp2jaeger-multi-out.json"),
    ]) func `spans become those of Jaeger's translation`(input: String, output: String) async throws {
        guard let body = Corpora.bytes(Self.translations + "/" + input),
            let golden = Corpora.bytes(Self.translations + "/" + output)
        else { return }
        let expected = Self.traces(try JSONNode(parsing: golden))
        let server = TestServer()
        let headers: HTTPFields = [.contentType: "application/json"]
        let translated = try await server.post(bytes: body, "/jaeger/api/transform", headers: headers)
        #expect(translated.status == 200)
        #expect(Self.traces(try translated.json) == expected)
        // Stored and asked for; a span that came twice is there once.
        _ = try await server.post(bytes: body, "/v1/traces", headers: headers)
        let id = try #require(expected[0]["traceID"].string)
        let stored = Self.traces(try await server.get("/jaeger/api/traces/\(id)").json)
        #expect(stored[0]["processes"] == expected[0]["processes"])
        var distinct: [JSONNode] = []
        for span in expected[0]["spans"].elements where !distinct.contains(span) { distinct.append(span) }
        #expect(Query.sorted(stored[0]["spans"].elements) == Query.sorted(distinct))
    }

    @Test func `a span without a service cannot be translated`() async throws {
        guard let body = Corpora.bytes(Self.translations + "/otlp2jaeger-in-error.json") else { return }
        let answer = try await TestServer()
            .post(
                bytes: body,
                "/jaeger/api/transform",
                headers: [.contentType: "application/json"]
            )
        #expect(answer.status == 400)
        #expect(try answer.json["errors"][0]["code"] == .integer(400))
        #expect(try answer.json["data"] == .null)
    }
}

/// Small helpers of the tests of query interfaces.
enum Query {
    static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = Character(UnicodeScalar(byte)).isLetter && byte < 0x80
            if isPlain || (0x30...0x39).contains(byte) || byte == 0x2d || byte == 0x2e {
                return String(UnicodeScalar(byte))
            }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }

    /// A trace id as Jaeger writes those whose upper half is zero.
    static func shortened(_ id: String) -> String {
        id.hasPrefix("0000000000000000") ? String(id.dropFirst(16)) : id
    }

    static func sorted(_ nodes: [JSONNode]) -> [JSONNode] { nodes.sorted { $0.text < $1.text } }
}
