/// Bodies of the OpenTelemetry protocol with a few spans.
struct SampleSpan {
    var trace: String
    var id: String
    var parent = ""
    var name = "work"
    var kind = 1
    /// Milliseconds after ``SampleSpan/base``.
    var start = 0
    /// Milliseconds.
    var length = 10
    var service = "shop"
    var isError = false
    /// JSON of OpenTelemetry's attribute values by name.
    var attributes: [(String, String)] = []

    /// Seconds since 1970.
    static let base: Int64 = 1_700_000_000

    var startNanos: Int64 { Self.base * 1_000_000_000 + Int64(start) * 1_000_000 }

    private var json: String {
        let pairs = attributes.map { "{\"key\":\"\($0.0)\",\"value\":\($0.1)}" }.joined(separator: ",")
        return """
            {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\(service)"}}]},"scopeSpans":[{"scope":\
            {"name":"lib"},"spans":[{"traceId":"\(trace)","spanId":"\(id)","parentSpanId":"\(parent)","name":"\(name)",\
            "kind":\(kind),"startTimeUnixNano":"\(startNanos)","endTimeUnixNano":"\(startNanos + Int64(length) * 1_000_000)",\
            "attributes":[\(pairs)],"status":{\(isError ? "\"code\":2" : "")}}]}]}
            """
    }

    static func body(_ spans: [SampleSpan]) -> String {
        "{\"resourceSpans\":[" + spans.map(\.json).joined(separator: ",") + "]}"
    }

    /// A call from `shop` to `stock` with a query of a database.
    static func call(_ number: Int, start: Int = 0, isError: Bool = false) -> [SampleSpan] {
        let digits = String(number, radix: 16)
        let trace = "a1" + String(repeating: "0", count: 30 - digits.count) + digits
        return [
            SampleSpan(
                trace: trace,
                id: "00000000000000a1",
                name: "GET /buy",
                kind: 2,
                start: start,
                length: 50,
                attributes: [
                    ("http.request.method", "{\"stringValue\":\"GET\"}"),
                    ("http.response.status_code", "{\"intValue\":\"\(isError ? 500 : 200)\"}"),
                    ("order", "{\"intValue\":\"\(number)\"}"),
                ]
            ),
            SampleSpan(
                trace: trace,
                id: "00000000000000a2",
                parent: "00000000000000a1",
                name: "reserve",
                kind: 3,
                start: start + 5,
                length: 30,
                attributes: [("peer.service", "{\"stringValue\":\"stock\"}")]
            ),
            SampleSpan(
                trace: trace,
                id: "00000000000000a3",
                parent: "00000000000000a2",
                name: "POST /reserve",
                kind: 2,
                start: start + 10,
                length: 20,
                service: "stock",
                isError: isError
            ),
        ]
    }
}
