import Testing
import TraceModel

@testable import TraceFormats

@Suite struct RacewayFileTests {
    private func read(
        _ text: String,
        name: String = "f.json",
        options: ReadOptions = .file()
    ) throws(FormatError) -> TraceDocument {
        try TraceReader.read(Array(text.utf8), name: name, options: options)
    }

    private static let one = Wire.event()
    private static let two = Wire.neighbour
    private static let recorded =
        #"{"method":"POST","path":"/events","headers":[["Host","h"]],"body":\#(Wire.body(one, two))}"#

    static let shapes: [(String, String)] = [
        ("a body", Wire.body(one, two)),
        ("an array of bodies", "[\(Wire.body(one)),\(Wire.body(two))]"),
        ("an array of events", "[\(one),\(two)]"),
        ("lines of events", "\(one)\n\(two)\n"),
        ("lines of bodies, without a final newline", "\(Wire.body(one))\r\n\n\(Wire.body(two))"),
        ("lines of arrays", "[\(one)]\n[\(two)]\n"),
        (
            "an answer of the server",
            #"{"success":true,"data":{"trace_id":"x","events":[\#(one),\#(two)],"races":[]},"error":null}"#
        ),
        ("an exported trace", #"{"trace_id":"\#(Wire.trace)","events":[\#(one),\#(two)]}"#),
        ("a recorded request", recorded),
        (
            "an array of recorded requests",
            #"[{"method":"GET","path":"/","body":[\#(one)]},{"body":{"events":[\#(two)]}}]"#
        ),
        ("bodies one after the other", Wire.body(one) + " " + Wire.body(two)),
        ("a body with a byte order mark", "\u{FEFF}" + Wire.body(one, two)),
    ]

    @Test(arguments: shapes) func `events are found in`(shape: String, text: String) throws {
        let document = try read(text)
        #expect(document.batch.count == 2, "\(shape): \(document.problems)")
        #expect(document.skipped == 0)
        #expect(document.records == 2)
    }

    @Test func `one event alone is a file`() throws {
        #expect(try read(Self.one).batch.count == 1)
    }

    @Test func `gzip is unpacked whatever the name says`() throws {
        let plain = Array(Wire.body(Self.one, Self.two).utf8)
        for name in ["a.json.gz", "a.json"] {
            #expect(try TraceReader.read(GzipWriter.stored(plain), name: name).batch.count == 2)
        }
    }

    @Test func `several gzip members are one text`() throws {
        let plain = Array((Self.one + "\n" + Self.two + "\n").utf8)
        let bytes = GzipWriter.stored(Array(plain[..<100])) + GzipWriter.stored(Array(plain[100...]))
        #expect(try TraceReader.read(bytes, name: "a.gz").batch.count == 2)
    }

    @Test func `a text larger than the working buffer is unpacked whole`() throws {
        let plain = Array((0..<2_000).map { _ in Self.one }.joined(separator: "\n").utf8)
        #expect(try TraceReader.read(GzipWriter.stored(plain), name: "a.gz").batch.count == 2_000)
    }

    @Test func `gzip that is damaged, cut or too large is refused`() throws {
        let plain = Array(Wire.body(Self.one, Self.two).utf8)
        let good = GzipWriter.stored(plain)
        for end in 3..<good.count {
            let error = #expect(throws: FormatError.self) { try TraceReader.read(Array(good[..<end]), name: "a.gz") }
            #expect(error?.code == FaultCode.badGzip.rawValue)
        }
        var flipped = good
        flipped[20] ^= 1
        #expect(throws: FormatError.self) { try TraceReader.read(flipped, name: "a.gz") }
        let options = ReadOptions(inputBytesMax: plain.count - 1)
        let error = #expect(throws: FormatError.self) { try TraceReader.read(good, name: "a.gz", options: options) }
        #expect(error?.code == FaultCode.tooLarge.rawValue)
    }

    @Test(arguments: [
        #"{"id":"x"}"#, "{", "nonsense", #"{"events":[}"#, #"{"a":"unclosed}"#, "\u{0}", "[", "]",
    ])
    func `a bad line is skipped, counted and located`(bad: String) throws {
        let document = try read("\(Self.one)\n\n\(bad)\n\(Self.two)\n")
        #expect(document.batch.count == 2)
        #expect(document.records == 3)
        #expect(document.skipped == 1)
        #expect(document.problems.first?.line == 3)
        let start = Self.one.utf8.count + 2
        let byte = try #require(document.problems.first?.byte)
        #expect(byte >= start && byte <= start + bad.utf8.count)
    }

    @Test func `bad lines of a long file are located whichever piece they lie in`() throws {
        // Pieces are some hundred kilobytes; the long line is larger than one.
        let long = Wire.event("Custom", "{\"name\":\"n\",\"data\":\"\(String(repeating: "x", count: 400_000))\"}")
        var lines = [String](repeating: Self.one, count: 3_000)
        lines[1_000] = long
        let bad = [0: "{", 700: "[", 1_001: #"{"id":"#, 1_500: #""open"#, 2_000: "\u{1}", 2_999: #"{"id":5}"#]
        for (index, text) in bad { lines[index] = text }
        lines[100] = ""
        let text = lines.joined(separator: "\n")
        let document = try read(text)
        #expect(document.batch.count == 3_000 - bad.count - 1)
        #expect(document.problems.map(\.line) == bad.keys.sorted().map { $0 + 1 })
        let starts = lines.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.utf8.count + 1) }
        for problem in document.problems {
            #expect((starts[problem.line - 1]..<starts[problem.line]).contains(problem.byte))
        }
    }

    @Test func `a value printed over several lines is not read line by line`() throws {
        for text in [
            "[\n\(Self.one)\n]", "[\n\(Self.one),\n\(Self.two)\n]", "{\"events\":[\n\(Self.one),\n\(Self.two)]}",
            "[\(Self.one)\n,\(Self.two)]", "{\n\"events\":\n[\(Self.one)]\n}",
        ] {
            let document = try read(text)
            #expect(document.skipped == 0, "\(text)")
            #expect(document.batch.count == text.count(of: "lock_set"))
        }
    }

    @Test func `invalid UTF-8 in one line costs that line`() throws {
        var bytes = Array("\(Self.one)\n\(Self.one)\n\(Self.two)\n".utf8)
        bytes[Self.one.utf8.count + 20] = 0xFF
        let document = try TraceReader.read(bytes, name: "f.ndjson")
        #expect(document.batch.count == 2)
        #expect(document.problems.map(\.line) == [2])
    }

    @Test func `strict stops at the first bad line`() {
        let options = ReadOptions.file(strict: true)
        let error = #expect(throws: FormatError.self) {
            try read("\(Self.one)\n{\"id\":5}\n{", name: "dir/f.ndjson", options: options)
        }
        #expect(error?.line == 2)
        #expect(error?.description.hasPrefix("dir/f.ndjson:2") == true)
    }

    @Test func `strict stops at the first bad event of a body`() {
        let options = ReadOptions.file(strict: true)
        let error = #expect(throws: FormatError.self) { try read(Wire.body(Self.one, "{}"), options: options) }
        #expect(error?.code == FaultCode.missingField.rawValue)
    }

    @Test(arguments: [
        ("{", 1), ("\n\n{\"events\":[}", 3), ("{\n\"a\":\"unclosed}", 2), ("[1,2]", 1), ("{\"a\":1}", 1), ("", 1),
        ("5", 1), ("null", 1),
    ])
    func `a file in which nothing can be read says where it went wrong`(text: String, line: Int) {
        let error = #expect(throws: FormatError.self) {
            try TraceReader.read(Array(text.utf8), name: "f.json", format: .raceway)
        }
        #expect(error?.line == line, "\(String(describing: error))")
        #expect(error?.name == "f.json")
    }

    @Test func `a file over the limit is refused`() {
        let error = #expect(throws: FormatError.self) {
            try read(Wire.body(Self.one), options: ReadOptions(inputBytesMax: 100))
        }
        #expect(error?.code == FaultCode.tooLarge.rawValue)
    }

    @Test func `envelopes in envelopes end somewhere`() {
        for (open, close) in [("[", "]"), (#"{"data":"#, "}"), (#"{"body":"#, "}")] {
            let text = String(repeating: open, count: 50_000) + "[]" + String(repeating: close, count: 50_000)
            let error = #expect(throws: FormatError.self) { try read(text) }
            #expect(error?.code == FaultCode.tooDeep.rawValue)
        }
    }

    @Test func `an error prints no control characters of the name`() {
        let error = FormatError(code: "x", name: "a\u{1B}[31m\n", message: "m\u{7}", line: 3, column: 4, byte: 9)
        #expect(error.description == "a\\u{1b}[31m\\u{a}:3:4: m\\u{7} (byte 9)")
    }
}

@Suite struct DetectionTests {
    @Test(arguments: [
        ("a.json", Wire.body(Wire.event()), TraceFormat.raceway),
        ("a.json", "[" + Wire.event() + "]", .raceway),
        ("a.ndjson", Wire.event() + "\n", .raceway),
        ("trace", #"{"op":"w","t":0,"x":"V0"}"#, .ops),
        ("a.ops.jsonl", "", .ops),
        ("a.std", "", .std),
        ("trace", "T0|w(V0)|0\nT1|r(V0)|1\n", .std),
        ("trace", "# comment\n\nmain|begin|0\n", .std),
        ("a.json", #"{"resourceSpans":[]}"#, .otlp),
        ("a.json", #"[{"traceId":"1","id":"2"}]"#, .zipkin),
        ("a.json", #"{"data":[{"traceID":"1","spans":[]}]}"#, .jaeger),
        ("a.jsonl", #"{"host":"a","clock":{"a":1},"event":"x"}"#, .shiviz),
    ])
    func `a format is recognised`(name: String, text: String, format: TraceFormat) {
        #expect(TraceReader.detect(Array(text.utf8), name: name) == format)
    }

    @Test(arguments: ["", "  \n", "hello world", "a|b", "|w(x)|1", "PK\u{3}\u{4}", "\u{0}\u{1}"])
    func `anything else is not`(text: String) {
        #expect(TraceReader.detect(Array(text.utf8), name: "x") == nil)
    }

    @Test func `an unknown format says how to name it`() {
        let error = #expect(throws: FormatError.self) { try TraceReader.read(Array("hello".utf8), name: "x") }
        #expect(error?.code == FaultCode.unknownFormat.rawValue)
        #expect(error?.description.contains("--format") == true)
    }
}

extension String {
    fileprivate func count(of word: String) -> Int { ranges(of: word).count }
}
