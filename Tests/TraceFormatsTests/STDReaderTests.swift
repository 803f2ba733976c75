import Testing
import TraceModel

@testable import TraceFormats

@Suite struct STDReaderTests {
    private func log(_ text: String, options: ReadOptions = .file()) throws(FormatError) -> OperationLog {
        try TraceReader.readOperations(Array(text.utf8), name: "t.std", options: options)
    }

    /// `task step operand @location` of every operation.
    private func lines(_ log: OperationLog) -> [String] {
        (0..<log.count).map {
            "\(log.taskName(log.tasks[$0])) \(log.steps[$0]) \(log.operandName(of: $0)) @\(log.location(of: $0))"
        }
    }

    @Test func `every operation is read`() throws {
        let text = """
            T0|fork(T1)|1
            T0|w(V0)|2
            T1|r(V0)|3
            T1|acq(L0)|4
            T1|rel(L0)|5
            T1|begin|6
            T1|end(x)|7
            T0|join(T1)|8
            """
        #expect(
            lines(try log(text)) == [
                "T0 fork T1 @1", "T0 write V0 @2", "T1 read V0 @3", "T1 lock L0 @4", "T1 unlock L0 @5", "T1 none  @6",
                "T1 none  @7", "T0 join T1 @8",
            ]
        )
    }

    @Test(arguments: [
        ("T0|fork(2)|1", "T2"), ("T0|fork(T2)|1", "T2"), ("0|fork(2)|1", "2"), ("0|fork(T2)|1", "2"),
        ("main|join(2)|1", "2"), ("main|join(worker)|1", "worker"), ("Tx|join(5)|1", "5"),
    ])
    func `the other task is spelled as tasks are`(line: String, other: String) throws {
        let log = try log(line)
        #expect(log.operandName(of: 0) == other)
        #expect(log.taskCount == 2)
    }

    @Test func `names may hold what is no structure and lines end in any way`() throws {
        let text = " main thread | w( a.b(int)[0] ) | f.c:3 | x \r\n\r\n# T0|w(x)|1\n\té|r(变量)|\n\nT1|w(x)"
        let log = try log(text)
        #expect(lines(log) == ["main thread write a.b(int)[0] @f.c:3 | x", "é read 变量 @", "T1 write x @"])
        #expect(log.lines == [1, 4, 6])
        #expect(log.records == 3)
    }

    @Test func `tasks, variables and locks are numbered from zero each in order of first use`() throws {
        let log = try log("a|w(x)|1\nb|acq(x)|1\nb|w(y)|1\na|r(x)|1\n")
        #expect(log.tasks == [0, 1, 1, 0])
        #expect(log.operands == [0, 0, 1, 0])
        #expect(log.variableCount == 2)
        #expect(log.synchronisationCount == 1)
        #expect(log.taskCount == 2)
    }

    @Test(arguments: [
        ("T0", FaultCode.syntax), ("hello world", .syntax), ("|w(x)|1", .missingField), ("T0|", .invalidValue),
        ("T0|x(V0)|1", .invalidValue), ("T0|W(V0)|1", .invalidValue), ("T0|w(V0|1", .invalidValue),
        ("T0|w(V0)x|1", .invalidValue), ("T0|w|1", .missingField), ("T0|w()|1", .missingField),
        ("T0|acquire(V0)|1", .invalidValue), ("T0|verylongname(V0)|1", .invalidValue), ("T0|(x)|1", .invalidValue),
    ])
    func `a bad line is skipped, counted and located`(bad: String, code: FaultCode) throws {
        let log = try log("T0|w(x)|1\n\n\(bad)\nT1|r(x)|2\n")
        #expect(log.count == 2)
        #expect(log.records == 3)
        #expect(log.skipped == 1)
        #expect(log.problems.map(\.code) == [code.rawValue])
        #expect(log.problems.first?.line == 3)
        #expect(log.problems.first?.byte == 11)
        #expect(log.lines == [1, 4])
    }

    @Test func `a line that is not UTF-8 is skipped`() throws {
        let bytes = Array("T0|w(x)|1\nT0|w(".utf8) + [0xC3, 0x28] + Array(")|1\n".utf8)
        let log = try TraceReader.readOperations(bytes, name: "t.std")
        #expect(log.count == 1)
        #expect(log.problems.map(\.code) == [FaultCode.invalidUTF8.rawValue])
    }

    @Test func `a name over the limit is refused`() throws {
        let long = String(repeating: "x", count: 101)
        let options = ReadOptions(stringBytesMax: 100)
        let log = try log("T0|w(\(long))|1\nT0|w(\(long.dropLast()))|1", options: options)
        #expect(log.lines == [2])
    }

    @Test func `strict stops at the first bad line and names it`() {
        let error = #expect(throws: FormatError.self) {
            try log("T0|w(x)|1\nbad\nworse\n", options: .file(strict: true))
        }
        #expect(error?.line == 2)
        #expect(error?.byte == 10)
        #expect(error?.description == "t.std:2: not an operation, expected task|operation(operand)|location (byte 10)")
    }

    @Test func `a file of bad lines only says how many there were`() {
        let error = #expect(throws: FormatError.self) { try log("bad\nworse\n") }
        #expect(error?.message.contains("none of 2 records") == true)
    }

    @Test func `an empty file is an empty log`() throws {
        #expect(try log("").isEmpty)
        #expect(try log("\n# nothing\n").records == 0)
    }

    @Test func `as a document it is one ordered trace of one process`() throws {
        let document = try TraceReader.read(Array("T0|w(x)|7\n\nT1|acq(l)|8\nT0|fork(1)|9\n".utf8), name: "t.std")
        let batch = document.batch
        #expect(batch.ids.map(\.low) == [1, 3, 4])
        #expect(batch.timestamps == [1, 3, 4])
        #expect(batch.flags.allSatisfy { $0 == .totallyOrdered })
        #expect(batch.operations == [.write, .lockAcquire, .fork])
        #expect(batch.threads.map { batch.symbols[$0] } == ["T0", "T1", "T0"])
        #expect(batch.objects.map { batch.symbols[$0] } == ["x", "l", ""])
        #expect(batch.subjects.map { batch.symbols[$0] } == ["", "", "T1"])
        #expect(batch.locations.map { batch.symbols[$0] } == ["7", "8", "9"])
        #expect(batch.processes.count == 1)
        #expect(Set(batch.traces).count == 1)
        #expect(batch.traces[0] != .zero)
    }

    @Test func `the trace id is the same for the same bytes and another for others`() throws {
        let texts = ["T0|w(x)|1", "T0|w(x)|2", "T0|w(x)|1\n", "T0|w(y)|1"]
        let ids = try texts.map { try log($0).trace }
        #expect(Set(ids).count == texts.count)
        #expect(try log(texts[0]).trace == ids[0])
    }
}
