import RacewayServer
import Testing

@Suite struct ShapeTests {
    private func sorted(_ json: String, dropping: [String] = []) -> String {
        String(decoding: SortedJSON.rewrite(Array(json.utf8)[...], droppingNull: dropping), as: UTF8.self)
    }

    @Test(
        arguments: [
            (#"{"b":1,"a":2}"#, #"{"a":2,"b":1}"#),
            (#" { "b" : [ 1 , {"z":null, "y":"}"} ] , "a" : {} } "#, #"{"a":{},"b":[1,{"y":"}","z":null}]}"#),
            (#"{"a\"]":"\\","A":-1.5e+9}"#, #"{"A":-1.5e+9,"a\"]":"\\"}"#),
            ("[]", "[]"), ("[ ]", "[]"), ("{ }", "{}"), ("\"x\"", "\"x\""), (" 12 ", "12"), ("true", "true"),
            ("{\"k\":\"\u{e9}\u{1F600}\"}", "{\"k\":\"\u{e9}\u{1F600}\"}"),
        ])
    func `members are sorted by name and blanks go`(json: String, expected: String) {
        #expect(sorted(json) == expected)
    }

    @Test func `named nulls of the outermost object are left out`() {
        let json = #"{"b":null,"a":null,"c":{"b":null}}"#
        #expect(sorted(json, dropping: ["b"]) == #"{"a":null,"c":{"b":null}}"#)
    }

    @Test(arguments: ["", "{", "{\"a\"}", "{\"a\":}", "[1,", "{\"a\":1}x", "\"", "{\"a\":1,}"])
    func `what is no JSON is passed on as it is`(json: String) {
        #expect(sorted(json) == json)
    }

    @Test func `nesting deeper than the bound is passed on as it is`() {
        let json = String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
        #expect(sorted(json) == json)
    }

    @Test func `values are printed as existing clients expect`() {
        #expect(DebugText.value("15") == "Number(15)")
        #expect(DebugText.value("\"a\"") == "String(\"a\")")
        #expect(DebugText.value("true") == "Bool(true)")
        #expect(DebugText.value("null") == "Null")
        #expect(DebugText.value(nil) == "Null")
        #expect(DebugText.value("[1]") == "Array [1]")
        #expect(DebugText.value(#"{"a":1}"#) == #"Object {"a":1}"#)
        #expect(DebugText.optional("10") == "Some(Number(10))")
        #expect(DebugText.optional("null") == "None")
        #expect(DebugText.optional(nil) == "None")
        #expect(DebugText.value("\"" + String(repeating: "x", count: 10_000_000) + "\"").count < 300)
    }

    @Test func `times have three spellings`() {
        let moment: Int64 = 1_704_110_400_001_000_000
        #expect(Timestamps.zulu(moment) == "2024-01-01T12:00:00.001Z")
        #expect(Timestamps.offset(moment) == "2024-01-01T12:00:00.001+00:00")
        #expect(Timestamps.display(moment) == "2024-01-01 12:00:00.001 UTC")
        #expect(Timestamps.timeOfDay(moment) == "12:00:00.001")
        #expect(Timestamps.timeOfDay(moment - 1_000_000) == "12:00:00.000")
        #expect(Timestamps.timeOfDay(moment + 345_678) == "12:00:00.001")
        #expect(Timestamps.zulu(.min).hasPrefix("1677-"))
        #expect(Timestamps.zulu(.max).hasPrefix("2262-"))
    }

    @Test func `escapes are decoded once`() {
        #expect(PercentDecoding.decode("a%2Fb%20c+d", plusIsSpace: false) == "a/b c+d")
        #expect(PercentDecoding.decode("a+b%2Bc", plusIsSpace: true) == "a b+c")
        #expect(PercentDecoding.decode("%2541", plusIsSpace: false) == "%41")
        for broken in ["%", "%4", "%zz", "%ff", "a%"] {
            #expect(PercentDecoding.decode(broken, plusIsSpace: false) == nil)
        }
    }
}
