import Foundation
import Testing

/// What the page asks for beside findings: what services record, what racing runs have in common, and a demo.
@Suite struct `Routes behind the page` {
    private static func event(
        _ trace: String,
        _ kind: String,
        at milliseconds: Int,
        service: String = "shop",
        id: UUID = UUID(),
        parent: UUID? = nil,
        tags: String = "{}"
    ) -> String {
        let stamp = String(milliseconds + 1_000).suffix(3)
        return """
            {"id":"\(id)","trace_id":"\(trace)","parent_id":\(parent.map { "\"\($0)\"" } ?? "null"),
             "timestamp":"2025-11-14T10:00:00.\(stamp)Z","kind":\(kind),
             "metadata":{"thread_id":"\(trace.prefix(4))","process_id":1,"service_name":"\(service)","environment":"test","tags":\(tags),"duration_ns":null},
             "causality_vector":[],"lock_set":[]}
            """
    }

    private static func access(_ variable: String, _ kind: String, _ value: Int) -> String {
        #"{"StateChange":{"variable":"\#(variable)","old_value":1,"new_value":\#(value),"location":"a.py:1","access_type":"\#(kind)"}}"#
    }

    private static func call(_ name: String) -> String {
        #"{"FunctionCall":{"function_name":"\#(name)","module":"m","args":{},"file":"a.py","line":1}}"#
    }

    private static func body(_ events: [String]) -> String { #"{"events":[\#(events.joined(separator: ","))]}"# }

    /// A request that begins with the same call and touches one variable.
    private static func request(_ variable: String, retry: Int) -> [String] {
        let trace = UUID().uuidString.lowercased()
        return [
            event(trace, call("handle"), at: 1, tags: #"{"retry":"\#(retry)","request":"\#(trace)"}"#),
            event(trace, access(variable, "Read", 1), at: 2), event(trace, access(variable, "Write", 2), at: 5),
        ]
    }

    @Test func `coverage says what each service records and by how much its clock contradicts causes`() async throws {
        let server = TestServer()
        let trace = UUID().uuidString.lowercased()
        let cause = UUID()
        let events = [
            Self.event(trace, Self.call("ask"), at: 20, service: "front", id: cause),
            Self.event(trace, Self.access("stock", "Write", 2), at: 13, service: "back", parent: cause),
            Self.event(trace, Self.access("stock", "Read", 2), at: 30, service: "back", parent: UUID()),
        ]
        #expect(try await server.post(Self.body(events)).status == 200)
        let services = try await server.get("/api/coverage").json["services"]
        #expect(services.elements.map { $0["name"].string } == ["back", "front"])
        let back = services[0]
        #expect(back["accesses"] == .integer(2) && back["values"] == .integer(2) && back["locks"] == .integer(0))
        #expect(back["parents_missing"] == .integer(1))
        #expect(back["skew_ns"] == .integer(7_000_000))
        #expect(services[1]["accesses"] == .integer(0) && services[1]["skew_ns"] == .integer(0))
    }

    @Test func `racing runs differ in the tags that only they have`() async throws {
        let server = TestServer()
        let racing = (0..<4).flatMap { _ in Self.request("cart", retry: 1) }
        let others = (0..<4).flatMap { Self.request("own \($0)", retry: 0) }
        #expect(try await server.post(Self.body(racing + others)).status == 200)
        let races = try await server.get("/api/races?q=cart").json["races"]
        let id = try #require(races[0]["id"].string)
        let found = try await server.get("/api/races/\(id)/differences").json
        #expect(found["racing"] == .integer(4) && found["others"] == .integer(4))
        let first = found["differences"][0]
        #expect(first["key"] == .string("retry") && first["value"] == .string("1"))
        #expect(Double(first["racing"].text) == 1 && Double(first["others"].text) == 0)
        // What one run alone has says nothing.
        #expect(!found["differences"].elements.contains { $0["key"] == .string("request") })
        #expect(try await server.get("/api/races/r-00000000/differences").status == 404)
    }

    @Test func `the demo is for a server that holds nothing yet`() async throws {
        let server = TestServer()
        #expect(try await server.post("{}", "/api/demo").json["stored"] == .integer(34))
        #expect(try await server.get("/api/races?grade=manifested").json["total"] == .integer(1))
        #expect(try await server.post("{}", "/api/demo").status == 409)
    }
}
