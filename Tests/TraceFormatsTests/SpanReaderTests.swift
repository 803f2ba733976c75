import Testing
import TraceFormats
import TraceModel

@Suite struct `Readers of spans` {
    private let trace = "0af7651916cd43dd8448eb211c80319c"
    private let id = "b7ad6b7169203331"

    private func otlp(_ spans: String, resource: String = "{}") -> [UInt8] {
        Array(#"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(spans)]}],"resource":\#(resource)}]}"#.utf8)
    }

    private func good(_ more: String = "") -> String { #"{"traceId":"\#(trace)","spanId":"\#(id)"\#(more)}"# }

    @Test(
        arguments: [
            (#"{"spanId":"b7ad6b7169203331"}"#, "invalid_trace_id"),
            (#"{"traceId":"0af7651916cd43dd8448eb211c80319c"}"#, "invalid_span_id"),
            (#"{"traceId":"00000000000000000000000000000000","spanId":"b7ad6b7169203331"}"#, "invalid_trace_id"),
            (#"{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"0000000000000000"}"#, "invalid_span_id"),
            (#"{"traceId":"0af7651916cd43dd","spanId":"b7ad6b7169203331"}"#, "invalid_trace_id"),
            (#"{"traceId":"0af76519-16cd-43dd-8448-eb211c80319c","spanId":"b7ad6b7169203331"}"#, "invalid_trace_id"),
            (#"{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b716920333100"}"#, "invalid_span_id"),
            (#"{"traceId":5,"spanId":"b7ad6b7169203331"}"#, "wrong_type"),
            (#"{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":7}"#, "wrong_type"),
            (
                #"{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","attributes":{}}"#,
                "wrong_type"
            ),
            ("7", "wrong_type"), (#""text""#, "wrong_type"), ("[]", "wrong_type"),
        ])
    func `a span that cannot be used is skipped alone`(bad: String, code: String) throws {
        let document = try TraceReader.read(otlp("\(good()),\(bad),\(good())"))
        #expect(document.spans.count == 2)
        #expect(document.records == 3)
        #expect(document.skipped == 1)
        #expect(document.problems.map(\.code) == [code])
        #expect(document.problems.map(\.index) == [1])
        #expect(document.problems.allSatisfy { $0.message.hasPrefix("spans[1]: ") && $0.line == 1 && $0.byte > 0 })
        #expect(throws: FormatError.self) { try TraceReader.read(otlp(bad)) }
        #expect(throws: FormatError.self) {
            try TraceReader.read(otlp("\(good()),\(bad)"), options: .file(strict: true))
        }
        // As a request, rejecting everything is an answer and not an error.
        #expect(try OTLPReader.decode(otlp(bad), as: .json).skipped == 1)
    }

    @Test func `an empty request is read`() throws {
        #expect(try OTLPReader.decode(Array("{}".utf8), as: .json).records == 0)
        #expect(try OTLPReader.decode([], as: .protobuf).records == 0)
        #expect(try OTLPReader.decode(Array(#"{"resourceSpans":[]}"#.utf8), as: .json).records == 0)
        #expect(try OTLPReader.decode(Array(#"{"resourceSpans":null}"#.utf8), as: .json).records == 0)
        #expect(throws: FormatError.self) { try OTLPReader.decode(Array("[1".utf8), as: .json) }
        #expect(throws: FormatError.self) { try OTLPReader.decode(Array("7".utf8), as: .json) }
        #expect(throws: FormatError.self) { try OTLPReader.decode([0x0a, 0x05, 0x01], as: .protobuf) }
        let small = ReadOptions(inputBytesMax: 1)
        #expect(throws: FormatError.self) { try OTLPReader.decode(Array("{}".utf8), as: .json, options: small) }
    }

    @Test func `OTLP JSON takes both spellings of numbers, unknown members and any order of members`() throws {
        let span = good(
            #","kind":3,"future":{"a":[1]},"startTimeUnixNano":"1700000000000000001","endTimeUnixNano":1700000000000000009"#
                + #","attributes":[{"key":"n","value":{"intValue":7}},{"value":{"intValue":"8"},"key":"m"},{"key":"e","value":{}}],"parentSpanId":"0000000000000000""#
        )
        let resource = #"{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]}"#
        let document = try TraceReader.read(otlp(span, resource: resource))
        let read = try #require(document.spans.first)
        #expect(read.service == "shop")
        #expect(read.kind == .client)
        #expect(read.start == 1_700_000_000_000_000_001)
        #expect(read.duration == 8)
        #expect(read.attributes["n"] == .int(7))
        #expect(read.attributes["m"] == .int(8))
        #expect(read.attributes["e"] == .empty)
        #expect(read.parent.isEmpty)
    }

    @Test(
        arguments: [
            ([("service.instance.id", "a"), ("host.name", "h"), ("process.pid", "7")], "a"),
            ([("host.name", "h"), ("process.pid", "7")], "h#7"), ([("process.pid", "7")], "#7"),
            ([("container.id", "c"), ("host.name", "h")], "c"), ([("k8s.pod.name", "p")], "p"),
            ([("host.name", "h")], "h"), ([], ""),
        ] as [([(String, String)], String)]
    )
    func `the process is named by the most stable attribute`(attributes: [(String, String)], instance: String) throws {
        var span = Span(trace: TraceID(high: 0, low: 1), id: "00000000000000aa")
        span.resource = attributes.map { Attribute($0.0, .string($0.1)) }
        #expect(try TraceReader.read(OTLPWriter.write([span])).spans.first?.instance == instance)
    }

    @Test func `former attribute names get their present ones beside them`() throws {
        var span = Span(trace: TraceID(high: 0, low: 1), id: "00000000000000aa")
        span.attributes = [
            Attribute("db.system", .string("mysql")), Attribute("db.statement", .string("select 1 from t")),
            Attribute("code.filepath", .string("a.py")), Attribute("code.lineno", .int(3)),
            Attribute("code.namespace", .string("n")), Attribute("code.function", .string("f")),
            Attribute("db.redis.database_index", .int(2)), Attribute("db.name", .string("ignored: taken")),
            Attribute("messaging.operation", .string("send")), Attribute("messaging.operation.type", .string("kept")),
        ]
        let read = try #require(try TraceReader.read(OTLPWriter.write([span])).spans.first)
        #expect(read.attributes["db.system"]?.string == "mysql")
        #expect(read.attributes["db.system.name"]?.string == "mysql")
        #expect(read.attributes["code.line.number"] == .int(3))
        #expect(read.attributes["code.function.name"]?.string == "n.f")
        #expect(read.attributes["db.namespace"]?.string == "2")
        #expect(read.attributes["messaging.operation.type"]?.string == "kept")
        let again = try #require(try TraceReader.read(OTLPWriter.write([read])).spans.first)
        #expect(again.attributes == read.attributes, "once is enough")
    }

    @Test func `log records of the convention join their span or stand alone`() throws {
        func log(_ span: String, _ time: Int) -> String {
            #"{"traceId":"\#(trace)","spanId":"\#(span)","timeUnixNano":"\#(time)","eventName":"race.access","attributes":["#
                + #"{"key":"race.object.id","value":{"stringValue":"x"}},{"key":"race.access.kind","value":{"stringValue":"write"}}]}"#
        }
        let other = #"{"timeUnixNano":"1","body":{"stringValue":"hello"}}"#
        let text =
            #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(good(#","startTimeUnixNano":"1","endTimeUnixNano":"9""#))]}]}],"#
            + #""resourceLogs":[{"scopeLogs":[{"logRecords":[\#(log(id, 5)),\#(log("00000000000000aa", 6)),\#(other)]}]}]}"#
        let document = try TraceReader.read(Array(text.utf8))
        #expect(document.problems.isEmpty)
        #expect(document.records == 4)
        #expect(document.spans.first?.moments.map(\.name) == ["race.access"])
        let batch = document.batch
        let rows = (0..<batch.count).filter { batch.operations[$0].isAccess }
        #expect(rows.map { batch.timestamps[$0] } == [5, 6])
        #expect(rows.map { batch.symbols[batch.spans[$0]] } == [id, "00000000000000aa"])

        var builder = ProtoBuilder()
        builder.message(1) { resource in
            resource.message(2) { scope in
                scope.message(2) { record in
                    record.fixed64(1, 6)
                    record.data(9, ProtoBuilder.bytes(trace))
                    record.data(10, ProtoBuilder.bytes(id))
                    record.data(12, "race.access".utf8)
                    record.attributes(
                        6,
                        [Attribute("race.object.id", .string("x")), Attribute("race.access.kind", .string("read"))]
                    )
                }
                scope.message(2) { record in record.fixed64(11, 6) }
            }
        }
        let logs = try TraceReader.read(builder.bytes)
        #expect(logs.records == 2)
        #expect(Array(logs.batch.operations) == [.read])
    }

    @Test func `a broken protobuf span costs no other`() throws {
        var random = RandomSpans(seed: 1)
        let spans = random.make(2)
        var builder = ProtoBuilder()
        builder.message(1) { resource in
            resource.message(2) { scope in
                scope.message(2) { $0.span(spans[0]) }
                scope.message(2) { span in
                    span.data(1, [1, 2, 3])
                    span.data(2, [1, 2, 3, 4, 5, 6, 7, 8])
                }
                scope.message(2) { span in
                    span.data(1, Array(repeating: 1, count: 16))
                    span.data(2, Array(repeating: 0, count: 8))
                }
                // The length of the attribute runs beyond the span.
                scope.data(2, [0x4a, 0x7f, 0x01])
                // Groups and unknown fields are passed over.
                scope.message(2) { span in
                    span.tag(99, 3)
                    span.number(1, 5)
                    span.tag(99, 4)
                    span.span(spans[1])
                    span.data(500, [1, 2])
                }
            }
        }
        let document = try TraceReader.read(builder.bytes)
        #expect(document.spans.map(\.id) == spans.map(\.id))
        #expect(document.problems.map(\.code) == ["invalid_trace_id", "invalid_span_id", "truncated"])
        #expect(document.problems.map(\.index) == [1, 2, 3])
    }

    @Test(
        arguments: [
            (#"{"traceId":"a","id":"b"}"#, nil), (#"{"traceId":"0","id":"b"}"#, "invalid_trace_id"),
            (#"{"traceId":"a","id":"0"}"#, "invalid_span_id"), (#"{"traceId":"x","id":"b"}"#, "invalid_trace_id"),
            (#"{"traceId":"a","id":"12345678901234567"}"#, "invalid_span_id"), (#"{"id":"b"}"#, "invalid_trace_id"),
            (#"{"traceId":"a"}"#, "invalid_span_id"), ("null", "wrong_shape"), ("5", "wrong_shape"),
            (#"{"traceId":"a","id":"b","timestamp":"x"}"#, "wrong_type"),
            (#"{"traceId":"a","id":"b","timestamp":-9223372036854775807,"duration":9223372036854775807}"#, nil),
        ] as [(String, String?)]
    )
    func `a Zipkin span that cannot be used is skipped alone`(span: String, code: String?) throws {
        let good = #"{"traceId":"a","id":"c"}"#
        let document = try TraceReader.read(Array("[\(good),\(span)]".utf8), format: .zipkin)
        #expect(document.problems.map(\.code) == (code.map { [$0] } ?? []))
        #expect(document.spans.count == (code == nil ? 2 : 1))
        #expect(document.spans.first?.id == "000000000000000c")
        #expect(document.spans.allSatisfy { $0.start >= 0 && $0.duration >= 0 })
    }

    @Test func `Zipkin lists of lists, tags that are no texts and events of OpenTelemetry are read`() throws {
        let text =
            #"[[{"traceId":"a","id":"b","tags":{"error":true,"n":1,"otel.status_code":"OK"},"annotations":[{"timestamp":1,"value":"ws"},"#
            + #"{"timestamp":2,"value":"\"ev\": {\"k\": 1}"},{"timestamp":3,"value":"{\"ev\": {\"k\": \"v\"}}"},{"timestamp":4,"value":"{\"a\": 1}"}]}]]"#
        let span = try #require(try TraceReader.read(Array(text.utf8)).spans.first)
        #expect(span.attributes["error"]?.string == "true")
        #expect(span.status == .ok)
        #expect(span.moments.map(\.name) == ["ws", "ev", "ev", #"{"a": 1}"#])
        #expect(span.moments[1].attributes["k"] == .int(1))
        #expect(span.moments[2].attributes["k"]?.string == "v")
    }

    @Test(
        arguments: [
            (#"{"traceID":"t","spanID":"s"}"#, nil), (#"{"spanID":"s"}"#, nil),
            (#"{"traceID":"0","spanID":"s"}"#, "invalid_trace_id"), (#"{"traceID":"t"}"#, "invalid_span_id"),
            (#"{"traceID":"t","spanID":"0000"}"#, "invalid_span_id"), ("3", "wrong_shape"),
            (#"{"traceID":"t","spanID":"s","tags":[{"key":1}]}"#, "wrong_type"),
            (#"{"traceID":"t","spanID":"s","startTime":1e300}"#, "number_out_of_range"),
        ] as [(String, String?)]
    )
    func `a Jaeger span that cannot be used is skipped alone`(span: String, code: String?) throws {
        let good = #"{"traceID":"t","spanID":"a"}"#
        let text = #"{"data":[{"traceID":"t","spans":[\#(good),\#(span)],"processes":{}}]}"#
        let document = try TraceReader.read(Array(text.utf8), format: .jaeger)
        #expect(document.problems.map(\.code) == (code.map { [$0] } ?? []))
        #expect(document.spans.count == (code == nil ? 2 : 1))
        #expect(Set(document.spans.map(\.trace)).count == 1)
    }

    @Test func `Jaeger tags keep their types and ids their text`() throws {
        let text =
            #"{"traceID":"trace-123","spans":[{"spanID":"span-A","operationName":"o","startTime":1,"duration":2,"processID":"p1","tags":["#
            + #"{"key":"i","type":"int64","value":"9007199254740993"},{"key":"f","type":"float64","value":1},{"key":"b","type":"bool","value":"true"},"#
            + #"{"key":"x","type":"binary","value":"AP8="},{"key":"span.kind","type":"string","value":"CLIENT"},{"key":"error","type":"bool","value":true}],"#
            + #""logs":[{"timestamp":5,"fields":[{"key":"event","type":"string","value":"e"},{"key":"k","value":1}]}]},"#
            + #"{"spanID":"d72e44f0b9a0a6c","startTime":1,"duration":0}],"processes":{"p1":{"serviceName":"svc","tags":[{"key":"hostname","value":"h"}]}}}"#
        let spans = try TraceReader.read(Array(text.utf8)).spans
        #expect(spans.map(\.id) == ["span-A", "0d72e44f0b9a0a6c"])
        #expect(spans[0].attributes["i"] == .int(9_007_199_254_740_993))
        #expect(spans[0].attributes["f"] == .double(1))
        #expect(spans[0].attributes["b"] == .bool(true))
        #expect(spans[0].attributes["x"] == .bytes([0, 255]))
        #expect(spans[0].kind == .client)
        #expect(spans[0].status == .error)
        #expect(spans[0].service == "svc")
        #expect(spans[0].instance == "h")
        #expect(spans[0].moments.map(\.name) == ["e"])
    }
}
