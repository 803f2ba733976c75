import HTTPTypes
import RacewayServer
import Testing

/// The requests of Grafana's three data sources, one after the other as Grafana sends them.
@Suite struct `Grafana's data sources` {
    private static let trace = "a1000000000000000000000000000001"
    private static let micros = SampleSpan.base * 1_000_000

    /// Three traces a second apart; the last one fails.
    private func filled() async throws -> TestServer {
        let server = TestServer()
        let spans = (1...3).flatMap { SampleSpan.call($0, start: $0 * 1_000, isError: $0 == 3) }
        try await server.post(SampleSpan.body(spans), "/v1/traces")
        return server
    }

    @Test func `Jaeger's source lists, searches and opens`() async throws {
        let server = try await filled()
        let services = try await server.get("/jaeger/api/services").json
        #expect(services["data"] == .array([.string("shop"), .string("stock")]))
        #expect(services.keys == ["data", "total", "limit", "offset", "errors"] && services["errors"] == .null)
        let operations = try await server.get("/jaeger/api/services/shop/operations").json
        #expect(operations["data"] == .array([.string("GET /buy"), .string("reserve")]))
        let kinds = try await server.get("/jaeger/api/operations?service=shop&spanKind=client").json["data"]
        #expect(kinds.count == 1 && kinds[0]["spanKind"] == .string("client"))

        let window = "start=\(Self.micros)&end=\(Self.micros + 60_000_000)"
        let tags = Query.escaped(#"{"http.response.status_code":"500"}"#)
        let failed = try await server.get(
            "/jaeger/api/traces?service=shop&operation=\(Query.escaped("GET /buy"))&tags=\(tags)&minDuration=1ms"
                + "&maxDuration=1s&limit=20&lookback=custom&\(window)"
        ).json["data"]
        #expect(failed.count == 1 && failed[0]["traceID"] == .string("a1000000000000000000000000000003"))
        let all = try await server.get("/jaeger/api/traces?service=stock&limit=2&\(window)").json["data"]
        // The newest first.
        #expect(all.elements.map { $0["traceID"].string?.last } == ["3", "2"])

        let trace = try await server.get("/jaeger/api/traces/\(Self.trace)?start=1&end=2").json["data"][0]
        #expect(trace["spans"].count == 3 && trace["processes"].members.count == 2)
        let reserve = try #require(trace["spans"].elements.first { $0["operationName"].string == "reserve" })
        #expect(reserve["startTime"].integer == Self.micros + 1_005_000 && reserve["duration"].integer == 30_000)
        #expect(reserve["references"][0]["spanID"] == .string("00000000000000a1"))

        let end = (SampleSpan.base + 3_600) * 1_000
        let calls = try await server.get("/jaeger/api/dependencies?endTs=\(end)&lookback=86400000").json["data"]
        #expect(
            calls.text == #"[{"parent":"shop","child":"stock","callCount":3}]"#
        )
    }

    @Test func `Zipkin's source lists, searches and opens`() async throws {
        let server = try await filled()
        #expect(try await server.get("/api/v2/services").text == #"["shop","stock"]"#)
        #expect(try await server.get("/api/v2/spans?serviceName=shop").text == #"["GET /buy","reserve"]"#)
        #expect(try await server.get("/api/v2/remoteServices?serviceName=shop").text == #"["stock"]"#)
        let end = (SampleSpan.base + 60) * 1_000
        let window = "endTs=\(end)&lookback=3600000"
        let found = try await server.get("/api/v2/traces?serviceName=Shop&spanName=all&\(window)&limit=2").json
        #expect(found.elements.map { $0[0]["traceId"].string?.last } == ["3", "2"])
        let failed = try await server.get(
            "/api/v2/traces?serviceName=stock&annotationQuery=error&\(window)"
        ).json
        #expect(failed.count == 1)
        let slow = try await server.get("/api/v2/traces?serviceName=stock&minDuration=20001&\(window)").json
        #expect(slow.count == 0)
        let spans = try await server.get("/api/v2/trace/\(Self.trace)").json
        let reserve = try #require(spans.elements.first { $0["name"].string == "reserve" })
        #expect(reserve["timestamp"].integer == Self.micros + 1_005_000 && reserve["duration"].integer == 30_000)
        #expect(reserve["remoteEndpoint"]["serviceName"] == .string("stock"))
        let many = try await server.get("/api/v2/traceMany?traceIds=\(Self.trace),a1000000000000000000000000000002,7")
        #expect(try many.json.count == 2)
        let links = try await server.get("/api/v2/dependencies?\(window)").json
        #expect(
            links.text == #"[{"parent":"shop","child":"stock","callCount":3,"errorCount":1}]"#
        )
    }

    @Test func `Tempo's source lists, searches and opens`() async throws {
        let server = try await filled()
        #expect(try await server.get("/tempo/api/echo").text == "echo")
        #expect(try await server.get("/tempo/api/status/buildinfo").json["version"].string?.isEmpty == false)
        let window = "start=\(SampleSpan.base)&end=\(SampleSpan.base + 60)"
        let query = Query.escaped(#"{resource.service.name="shop" && span.http.response.status_code>=500}"#)
        let found = try await server.get("/tempo/api/search?q=\(query)&limit=20&spss=3&\(window)").json["traces"]
        #expect(found.count == 1)
        #expect(found[0]["rootServiceName"] == .string("shop") && found[0]["rootTraceName"] == .string("GET /buy"))
        #expect(found[0]["durationMs"] == .integer(50))
        #expect(found[0]["startTimeUnixNano"] == .string("\((SampleSpan.base + 3) * 1_000_000_000)"))
        #expect(found[0]["spanSets"][0]["matched"] == .integer(1))
        let tags = Query.escaped(#"service.name=stock http.request.method="GET""#)
        let tagged = try await server.get("/tempo/api/search?tags=\(tags)&minDuration=50ms&maxDuration=1s&\(window)")
        #expect(try tagged.json["traces"].count == 3)

        let names = try await server.get("/tempo/api/v2/search/tags").json["scopes"]
        let resource = try #require(names.elements.first { $0["name"].string == "resource" })
        #expect(resource["tags"] == .array([.string("service.name")]))
        let values = try await server.get("/tempo/api/v2/search/tag/resource.service.name/values").json["tagValues"]
        #expect(values.elements.compactMap { $0["value"].string } == ["shop", "stock"])
        let codes = try await server.get("/tempo/api/v2/search/tag/.http.response.status_code/values").json
        #expect(codes["tagValues"][0].text == #"{"type":"int","value":"200"}"#)
        #expect(try await server.get("/tempo/api/search/tags").json["tagNames"].elements.contains(.string("order")))
        #expect(try await server.get("/tempo/api/search/tag/service.name/values").json["tagValues"].count == 2)

        let json = try await server.get("/tempo/api/v2/traces/\(Self.trace)").json
        #expect(json["trace"]["resourceSpans"].count == 2)
        #expect(try await server.get("/tempo/api/traces/\(Self.trace)").json["batches"].count == 2)
        // What protobuf says is read back by our own reader of the protocol.
        let accept: HTTPFields = [.accept: "application/protobuf"]
        let bytes = try await server.get("/tempo/api/traces/\(Self.trace)?\(window)", headers: accept)
        #expect(bytes.headers[.contentType] == "application/protobuf")
        let other = TestServer()
        let sent = try await other.post(
            bytes: bytes.bytes,
            "/v1/traces",
            headers: [.contentType: "application/x-protobuf"]
        )
        #expect(sent.status == 200 && sent.bytes.isEmpty)
        let again = try await other.get("/tempo/api/v2/traces/\(Self.trace)").json
        #expect(again["trace"] == json["trace"])
    }

    /// Lines of `/metrics` after a search, which reads whatever a scrape would leave for the next one.
    private static func lines(_ server: TestServer) async throws -> Set<String> {
        _ = try await server.get("/tempo/api/search")
        return Set(try await server.get("/metrics").text.split(separator: "\n").map(String.init))
    }

    @Test func `the panels' series count spans and calls once`() async throws {
        let server = try await filled()
        // A client that lost the answer sends again.
        try await server.post(SampleSpan.body(SampleSpan.call(3, start: 3_000, isError: true)), "/v1/traces")
        let lines = try await Self.lines(server)
        for expected in [
            #"traces_spanmetrics_calls_total{service="stock",span_name="POST /reserve",span_kind="SPAN_KIND_SERVER",status_code="STATUS_CODE_UNSET"} 2"#,
            #"traces_spanmetrics_calls_total{service="stock",span_name="POST /reserve",span_kind="SPAN_KIND_SERVER",status_code="STATUS_CODE_ERROR"} 1"#,
            #"traces_spanmetrics_latency_bucket{service="shop",span_name="GET /buy",span_kind="SPAN_KIND_SERVER",status_code="STATUS_CODE_UNSET",le="0.064"} 3"#,
            #"traces_service_graph_request_total{client="shop",server="stock",connection_type=""} 3"#,
            #"traces_service_graph_request_failed_total{client="shop",server="stock",connection_type=""} 1"#,
            #"traces_service_graph_request_server_seconds_bucket{client="shop",server="stock",connection_type="",le="0.1"} 3"#,
            #"traces_service_graph_request_client_seconds_count{client="shop",server="stock",connection_type=""} 3"#,
            #"traces_service_graph_request_total{client="user",server="shop",connection_type="virtual_node"} 3"#,
        ] {
            let isThere = lines.contains(expected)
            #expect(isThere, "\(expected)")
        }
    }

    @Test func `late halves of a call are counted when they come`() async throws {
        let server = TestServer()
        let spans = SampleSpan.call(1)
        let key = #"traces_service_graph_request_total{client="shop",server="stock",connection_type=""} "#
        for (index, span) in spans.reversed().enumerated() {
            try await server.post(SampleSpan.body([span]), "/v1/traces")
            let isThere = try await Self.lines(server).contains(key + "1")
            #expect(isThere == (index > 0))
        }
    }
}
