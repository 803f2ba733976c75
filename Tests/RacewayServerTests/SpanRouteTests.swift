import HTTPTypes
import RacewayServer
import Testing

@Suite struct `Spans over HTTP` {
    private static let json: HTTPFields = [.contentType: "application/json"]
    private static let protobuf: HTTPFields = [.contentType: "application/x-protobuf"]

    /// A body with spans of these ids.
    private static func body(_ ids: String..., trace: String = "0af7651916cd43dd8448eb211c80319c") -> [UInt8] {
        let spans = ids.map {
            "{\"traceId\":\"\(trace)\",\"spanId\":\"\($0)\",\"name\":\"a\",\"startTimeUnixNano\":\"1\",\"endTimeUnixNano\":\"2\"}"
        }
        let text = spans.joined(separator: ",")
        return Array("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[\(text)]}]}]}".utf8)
    }

    /// A length-delimited field.
    private static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(content.count)] + content
    }

    /// The same in protobuf, for ids of any length.
    private static func message(trace: [UInt8], span: [UInt8]) -> [UInt8] {
        field(1, field(2, field(2, field(1, trace) + field(2, span) + field(5, Array("a".utf8)))))
    }

    private static let traceID = [UInt8](repeating: 7, count: 16)

    @Test(arguments: ["/v1/traces", "/v1/logs"]) func `full success is an empty answer of the same type`(
        path: String
    ) async throws {
        let server = TestServer()
        let text = try await server.post(bytes: Self.body("b7ad6b7169203331"), path, headers: Self.json)
        #expect(text.status == 200 && text.text == "{}" && text.headers[.contentType] == "application/json")
        let binary = try await server.post(
            bytes: Self.message(trace: Self.traceID, span: [1, 2, 3, 4, 5, 6, 7, 8]),
            path,
            headers: Self.protobuf
        )
        #expect(binary.status == 200 && binary.bytes.isEmpty)
        #expect(binary.headers[.contentType] == "application/x-protobuf")
        // An empty request is a success.
        #expect(try await server.post(bytes: [], path, headers: Self.protobuf).status == 200)
        #expect(try await server.post(bytes: Array("{}".utf8), path, headers: Self.json).text == "{}")
    }

    @Test func `a trace is found under its W3C id and as a UUID`() async throws {
        let server = TestServer()
        _ = try await server.post(
            bytes: Self.body("B7AD6B7169203331", "b7ad6b7169203332"),
            "/v1/traces",
            headers: Self.json
        )
        for id in ["0af7651916cd43dd8448eb211c80319c", "0af76519-16cd-43dd-8448-eb211c80319c"] {
            let answer = try await server.get("/api/traces/\(id)")
            #expect(answer.status == 200)
            #expect(try answer.data["events"].count == 4)
        }
        // A client that lost the answer sends again.
        _ = try await server.post(
            bytes: Self.body("b7ad6b7169203331", "b7ad6b7169203332"),
            "/v1/traces",
            headers: Self.json
        )
        let answer = try await server.get("/api/traces/0af7651916cd43dd8448eb211c80319c")
        #expect(try answer.data["events"].count == 4)
    }

    @Test func `an exported trace has the spans as they came`() async throws {
        let server = TestServer()
        let body = String(decoding: Self.body("b7ad6b7169203331"), as: UTF8.self)
            .replacing("\"name\":\"a\"", with: "\"name\":\"GET /x\",\"kind\":3,\"traceState\":\"k=v\"")
        try await server.post(body, "/v1/traces")
        let file = try await server.get("/api/traces/0af7651916cd43dd8448eb211c80319c/export?format=otlp")
        let span = try file.json["resourceSpans"][0]["scopeSpans"][0]["spans"]
        #expect(span.count == 1 && span[0]["name"] == .string("GET /x") && span[0]["kind"] == .integer(3))
        #expect(span[0]["traceState"] == .string("k=v"))
        #expect(span[0]["endTimeUnixNano"] == .string("2"))
    }

    @Test func `one bad span costs one span and is told`() async throws {
        let server = TestServer()
        let bad = ["0000000000000000", "b7ad", "b7ad6b716920333g"]
        let body = Self.body("b7ad6b7169203331", bad[0], bad[1], bad[2])
        let answer = try await server.post(bytes: body, "/v1/traces", headers: Self.json)
        #expect(answer.status == 200)
        #expect(try answer.json["partialSuccess"]["rejectedSpans"] == .string("3"))
        #expect(answer.text.contains("spans[1]: not a span id"))
        let logs = Array(
            "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":{}},{}]}]}]}".utf8
        )
        let told = try await server.post(bytes: logs, "/v1/logs", headers: Self.json)
        #expect(try told.json["partialSuccess"]["rejectedLogRecords"] == .string("1"))
        #expect(try await server.get("/api/traces/0af7651916cd43dd8448eb211c80319c").status == 200)
    }

    @Test func `an annotation that says too little is a warning, and costs nothing`() async throws {
        let server = TestServer()
        let whole = String(decoding: Self.body("b7ad6b7169203331"), as: UTF8.self)
        let body = whole.replacing("\"name\":\"a\"", with: "\"events\":[{\"name\":\"race.access\"}]")
        let answer = try await server.post(bytes: Array(body.utf8), "/v1/traces", headers: Self.json)
        #expect(answer.status == 200)
        #expect(try answer.json["partialSuccess"].keys == ["errorMessage"])
        #expect(answer.text.contains("race.access lacks race.object.id"))
        #expect(try await server.get("/api/traces/0af7651916cd43dd8448eb211c80319c").status == 200)
    }

    @Test(arguments: [0, 15, 17]) func `a trace id of the wrong length is rejected in protobuf`(
        length: Int
    ) async throws {
        let server = TestServer()
        let body = Self.message(trace: [UInt8](repeating: 7, count: length), span: [1, 2, 3, 4, 5, 6, 7, 8])
        let answer = try await server.post(bytes: body, "/v1/traces", headers: Self.protobuf)
        #expect(answer.status == 200)
        // partial_success { rejected_spans: 1, error_message }
        #expect(answer.bytes.first == 0x0a && answer.bytes.dropFirst(2).starts(with: [0x08, 1, 0x12]))
        #expect(answer.text.contains("not a trace id"))
    }

    @Test func `a body that cannot be read is 400 with a status in its own encoding`() async throws {
        let server = TestServer()
        for text in ["", "{", "[1", "7", "{\"resourceSpans\":7}"] {
            let answer = try await server.post(bytes: Array(text.utf8), "/v1/traces", headers: Self.json)
            #expect(answer.status == 400, "\(text)")
            #expect(try answer.json["code"] == .integer(3))
            #expect(answer.headers[.contentType] == "application/json")
        }
        let whole = Self.message(trace: Self.traceID, span: [1, 2, 3, 4, 5, 6, 7, 8])
        for length in 1..<10 {
            let answer = try await server.post(
                bytes: Array(whole.prefix(length)),
                "/v1/traces",
                headers: Self.protobuf
            )
            #expect(answer.status == 400)
            #expect(answer.bytes.starts(with: [0x08, 3, 0x12]))
            #expect(answer.headers[.contentType] == "application/x-protobuf")
        }
    }

    @Test func `other types, encodings and methods have the answers of the protocol`() async throws {
        let server = TestServer()
        for type in ["text/plain", "application/protobuf", ""] {
            let answer = try await server.post(
                bytes: Self.body("b7ad6b7169203331"),
                "/v1/traces",
                headers: [.contentType: type]
            )
            #expect(answer.status == 415)
        }
        var headers = Self.protobuf
        headers[.contentEncoding] = "br"
        let coded = try await server.post(bytes: [1], "/v1/traces", headers: headers)
        #expect(coded.status == 415 && coded.headers[.acceptEncoding] == "gzip, deflate")
        #expect(coded.bytes.first == 0x08)
        let read = try await server.get("/v1/traces")
        #expect(read.status == 405 && read.headers[.allow] == "POST")
        let parameters: HTTPFields = [.contentType: "Application/JSON; charset=utf-8"]
        #expect(
            try await server.post(bytes: Self.body("b7ad6b7169203331"), "/v1/traces", headers: parameters).status == 200
        )
    }

    @Test func `compressed bodies are taken, damaged ones and bombs are not`() async throws {
        var limits = ServerLimits()
        limits.spanBodyBytesMax = 1 << 20
        let server = TestServer(limits: limits)
        var headers = Self.json
        headers[.contentEncoding] = "gzip"
        let packed = try CompressionTests.gzip(Self.body("b7ad6b7169203331"))
        #expect(try await server.post(bytes: packed, "/v1/traces", headers: headers).status == 200)
        #expect(try await server.post(bytes: Array(packed.dropLast(9)), "/v1/traces", headers: headers).status == 400)
        let bomb = try CompressionTests.gzip([UInt8](repeating: 0x20, count: 8 << 20))
        let answer = try await server.post(bytes: bomb, "/v1/traces", headers: headers)
        #expect(answer.status == 413)
        #expect(try answer.json["code"] == .integer(8))
    }

    @Test func `spans may be larger than events`() async throws {
        var limits = ServerLimits()
        limits.bodyBytesMax = 1_000
        let server = TestServer(limits: limits)
        let body = Self.body("b7ad6b7169203331") + [UInt8](repeating: 0x20, count: 2_000)
        #expect(try await server.post(bytes: body, "/v1/traces", headers: Self.json).status == 200)
        #expect(try await server.post(bytes: body, "/events", headers: Self.json).status == 413)
    }

    @Test func `who sends too much is asked to come back soon, whatever the limit says`() async throws {
        var access = AccessPolicy()
        access.rate = RatePolicy(perMinute: 1, burst: 1)
        let configuration = ServerConfiguration(access: access)
        let server = TestServer(RacewayApplication(configuration: configuration, logger: TestServer.silent))
        for path in ["/v1/traces", "/v1/logs", "/api/v2/spans"] {
            // At once: a minute apart both would be taken.
            async let first = server.post(bytes: Array("{}".utf8), path, headers: Self.json)
            async let second = server.post(bytes: Array("{}".utf8), path, headers: Self.json)
            let refused = try await [first, second].filter { $0.status == 429 }
            #expect(!refused.isEmpty)
            #expect(refused.allSatisfy { (1...4).contains(Int($0.headers[.retryAfter] ?? "") ?? 0) })
        }
    }

    @Test func `Zipkin spans are accepted without a word`() async throws {
        let server = TestServer()
        let span =
            "{\"traceId\":\"8448eb211c80319c\",\"id\":\"b7ad6b7169203331\",\"name\":\"a\",\"timestamp\":1,\"duration\":1,"
            + "\"localEndpoint\":{\"serviceName\":\"s\"}}"
        let answer = try await server.post("[\(span)]", "/api/v2/spans")
        #expect(answer.status == 202 && answer.bytes.isEmpty)
        #expect(try await server.get("/api/traces/00000000000000008448eb211c80319c").status == 200)
        let partial = try await server.post("[\(span),{\"id\":\"7\"}]", "/api/v2/spans")
        #expect(partial.status == 202)
        #expect(try partial.json["rejectedSpans"] == .integer(1))
        #expect(try await server.post("[", "/api/v2/spans").status == 400)
        #expect(try await server.post("[]", "/api/v2/spans").status == 202)
        #expect(try await server.post("[]", "/api/v2/spans", type: "application/x-thrift").status == 415)
    }

    @Test(
        .enabled(if: Corpora.isPresent),
        arguments: [
            ("otlp_http_protobuf", "", "application/x-protobuf"),
            ("otlp_http_protobuf_gzip", "gzip", "application/x-protobuf"),
            ("otlp_http_protobuf_deflate", "deflate", "application/x-protobuf"),
            ("otlp_http_protobuf_300events", "", "application/x-protobuf"), ("otlp_grpc", "", "application/x-protobuf"),
            ("otlp_http_json", "", "application/json"), ("zipkin_v2_json", "", "application/json"),
        ]
    )
    func `bodies of real exporters are taken and told as events`(
        name: String,
        coding: String,
        type: String
    ) async throws {
        let server = TestServer()
        let body = try #require(Corpora.bytes("traces/wire-python-sdk/\(name).body"))
        var headers: HTTPFields = [.contentType: type]
        if !coding.isEmpty { headers[.contentEncoding] = coding }
        let isZipkin = name == "zipkin_v2_json"
        let answer = try await server.post(bytes: body, isZipkin ? "/api/v2/spans" : "/v1/traces", headers: headers)
        #expect(answer.status == (isZipkin ? 202 : 200), "\(answer.text)")
        #expect(answer.bytes.isEmpty || answer.text == "{}")
        let list = try await server.get("/api/traces")
        #expect(list.text.contains("\"services\":[\"checkout\"]"))
    }
}
