import HTTPTypes
import Testing

/// What cannot be asked is refused as each system refuses it.
@Suite struct `Failures of query interfaces` {
    @Test(arguments: [
        ("/jaeger/api/traces", 400), ("/jaeger/api/traces?service=s&start=x", 400),
        ("/jaeger/api/traces?service=s&limit=0", 400), ("/jaeger/api/traces?service=s&limit=x", 400),
        ("/jaeger/api/traces?service=s&minDuration=5", 400), ("/jaeger/api/traces?service=s&tags=%7B", 400),
        ("/jaeger/api/traces?service=s&tag=plain", 400), ("/jaeger/api/traces?traceID=zz", 400),
        ("/jaeger/api/traces?service=s&minDuration=2s&maxDuration=1s", 400),
        ("/jaeger/api/traces/zz", 400), ("/jaeger/api/traces/77", 404), ("/jaeger/api/operations", 400),
        ("/jaeger/api/dependencies?endTs=soon", 400), ("/jaeger/api/traces/77?start=x", 400),
    ]) func `Jaeger's first interface tells code and message`(path: String, status: Int) async throws {
        let answer = try await TestServer().get(path)
        #expect(answer.status == status, "\(path)")
        let json = try answer.json
        #expect(json["data"] == .null && json["errors"].count == 1)
        #expect(json["errors"][0]["code"].integer == Int64(status))
        #expect(json["errors"][0]["msg"].string?.isEmpty == false)
    }

    @Test(arguments: [
        ("/api/v3/traces", 400), ("/api/v3/traces?query.startTimeMin=x&query.startTimeMax=y", 400),
        ("/api/v3/traces?query.startTimeMin=2024-01-02T00:00:00Z&query.startTimeMax=2024-01-01T00:00:00Z", 400),
        ("/api/v3/traces/zz", 400), ("/api/v3/traces/77", 404), ("/api/v3/traces/77?startTime=x", 400),
        (
            "/api/v3/traces?query.start_time_min=2024-01-01T00:00:00Z&query.start_time_max=2024-01-02T00:00:00Z",
            404
        ),
        (
            "/api/v3/traces?query.startTimeMin=2024-01-01T00:00:00Z&query.startTimeMax=2024-01-02T00:00:00Z"
                + "&query.searchDepth=x", 400
        ),
    ]) func `Jaeger's third interface tells status and message`(path: String, status: Int) async throws {
        let answer = try await TestServer().get(path)
        #expect(answer.status == status, "\(path)")
        #expect(try answer.json["error"]["httpCode"].integer == Int64(status))
        #expect(try answer.json["error"]["message"].string?.isEmpty == false)
    }

    @Test(arguments: [
        ("/api/v2/traces?limit=0", 400), ("/api/v2/traces?endTs=0", 400), ("/api/v2/traces?lookback=0", 400),
        ("/api/v2/traces?maxDuration=5", 400), ("/api/v2/traces?minDuration=5&maxDuration=4", 400),
        ("/api/v2/trace/zz", 400), ("/api/v2/trace/000000000000007b", 404), ("/api/v2/traceMany", 400),
        ("/api/v2/traceMany?traceIds=", 400), ("/api/v2/traceMany?traceIds=1", 400),
        ("/api/v2/traceMany?traceIds=1,01", 400), ("/api/v2/spans", 400), ("/api/v2/dependencies", 400),
        ("/api/v2/autocompleteValues", 400), ("/tempo/api/traces/zz", 400), ("/tempo/api/traces/77", 404),
        ("/tempo/api/search?q=%7B", 400), ("/tempo/api/search?q=%7Bx=1%7D", 400),
        ("/tempo/api/search?q=%7Bname=~%22(a%22%7D", 400), ("/tempo/api/search?limit=-1", 400),
        ("/tempo/api/search?start=9&end=8", 400), ("/tempo/api/search?tags=plain", 400),
        ("/tempo/api/v2/search/tags?scope=moon", 400),
    ]) func `Zipkin and Tempo say it in plain text`(path: String, status: Int) async throws {
        let answer = try await TestServer().get(path)
        #expect(answer.status == status, "\(path)")
        #expect(answer.headers[.contentType] == "text/plain; charset=utf-8" && !answer.text.isEmpty)
    }

    @Test func `lists of nothing are empty lists`() async throws {
        let server = TestServer()
        #expect(try await server.get("/jaeger/api/services").json["data"] == .array([]))
        #expect(try await server.get("/jaeger/api/services/none/operations").json["data"] == .array([]))
        #expect(try await server.get("/jaeger/api/traces?service=none").json["data"] == .array([]))
        #expect(try await server.get("/api/v3/services").text == #"{"services":[]}"#)
        #expect(try await server.get("/api/v3/operations?service=none").text == #"{"operations":[]}"#)
        for path in ["services", "traces", "spans?serviceName=none", "spans?serviceName=", "dependencies?endTs=1"] {
            #expect(try await server.get("/api/v2/" + path).text == "[]", "\(path)")
        }
        #expect(try await server.get("/tempo/api/search").json["traces"] == .array([]))
        let missing = try await server.get("/jaeger/api/traces?traceID=77&traceID=78").json
        #expect(missing["data"] == .array([]) && missing["errors"].count == 2)
        #expect(missing["errors"][0]["traceID"] == .string("0000000000000077"))
    }

    @Test func `Zipkin's protobuf says what its JSON says`() async throws {
        // Span{trace_id, id, kind SERVER, name, timestamp, duration, local_endpoint, annotation, tag, shared}
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(bytes.count)] + bytes }
        func text(_ number: UInt8, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }
        let endpoint = text(1, "shop") + field(2, [10, 0, 0, 1]) + [4 << 3, 80]
        let remote = field(3, [UInt8](repeating: 0, count: 15) + [1])
        let time: [UInt8] = [0x40, 0x42, 0x0f, 0, 0, 0, 0, 0]
        let span =
            field(1, [0, 0, 0, 0, 0, 0, 0, 7]) + field(3, [0, 0, 0, 0, 0, 0, 0, 9]) + [4 << 3, 2] + text(5, "get")
            + [6 << 3 | 1] + time + [7 << 3, 5] + field(8, endpoint) + field(9, remote)
            + field(10, [1 << 3 | 1] + time + text(2, "hello")) + field(11, text(1, "k") + text(2, "v")) + [13 << 3, 1]
        let server = TestServer()
        let headers: HTTPFields = [.contentType: "application/x-protobuf"]
        let taken = try await server.post(bytes: field(1, span), "/api/v2/spans", headers: headers)
        #expect(taken.status == 202 && taken.bytes.isEmpty, "\(taken.text)")
        let expected = """
            [{"traceId":"0000000000000007","id":"0000000000000009","kind":"SERVER","name":"get","timestamp":1000000,\
            "duration":5,"localEndpoint":{"serviceName":"shop","ipv4":"10.0.0.1","port":80},\
            "remoteEndpoint":{"ipv6":"::1"},"annotations":[{"timestamp":1000000,"value":"hello"}],"tags":{"k":"v"},\
            "shared":true}]
            """
        #expect(try await server.get("/api/v2/trace/7").text == expected)
        let broken = try await server.post(bytes: [0x0a, 9, 1], "/api/v2/spans", headers: headers)
        #expect(broken.status == 400)
        #expect(try await server.post(bytes: [], "/api/v2/spans", headers: [:]).status == 202)
    }
}
