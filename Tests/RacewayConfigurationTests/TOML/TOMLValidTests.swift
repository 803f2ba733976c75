import RacewayConfiguration
import Testing

/// Documents that are TOML 1.0, feature by feature in the order of the specification.
@Suite struct `TOML that is valid` {
    private func value(_ text: String) throws -> TOMLValue? { try TOMLDocument("x = " + text).root["x"] }

    private func table(_ text: String, _ path: String...) throws -> TOMLTable {
        var table = try TOMLDocument(text).root
        for key in path {
            guard case .table(let child)? = table[key] else { throw Missing(key: key) }
            table = child
        }
        return table
    }

    private struct Missing: Error { var key: String }

    @Test func `comments, blank lines, CR LF and a byte order mark mean nothing`() throws {
        let root = try TOMLDocument("\u{FEFF}# c\r\n\r\n\t a = 1 # \t é\r\n#").root
        #expect(root.entries.map(\.key) == ["a"] && root["a"] == .integer(1))
        #expect(try TOMLDocument("").root.entries.isEmpty)
    }

    @Test func `keys are bare, quoted or dotted`() throws {
        let root = try TOMLDocument("1234 = 1\n\"a.b\" = 2\n'c d' = 3\n\"\" = 4\nsite . \"x.y\" .z = 5").root
        #expect(root.entries.map(\.key) == ["1234", "a.b", "c d", "", "site"])
        #expect(try table("a.b.c = 1\na.b.d = 2", "a", "b").entries.map(\.key) == ["c", "d"])
        #expect(try table("3.14 = \"pi\"", "3")["14"] == .string("pi"))
    }

    @Test(arguments: [
        (#""a\tb\n\"\\ é \U0001F600""#, "a\tb\n\"\\ \u{e9} \u{1F600}"),
        (#"'C:\x\n'"#, #"C:\x\n"#),
        ("\"\"\"\na\nb\"\"\"", "a\nb"),
        ("\"\"\"a \\  \n\n   b\"\"\"", "a b"),
        ("\"\"\"a\"\"b\"\"\"\"\"", "a\"\"b\"\""),
        ("'''\nit''s\n'''", "it''s\n"),
        ("\"\"\"a\r\nb\"\"\"", "a\nb"),
        ("\"\"", ""), ("''''''", ""),
    ])
    func `strings of four kinds`(text: String, expected: String) throws {
        #expect(try value(text) == .string(expected))
    }

    @Test(arguments: [
        ("+99", 99), ("-0", 0), ("1_000", 1_000), ("0xDEAD_beef", 0xDEAD_BEEF), ("0o755", 0o755), ("0b1101", 13),
        ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
    ])
    func integers(text: String, expected: Int64) throws {
        #expect(try value(text) == .integer(expected))
    }

    @Test(arguments: [
        ("1.0", 1.0), ("-0.01", -0.01), ("5e+22", 5e22), ("1E06", 1e6), ("6.626e-34", 6.626e-34),
        ("224_617.445_991", 224_617.445991), ("inf", .infinity), ("-inf", -.infinity),
    ])
    func floats(text: String, expected: Double) throws {
        #expect(try value(text) == .float(expected))
    }

    @Test func `not a number is a float`() throws {
        guard case .float(let number)? = try value("-nan") else { throw Missing(key: "x") }
        #expect(number.isNaN)
    }

    @Test(arguments: [
        "1979-05-27T07:32:00Z", "1979-05-27t07:32:00.999-07:00", "1979-05-27 07:32:00", "1979-05-27", "07:32:00.5",
        "2024-02-29",
    ])
    func `dates and times keep their text`(text: String) throws {
        #expect(try value(text) == .dateTime(text))
        #expect(try value(text + " # c") == .dateTime(text))
    }

    @Test func `arrays may span lines, mix kinds and end in a comma`() throws {
        let document = try TOMLDocument("a = [ 1, # one\n 'x',\n [true], {k = 1},\n]")
        guard case .array(let elements)? = document.root["a"] else { throw Missing(key: "a") }
        #expect(elements.map(\.value.kind) == ["an integer", "a string", "an array", "a table"])
        #expect(document.position(of: elements[1].offset) == TOMLPosition(line: 2, column: 2))
    }

    @Test func `tables may come in any order and be defined after their children`() throws {
        let text = "[a.b.c]\nx = 1\n[d]\n[a]\ny = 2\n[a.b]\nz = 3"
        #expect(try table(text, "a", "b", "c")["x"] == .integer(1))
        #expect(try table(text, "a")["y"] == .integer(2))
        #expect(try table(text, "a", "b")["z"] == .integer(3))
    }

    @Test func `a table may lie below one that dotted keys made`() throws {
        let text = "[f]\napple.color = 1\n[f.apple.texture]\nsmooth = true"
        #expect(try table(text, "f", "apple", "texture")["smooth"] == .boolean(true))
    }

    @Test func `arrays of tables nest`() throws {
        let root = try TOMLDocument("[[f]]\nn = 1\n[f.p]\nx = 1\n[[f.v]]\nn = 2\n[[f.v]]\n[[f]]\n[[f.v]]").root
        guard case .array(let fruits)? = root["f"], case .table(let first) = fruits[0].value,
            case .array(let varieties)? = first["v"]
        else { throw Missing(key: "f") }
        #expect(fruits.count == 2 && varieties.count == 2)
        #expect(first.entries.map(\.key) == ["n", "p", "v"])
    }

    @Test func `inline tables hold dotted keys and other tables`() throws {
        let text = "p = { a.b = 1, a.c = {}, \"d\" = [{e = 2}] }"
        #expect(try table(text, "p").entries.map(\.key) == ["a", "d"])
        #expect(try table(text, "p", "a").entries.map(\.key) == ["b", "c"])
    }
}
