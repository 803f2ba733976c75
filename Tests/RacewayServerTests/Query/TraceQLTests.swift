import HTTPTypes
import Testing

@testable import RacewayServer

@Suite struct `TraceQL and its parts` {
    private func found(_ query: String) async throws -> [Character] {
        let server = TestServer()
        let spans = (1...3).flatMap { SampleSpan.call($0, start: $0 * 1_000, isError: $0 == 3) }
        try await server.post(SampleSpan.body(spans), "/v1/traces")
        let answer = try await server.get("/tempo/api/search?q=" + Query.escaped(query))
        #expect(answer.status == 200, "\(query): \(answer.text)")
        return try answer.json["traces"].elements.compactMap { $0["traceID"].string?.last }
    }

    @Test(arguments: [
        ("{}", "321"), ("{ status = error }", "3"), ("{ status != error }", "321"), ("{ kind = client }", "321"),
        ("{ name = \"reserve\" && .peer.service = \"stock\" }", "321"), ("{ duration > 40ms }", "321"),
        ("{ duration > 50ms }", ""), ("{ traceDuration >= 50ms }", "321"),
        ("{ span.order >= 2 && span.order < 3 }", "2"),
        ("{ .http.request.method = \"GET\" } && { resource.service.name = \"stock\" && status = error }", "3"),
        ("{ .order = 1 } || { .order = 2 }", "21"), ("{ (.order = 1 || .order = 3) && kind = server }", "31"),
        ("{ !(.order = 2) && name = \"GET /buy\" }", "31"), ("{ name =~ \"GET.*|none\" && .order = 2 }", "2"),
        ("{ name !~ \"GET.*\" && name !~ \"POST.*\" && name != \"reserve\" }", ""),
        ("{ .order = nil && kind = server }", "321"),
        ("{ .order != nil && status = unset }", "321"), ("{ rootServiceName = `shop` } | select(.order)", "321"),
        ("{ resource.order = 1 }", ""), ("{ .order = \"1\" }", ""),
        ("{ trace:id = \"a1000000000000000000000000000002\" }", "2"),
        ("{ instrumentation.x = 1 }", ""), ("({ .order = 1 } || { .order = 3 }) && { true }", "31"),
    ]) func `queries find what they say`(query: String, expected: String) async throws {
        #expect(try await found(query) == Array(expected), "\(query)")
    }

    @Test(arguments: [
        "{", "}", "{ name }", "{ name = }", "{ name = x }", "{ = 1 }", "{ name = \"a }", "{} extra", "{} | rate()",
        "{ .a = 1",
        "{ .a ~ 1 }", "{ name =~ 1 }", "{ name =~ \"[a]\" }", "{} >> {}", "{ (name = \"a\" }", "({}", "{ . = 1 }",
    ]) func `anything else is refused with its place`(query: String) {
        do {
            _ = try TraceQLParser.parse(query)
            Issue.record("\(query) was taken")
        } catch {
            #expect(error.status == .badRequest && error.message.contains(" at "), "\(query): \(error.message)")
        }
    }

    @Test func `parentheses without end are refused`() {
        let deep = String(repeating: "(", count: 5_000) + "{}"
        #expect(throws: RequestFailure.self) { try TraceQLParser.parse(deep) }
        let nested = "{" + String(repeating: "!(", count: 2_000) + "true" + String(repeating: ")", count: 2_000) + "}"
        #expect(throws: RequestFailure.self) { try TraceQLParser.parse(nested) }
    }

    @Test(arguments: [
        ("0", 0), ("5ns", 5), ("1.5us", 1_500), ("2\u{b5}s", 2_000), ("100ms", 100_000_000),
        ("1h30m", 5_400_000_000_000),
        ("-1s", -1_000_000_000), ("5", nil), ("s", nil), ("1x", nil), ("", nil), ("1..2s", nil), ("99999999999h", nil),
    ]) func `lengths of time are read as Go writes them`(text: String, expected: Int64?) {
        #expect(DurationText.nanoseconds(text) == expected)
    }

    @Test(arguments: [
        ("same.*", "sameplace", true), ("same.*", "other", false), ("same\\*", "same*", true),
        ("same\\*", "samex", false), ("a.c", "abc", true), ("a.c", "ac", false), ("a|b.+", "bx", true),
        ("a|b.+", "b", false), (".*a.*b.*", "xxaxxbxx", true), ("^ab$", "ab", true), ("(a|b)", "b", true),
        (".*", "", true),
    ]) func `patterns fit whole texts`(pattern: String, text: String, expected: Bool) throws {
        #expect(try #require(TextPattern(pattern)).matches(text) == expected)
    }

    @Test func `a hostile pattern takes no longer than a harmless one`() throws {
        let pattern = try #require(TextPattern(String(repeating: ".*a", count: 500) + "b"))
        #expect(!pattern.matches(String(repeating: "a", count: 20_000)))
        #expect(TextPattern("(a+)+") == nil && TextPattern("a*") == nil && TextPattern("a\\d") == nil)
    }
}
