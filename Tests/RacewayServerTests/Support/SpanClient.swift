import HTTPTypes

/// An exporter of spans, over each of the protocol's three transports.
struct SpanClient {
    enum Transport: String, CaseIterable, Sendable {
        case protobuf, json, grpc
    }

    /// A span as both encodings have it; ids of any length.
    struct Span {
        var trace = [UInt8](repeating: 7, count: 16)
        var id: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        var kind: UInt64 = 2
        var status: UInt64 = 0
        var attributes = 0
        /// Arrays around the value of one more attribute.
        var depth = 0
    }

    /// An answer, told in the terms of gRPC's codes.
    struct Answer {
        /// 0 for a success.
        var code: Int
        var status: Int
        var rejected: Int
        var message: String
    }

    let server: TestServer
    let transport: Transport

    static let traces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"

    func send(_ spans: [Span], coding: String = "") async throws -> Answer {
        try await send(body(spans), coding: coding)
    }

    /// - Parameter coding: named as the body's, whatever the body is.
    func send(_ body: [UInt8], coding: String = "") async throws -> Answer {
        var headers: HTTPFields = [:]
        headers[.contentType] = ["protobuf": "application/x-protobuf", "json": "application/json"][transport.rawValue]
        guard transport == .grpc else {
            if !coding.isEmpty { headers[.contentEncoding] = coding }
            return try told(try await server.post(bytes: body, "/v1/traces", headers: headers))
        }
        return try await call(body, flag: coding.isEmpty ? 0 : 1, coding: coding)
    }

    private func call(_ message: [UInt8], flag: UInt8, coding: String) async throws -> Answer {
        let answer = try await Self.call(Self.traces, message, flag: flag, coding: coding, on: server)
        let code = Int(answer.trailers[Self.name("grpc-status")] ?? "") ?? -1
        let (rejected, text) = partial(Array(answer.bytes.dropFirst(5)))
        return Answer(
            code: code,
            status: answer.status,
            rejected: rejected,
            message: code == 0 ? text : answer.trailers[Self.name("grpc-message")] ?? ""
        )
    }

    /// A call with one framed message.
    static func call(
        _ path: String,
        _ message: [UInt8],
        flag: UInt8 = 0,
        coding: String = "",
        headers: HTTPFields = [:],
        on server: TestServer
    ) async throws -> TestServer.Answer {
        var headers = headers
        headers[.contentType] = "application/grpc+proto"
        if !coding.isEmpty { headers[name("grpc-encoding")] = coding }
        let length = UInt32(message.count)
        let head = [
            flag, UInt8(length >> 24), UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255),
        ]
        return try await server.post(bytes: head + message, path, headers: headers)
    }

    static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is no header name") }
        return name
    }

    private func told(_ answer: TestServer.Answer) throws -> Answer {
        if transport == .json {
            let json = try answer.json
            let partial = json["partialSuccess"]
            return Answer(
                code: answer.status == 200 ? 0 : Int(json["code"].integer ?? -1),
                status: answer.status,
                rejected: Int(partial["rejectedSpans"].string ?? "0") ?? -1,
                message: (answer.status == 200 ? partial["errorMessage"] : json["message"]).string ?? ""
            )
        }
        if answer.status == 200 {
            let (rejected, text) = partial(answer.bytes)
            return Answer(code: 0, status: 200, rejected: rejected, message: text)
        }
        // google.rpc.Status: the code, then the message.
        let isStatus = answer.bytes.count > 2 && answer.bytes[0] == 8 && answer.bytes[2] == 0x12
        return Answer(
            code: isStatus ? Int(answer.bytes[1]) : -1,
            status: answer.status,
            rejected: 0,
            message: String(decoding: answer.bytes.dropFirst(4), as: UTF8.self)
        )
    }

    /// `ExportTracePartialSuccess` inside the answer; short ones only.
    private func partial(_ bytes: [UInt8]) -> (rejected: Int, message: String) {
        guard bytes.count > 3, bytes[0] == 0x0a else { return (0, "") }
        let start = bytes[1] < 0x80 ? 2 : 3
        guard bytes[start] == 8 else { return (0, String(decoding: bytes[(start + 2)...], as: UTF8.self)) }
        return (Int(bytes[start + 1]), String(decoding: bytes[(start + 4)...], as: UTF8.self))
    }

    func body(_ spans: [Span]) -> [UInt8] {
        guard transport == .json else {
            let scope = spans.reduce(ProtoMessage()) { $0.message(2, protobuf($1)) }
            return ProtoMessage().message(1, ProtoMessage().message(2, scope)).bytes
        }
        let text = spans.map(json).joined(separator: ",")
        return Array("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[\(text)]}]}]}".utf8)
    }

    private func protobuf(_ span: Span) -> ProtoMessage {
        var message = ProtoMessage().bytes(1, span.trace).bytes(2, span.id).text(5, "work").varint(6, span.kind)
            .fixed64(7, 1).fixed64(8, 2)
        for number in 0..<span.attributes {
            message = message.message(9, ProtoMessage().text(1, "a\(number)").message(2, ProtoMessage().text(1, "v")))
        }
        if span.depth > 0 {
            let value = (0..<span.depth).reduce(ProtoMessage().varint(2, 1)) { inner, _ in
                ProtoMessage().message(5, ProtoMessage().message(1, inner))
            }
            message = message.message(9, ProtoMessage().text(1, "deep").message(2, value))
        }
        return message.message(15, ProtoMessage().varint(3, span.status))
    }

    private func json(_ span: Span) -> String {
        var attributes = (0..<span.attributes).map { "{\"key\":\"a\($0)\",\"value\":{\"stringValue\":\"v\"}}" }
        if span.depth > 0 {
            let value = (0..<span.depth).reduce("{\"boolValue\":true}") { inner, _ in
                "{\"arrayValue\":{\"values\":[\(inner)]}}"
            }
            attributes.append("{\"key\":\"deep\",\"value\":\(value)}")
        }
        return
            "{\"traceId\":\"\(hex(span.trace))\",\"spanId\":\"\(hex(span.id))\",\"name\":\"work\",\"kind\":\(span.kind),"
            + "\"startTimeUnixNano\":\"1\",\"endTimeUnixNano\":\"2\",\"attributes\":[\(attributes.joined(separator: ","))],"
            + "\"status\":{\"code\":\(span.status)}}"
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
