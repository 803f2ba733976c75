import JSONText
import Testing

@Suite struct `JSON writer` {
    @Test func `members keep their order and commas fall between values only`() {
        var json = JSONWriter()
        json.object { json in
            json.member("z", 1)
            json.array("a", ["x", "y"])
            json.object("empty") { _ in }
            json.array("list") { json in
                json.object { $0.member("n", nil as Int?) }
                json.array { _ in }
                json.value(true)
            }
            json.member("last", "v")
        }
        #expect(json.text == #"{"z":1,"a":["x","y"],"empty":{},"list":[{"n":null},[],true],"last":"v"}"#)
    }

    @Test func `indentation puts every member on its line and leaves empty containers closed`() {
        var json = JSONWriter(indent: 2)
        json.object { json in
            json.member("a", 1)
            json.array("b") { json in
                json.value(1)
                json.object { _ in }
            }
            json.object("c") { _ in }
        }
        #expect(json.text == "{\n  \"a\": 1,\n  \"b\": [\n    1,\n    {}\n  ],\n  \"c\": {}\n}")
    }

    @Test(arguments: [
        ("\u{1b}[2J", #""\u001b[2J""#), ("a\"b\\c", #""a\"b\\c""#), ("\n\r\t\0", #""\n\r\t\u0000""#),
        ("\u{7f}\u{9b}", #""\u007f\u009b""#), ("é\u{a0}漢𝄞", "\"é\u{a0}漢𝄞\""), ("", "\"\""),
    ])
    func `a string cannot leave its quotes or reach the terminal`(value: String, expected: String) {
        var json = JSONWriter()
        json.value(value)
        #expect(json.text == expected)
    }

    @Test func `numbers are exact and what JSON cannot say is null`() {
        var json = JSONWriter()
        json.array { json in
            json.value(Int64.min)
            json.value(UInt64.max)
            json.value(0.1)
            json.value(1e300)
            json.value(Double.nan)
            json.value(-Double.infinity)
        }
        #expect(json.text == "[-9223372036854775808,18446744073709551615,0.1,1e+300,null,null]")
    }

    @Test func `raw text stays on its line and an empty one is null`() {
        var json = JSONWriter()
        json.array { json in
            json.raw("{\"a\":\n 1}")
            json.raw("")
        }
        #expect(json.text == "[{\"a\":  1},null]")
    }

    @Test func `a stream of lines can be taken in pieces`() {
        var json = JSONWriter()
        json.object { $0.member("n", 1) }
        json.newline()
        let first = json.take()
        json.object { $0.member("n", 2) }
        json.newline()
        #expect(String(decoding: first + json.take(), as: UTF8.self) == "{\"n\":1}\n{\"n\":2}\n")
    }
}

@Suite struct `UTC time` {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00Z"),
        (1_795_224_684_348_977_000, "2026-11-21T01:31:24.348977Z"),
        (951_782_400_000_000_001, "2000-02-29T00:00:00.000000001Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
        (-2_208_988_800_000_000_000, "1900-01-01T00:00:00Z"),
        (Int64.min, "1677-09-21T00:12:43.145224192Z"),
        (Int64.max, "2262-04-11T23:47:16.854775807Z"),
        (500_000_000, "1970-01-01T00:00:00.500Z"),
    ])
    func `nanoseconds have one RFC 3339 spelling`(nanoseconds: Int64, expected: String) {
        #expect(UTCTime.text(nanoseconds: nanoseconds) == expected)
    }
}
