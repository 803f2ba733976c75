import RacewayConfiguration
import Testing

/// Documents that are not TOML, with the place that the error must name.
@Suite struct `TOML that is not valid` {
    @Test(arguments: [
        ("a = ", 1, 5), ("= 1", 1, 1), ("a", 1, 2), ("a b = 1", 1, 3), ("a = 1 b = 2", 1, 7), ("a = 1\n\na = 2", 3, 1),
        ("é = 1", 1, 1), ("a = é", 1, 5), ("[a", 1, 3), ("[a]]", 1, 4), ("[[a]", 1, 5), ("[]", 1, 2),
        ("[a] b = 1", 1, 5),
        ("a = \"x", 1, 5), ("a = \"x\ny\"", 1, 7), ("a = 'é\u{1}'", 1, 7), ("a = \"\\x\"", 1, 6),
        ("a = \"\\ud800\"", 1, 6), ("a = \"\"\"x", 1, 5), ("# \u{7}", 1, 3), ("a = 1\rb = 2", 1, 6),
        ("a.\"\"\"b\"\"\" = 1", 1, 3),
    ])
    func `syntax errors say where`(text: String, line: Int, column: Int) {
        #expect { try TOMLDocument(text) } throws: { error in
            (error as? TOMLError)?.position == TOMLPosition(line: line, column: column)
        }
    }

    @Test(arguments: [
        "01", "+01", "1__0", "_1", "1_", "0x", "0xg", "+0x1", "0o8", "0b2", "9223372036854775808", "1.", ".1", "1.e5",
        "1e", "1.2.3", "Inf", "+true", "True", "1979-13-01", "1979-02-29", "1979-05-27T24:00:00", "07:60:00", "7:00:00",
        "1979-05-27T07:32", "07:32:00Z", "1979-05-27T07:32:00+25:00", "1979-05-27T", "[1 2]", "[,]", "[1,,2]",
        "{a = 1,}",
        "{a = 1 b = 2}", "{\na = 1}", "{a = 1, a = 2}", "{a = {}, a.b = 1}", "\"a\" \"b\"", "bare", "$",
        "0x8000000000000000",
    ])
    func `values that look like something`(value: String) {
        #expect(throws: TOMLError.self) { try TOMLDocument("a = " + value) }
    }

    @Test(arguments: [
        "[a]\n[a]", "a = 1\n[a]", "[a]\nb = 1\n[a.b]", "a.b = 1\n[a]", "[f]\napple.c = 1\n[f.apple]",
        "[a.b.c]\nz = 9\n[a]\nb.c.t = 1", "a = {}\n[a.b]", "a = {b = 1}\na.c = 2", "a = []\n[[a]]", "[a]\n[[a]]",
        "[[a]]\n[a]",
        "[[a]]\n[a.b]\n[[a.b]]", "[a.b]\n[[a]]", "a.b = 1\na.b.c = 2", "[[a]]\n[a.b]\n[a.b]", "a = [{}]\n[a.b]",
        "[a]\nb.c = 1\n[a.d]\n[a]", "[[a.b]]\n[a]\nb.c = 1", "[a]\nx.y = 1\n[b]\n[a.x]",
    ])
    func `a table is defined once, and what is complete stays so`(text: String) {
        #expect(throws: TOMLError.self) { try TOMLDocument(text) }
    }

    @Test(
        arguments: [[0xFF], [0x61, 0x3D, 0x22, 0xC3, 0x22], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]]
    )
    func `bytes that are no UTF-8`(bytes: [UInt8]) {
        #expect(throws: TOMLError.self) { try TOMLDocument(bytes) }
    }

    @Test func `nesting, parts of a key and size are bounded`() {
        for text in [
            "a = " + String(repeating: "[", count: 100_000), "a = " + String(repeating: "{a=", count: 50_000),
            String(repeating: "a.", count: 100_000) + "a = 1",
            String(repeating: "a.a.a.a.a.a.a.a = {", count: 60), "[" + String(repeating: "a.", count: 100_000) + "a]",
        ] {
            #expect { try TOMLDocument(text) } throws: { "\($0)".contains("64") }
        }
        #expect { try TOMLDocument([UInt8](repeating: 0x0A, count: (1 << 20) + 1)) } throws: {
            "\($0)".contains("bytes")
        }
    }

    @Test func `errors do not quote values`() {
        #expect { try TOMLDocument("password = hunter2") } throws: { !"\($0)".contains("hunter2") }
        #expect { try TOMLDocument("password = \"hunter2\\q\"") } throws: { !"\($0)".contains("hunter2") }
    }
}
