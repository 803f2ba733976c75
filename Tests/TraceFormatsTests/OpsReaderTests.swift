import Testing
import TraceModel

@testable import TraceFormats

@Suite struct OpsReaderTests {
    private func log(_ text: String, options: ReadOptions = .file()) throws(FormatError) -> OperationLog {
        try TraceReader.readOperations(Array(text.utf8), name: "t.ops.jsonl", options: options)
    }

    @Test(arguments: OperationStep.allCases.filter { $0.opsName != nil })
    func `every operation is read with its operand`(step: OperationStep) throws {
        let name = try #require(step.opsName)
        let log = try log(#"{"op":"\#(name)","t":1,"u":2,"s":"lock","x":"var","loc":"a.c:5"}"#)
        #expect(Array(log.steps) == [step])
        #expect(log.taskName(log.tasks[0]) == "1")
        #expect(log.location(of: 0) == "a.c:5")
        let expected: [OperationStep.Operand: String] = [
            .nothing: "", .variable: "var", .synchronisation: "lock", .task: "2",
        ]
        #expect(log.operandName(of: 0) == expected[step.operand])
    }

    @Test func `a number and a string of the same digits name the same task`() throws {
        let log = try log(#"{"op":"fork","t":0,"u":"1"}"# + "\n" + #"{"op":"w","t":1,"x":"v"}"#)
        #expect(log.tasks == [0, 1])
        #expect(log.operands[0] == 1)
        #expect(log.location(of: 1).isEmpty)
    }

    @Test func `names may be escaped, members may come in any order and unknown ones are ignored`() throws {
        let text = #"{"\u006coc":"a\nb","more":[{}],"x":"v\u00e9","t":"t\"1","op":"w"}"#
        let log = try log(text)
        #expect(log.operandName(of: 0) == "vé")
        #expect(log.taskName(0) == "t\"1")
        #expect(log.location(of: 0) == "a\nb")
    }

    @Test func `blank lines and comments are no records`() throws {
        let log = try log("\n# it's \"a\" comment\n  \n{\"op\":\"end\",\"t\":0}\r\n\n")
        #expect(log.lines == [4])
        #expect(log.records == 1)
        #expect(log.skipped == 0)
    }

    @Test func `lines without a time have their number once another line has one`() throws {
        let log = try log(
            """
            {"op":"end","t":0}
            {"op":"end","t":1,"ts":1700000000000000000}
            {"op":"end","t":2,"ts":null}
            {"op":"end","t":3,"ts":-9223372036854775808}
            """
        )
        #expect(log.timestamps == [1, 1_700_000_000_000_000_000, 3, .min])
        // Far from any clock, a time is kept as the earliest one, from which every other can be subtracted.
        #expect(log.document().batch.timestamps == [1, 1_700_000_000_000_000_000, 3, EventBatch.earliest])
    }

    static let bad: [(String, FaultCode)] = [
        ("{}", .missingField), ("5", .wrongType), ("[]", .wrongType), (#""w""#, .wrongType), ("{", .syntax),
        ("nonsense", .wrongType), (#"{"op":"w","t":0}"#, .missingField), (#"{"op":"w","x":"v"}"#, .missingField),
        (#"{"op":"W","t":0,"x":"v"}"#, .invalidValue), (#"{"op":5,"t":0,"x":"v"}"#, .invalidValue),
        (#"{"op":"w","t":null,"x":"v"}"#, .missingField), (#"{"op":"w","t":[],"x":"v"}"#, .wrongType),
        (#"{"op":"w","t":"","x":"v"}"#, .invalidValue), (#"{"op":"w","t":true,"x":"v"}"#, .wrongType),
        (#"{"op":"w","op":"r","t":0,"x":"v"}"#, .duplicateField), (#"{"op":"w","t":0,"x":"v"} {}"#, .syntax),
        (#"{"op":"w","t":0,"x":"v"},"#, .syntax), (#"{"op":"w","t":0,"x":"v""#, .syntax),
        (#"{"op":"w","t":0,"x":"v","ts":"1"}"#, .wrongType), (#"{"op":"w","t":0,"x":"v","ts":1e30}"#, .numberTooLarge),
        (#"{"op":"w","t":0,"x":"\ud800"}"#, .loneSurrogate), (#"{"op":"w","t":0,"x":"unclosed}"#, .unclosedString),
        ("{\"op\":\"w\",\"t\":0,\"x\":\"a\u{1}\"}", .controlInString), (#"{"op":"w","t":NaN,"x":"v"}"#, .syntax),
        (#"{"op":"w","t":0,"x":"v","ts":1e400}"#, .numberTooLarge), (#"{"op":"fork","t":0,"s":1}"#, .missingField),
        (String(repeating: "[", count: 5_000), .wrongType),
        (#"{"op":"w","t":0,"x":"v","y":"# + String(repeating: "[", count: 5_000), .tooDeep),
    ]

    @Test(arguments: bad) func `a bad line is skipped, counted and located`(line: String, code: FaultCode) throws {
        let good = #"{"op":"w","t":0,"x":"v"}"#
        let log = try log("\(good)\n\n\(line)\n\(good)\n")
        #expect(log.lines == [1, 4])
        #expect(log.records == 3)
        #expect(log.skipped == 1)
        #expect(log.problems.map(\.code) == [code.rawValue], "\(log.problems)")
        #expect(log.problems.first?.line == 3)
        let byte = try #require(log.problems.first?.byte)
        #expect(byte >= good.utf8.count + 2 && byte <= good.utf8.count + 3 + line.utf8.count)
    }

    @Test func `an object over several lines is refused line by line`() throws {
        let good = #"{"op":"end","t":7}"#
        let log = try log("{\"op\":\n\"w\",\"t\":0,\"x\":\"v\"}\n\(good)\n")
        #expect(log.lines == [3])
        #expect(log.skipped == 2)
    }

    @Test func `strict stops at the first bad line`() {
        let text = #"{"op":"end","t":0}"# + "\n{}\n{\n"
        let error = #expect(throws: FormatError.self) { try log(text, options: .file(strict: true)) }
        #expect(error?.line == 2)
    }

    @Test func `operations in events of a document mean what they say`() throws {
        let text = """
            {"op":"rdlock","t":0,"s":"l"}
            {"op":"rdunlock","t":0,"s":"l"}
            {"op":"relacq","t":0,"s":"c"}
            {"op":"end","t":0}
            """
        let batch = try TraceReader.read(Array(text.utf8), name: "t.ops.jsonl").batch
        #expect(batch.operations == [.lockAcquire, .lockRelease, .swap, .taskEnd])
        #expect(batch.flags.map { $0.contains(.shared) } == [true, true, false, false])
        #expect(batch.kinds == [.lockAcquire, .lockRelease, .synchronisation, .taskEnd])
    }

    @Test func `another format is refused`() {
        let error = #expect(throws: FormatError.self) {
            try TraceReader.readOperations(Array(#"{"events":[]}"#.utf8), name: "a.json")
        }
        #expect(error?.code == FaultCode.unknownFormat.rawValue)
    }
}
