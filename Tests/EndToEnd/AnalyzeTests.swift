import Foundation
import Testing

@Suite struct `raceway analyze` {
    private static let racy =
        "{\"op\":\"w\",\"t\":\"A\",\"x\":\"v\",\"loc\":\"a.go:1\"}\n{\"op\":\"w\",\"t\":\"B\",\"x\":\"v\",\"loc\":\"b.go:2\"}\n"
    private static let clean = "{\"op\":\"w\",\"t\":\"A\",\"x\":\"v\"}\n{\"op\":\"w\",\"t\":\"A\",\"x\":\"v\"}\n"

    @Test(
        arguments: [
            ([Raceway.fixture("banking-transfer/racy.json")], 1), ([Raceway.fixture("banking-transfer/fixed.json")], 0),
            ([Raceway.fixture("banking-transfer/racy.json"), "--fail-on", "manifested"], 1),
            ([Raceway.fixture("banking-transfer/racy.json"), "--fail-on", "critical"], 1),
            ([Raceway.fixture("banking-transfer/racy.json"), "--fail-on", "never"], 0),
            (["/no/such/file"], 2), (["/"], 2), (["--fail-on", "sometimes", "x"], 64), (["--detect", "rces", "x"], 64),
            (["--no-such-flag"], 64), ([], 64), (["--help"], 0),
            (["--source-root", "/no/such/folder", Raceway.fixture("banking-transfer/racy.json")], 64),
            (["--baseline", "/no/such/file", Raceway.fixture("banking-transfer/racy.json")], 2),
            (["--emit", "order", Raceway.fixture("banking-transfer/racy.json")], 0),
        ] as [([String], Int32)]
    )
    func `the exit code says what happened`(arguments: [String], status: Int32) throws {
        let outcome = try Raceway.run(["analyze"] + arguments)
        #expect(outcome.status == status, "\(outcome.errors)")
        if status == 2 { #expect(outcome.output.isEmpty || arguments.count > 1) }
    }

    @Test(
        arguments: [("manifested", 0), ("critical", 0), ("race", 1), ("new", 1), ("any", 1), ("never", 0)]
            as [(String, Int32)]
    )
    func `a feasible race fails as its threshold says`(threshold: String, status: Int32) throws {
        #expect(
            try Raceway.run("analyze", "--format", "ops", "-", "--fail-on", threshold, input: Self.racy).status
                == status
        )
    }

    @Test func `a mistyped flag or command is answered with the nearest`() throws {
        let flag = try Raceway.run("analyze", "--fial-on", "any", "x")
        #expect(flag.status == 64 && flag.errors.contains("'--fail-on'"))
        let command = try Raceway.run("analize", "x")
        #expect(command.status == 64 && command.errors.contains("'analyze'"))
        let rule = try Raceway.run("explain", "lost_updat")
        #expect(rule.status == 64 && rule.errors.contains("lost_update"))
    }

    @Test func `witnesses are replayed again on demand, and the count is a hint`() throws {
        for (fixture, count) in [("race-behind-a-lock", 1), ("lock-order-deadlock", 1), ("missing-await", 0)] {
            let path = Raceway.fixture("\(fixture)/racy.json")
            let outcome = try Raceway.run("analyze", path, "--verify-witnesses", "--fail-on", "never")
            #expect(outcome.status == 0)
            #expect(outcome.errors.contains("witness schedules verified: \(count)"), "\(outcome.errors)")
        }
    }

    @Test func `latency is searched on demand and says what it is still learning`() throws {
        let slow = try Raceway.run("analyze", Raceway.fixture("slow-query/racy.json"), "--detect", "latency")
        #expect(slow.status == 1 && slow.output.contains("[latency]") && slow.output.contains("latency: judged"))
        let few = try Raceway.run("analyze", Raceway.fixture("rate-limit/racy.json"), "--detect", "latency")
        #expect(few.status == 0 && few.output.contains("still learning"))
        let standard = try Raceway.run("analyze", Raceway.fixture("slow-query/racy.json"))
        #expect(standard.status == 0 && !standard.output.contains("latency:"))
    }

    @Test func `results go to standard output and hints to standard error`() throws {
        let folder = try Folder()
        let file = try folder.write(Self.clean + "oops\n", to: "run.ops.jsonl")
        let outcome = try Raceway.run("analyze", file, "--output", "json")
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("{\n  \"schema\": 1,") && outcome.output.hasSuffix("}\n"))
        #expect(outcome.errors.contains("run.ops.jsonl:3: ") && outcome.errors.contains("skipped 1 of 3 records"))
        #expect(outcome.output.contains("\"skipped\": 1"))
        #expect(!outcome.output.contains("warning:"))
    }

    @Test func `strict stops at the first bad record with file, line and byte`() throws {
        let folder = try Folder()
        let file = try folder.write(Self.clean + "oops\n" + Self.racy, to: "run.ops.jsonl")
        let outcome = try Raceway.run("analyze", "--strict", file)
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("run.ops.jsonl:3") && outcome.errors.contains("byte \(Self.clean.utf8.count)"))
        #expect(outcome.errors.contains("expected"))
    }

    @Test func `a file without one good record is unusable`() throws {
        let folder = try Folder()
        let file = try folder.write("oops\n\nno\n", to: "run.ops.jsonl")
        let outcome = try Raceway.run("analyze", file)
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("run.ops.jsonl:1"))
    }

    @Test func `an unusable file costs its neighbours nothing but the exit code`() throws {
        let folder = try Folder()
        let good = try folder.write(Self.racy, to: "good.ops.jsonl")
        let bad = try folder.write("{\"events\": [", to: "bad.json")
        let outcome = try Raceway.run("analyze", bad, good)
        #expect(outcome.status == 2)
        #expect(outcome.output.contains("touch v with nothing ordering them"))
        #expect(
            outcome.errors.contains("bad.json") && outcome.errors.contains("1 of the named inputs could not be read")
        )
    }

    @Test func `each ops file is a program of its own and Raceway files are one`() throws {
        let folder = try Folder()
        try folder.write("{\"op\":\"w\",\"t\":\"A\",\"x\":\"v\"}\n", to: "runs/one.ops.jsonl")
        try folder.write("{\"op\":\"w\",\"t\":\"B\",\"x\":\"v\"}\n", to: "runs/two.ops.jsonl")
        try folder.write("not a trace", to: "runs/.hidden.json")
        try folder.write("not a trace", to: "runs/notes.txt")
        let apart = try Raceway.run("analyze", folder.url("runs").path)
        #expect(apart.status == 0 && apart.errors.isEmpty)
        #expect(apart.output.hasPrefix("no race found in 2 accesses to 2 objects by 2 tasks in 2 traces"))

        let body = try String(contentsOfFile: Raceway.fixture("banking-transfer/racy.json"), encoding: .utf8)
        let lines = body.split(separator: "\n").map(String.init)
        let half = lines.count / 2
        let first = try folder.write((lines[..<half].joined(separator: "\n").dropLast() + "]}"), to: "first.json")
        let second = try folder.write("{\"events\": [" + lines[half...].joined(separator: "\n"), to: "second.json")
        let split = try Raceway.run("analyze", first, second)
        let whole = try Raceway.run("analyze", Raceway.fixture("banking-transfer/racy.json"))
        #expect(split.errors.isEmpty)
        #expect(withoutTime(split.output) == withoutTime(whole.output))
    }

    @Test func `standard input is read and recognised`() throws {
        let outcome = try Raceway.run("analyze", "-", "--output", "json", input: Self.racy)
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("\"path\": \"-\"") && outcome.output.contains("\"format\": \"ops\""))
    }

    @Test func `the report goes to a file when asked`() throws {
        let folder = try Folder()
        let path = folder.url("report.sarif").path
        let outcome = try Raceway.run("analyze", "-", "--output", "sarif", "-o", path, input: Self.racy)
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("1 findings"))
        #expect(try folder.read("report.sarif").contains("\"version\": \"2.1.0\""))
        let refused = try Raceway.run("analyze", "-", "-o", folder.path + "/no/such/folder/x", input: Self.racy)
        #expect(refused.status == 2)
    }

    @Test func `a closed pipe ends the command quietly`() throws {
        let command = "'\(Raceway.binary.path)' explain | head -n 1"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        let errors = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        #expect(errors.fileHandleForReading.readDataToEndOfFile().isEmpty)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func `colour comes only when asked or on a terminal`() throws {
        #expect(!(try Raceway.run("analyze", "-", input: Self.racy).output.contains("\u{1b}")))
        #expect(try Raceway.run("analyze", "-", "--color", "always", input: Self.racy).output.contains("\u{1b}["))
        let asked = ["CLICOLOR_FORCE": "1"]
        #expect(try Raceway.run("analyze", "-", input: Self.racy, environment: asked).output.contains("\u{1b}["))
    }

    @Test func `the source line stands in the card`() throws {
        let folder = try Folder()
        try folder.write("counter += 1\n", to: "src/a.go")
        try folder.write("\ncounter -= 1\n", to: "src/b.go")
        let outcome = try Raceway.run("analyze", "-", "--source-root", folder.url("src").path, input: Self.racy)
        #expect(outcome.output.contains("1 │ counter += 1\n") && outcome.output.contains("2 │ counter -= 1\n"))
    }

    @Test func `a link out of the source root is not followed`() throws {
        let folder = try Folder()
        try folder.write("secret\n", to: "outside.go")
        try folder.write("", to: "src/b.go")
        try FileManager.default.createSymbolicLink(
            at: folder.url("src/a.go"),
            withDestinationURL: folder.url("outside.go")
        )
        let outcome = try Raceway.run("analyze", "-", "--source-root", folder.url("src").path, input: Self.racy)
        #expect(outcome.status == 1 && !outcome.output.contains("secret"))
    }

    @Test func `internals are printed for conformance`() throws {
        #expect(try Raceway.run("analyze", "-", "--emit", "racy-events", input: Self.racy).output == "2\n")
        #expect(
            try Raceway.run("analyze", "-", "--emit", "racy-events", "--engine", "hb", input: Self.racy).output == "2\n"
        )
        #expect(try Raceway.run("analyze", "-", "--emit", "order", input: Self.racy).output == "1\n2\n")
        let forked = "{\"op\":\"fork\",\"t\":\"A\",\"u\":\"B\"}\n{\"op\":\"w\",\"t\":\"B\",\"x\":\"v\"}\n"
        #expect(
            try Raceway.run("analyze", "-", "--emit", "clocks", input: forked).output == """
                {"event":1,"task":"A","clock":{"A":1}}
                {"event":2,"task":"B","clock":{"A":1,"B":1}}

                """
        )
        let folder = try Folder()
        let one = try folder.write(Self.racy, to: "1.ops.jsonl")
        let two = try folder.write(Self.racy, to: "2.ops.jsonl")
        #expect(try Raceway.run("analyze", "--emit", "order", one, two).status == 64)
    }

    @Test func `the manifested update of the bank is named with its outcome`() throws {
        let outcome = try Raceway.run("analyze", Raceway.fixture("banking-transfer/racy.json"))
        #expect(
            outcome.output.contains(
                "4 requests read alice.balance = 1000 and each wrote 900: 3 updates were lost; it ended at 900, every serial order ends at 600"
            )
        )
    }

    private func withoutTime(_ text: String) -> String { text.replacing(/, [0-9.]+ (µs|ms|s);/, with: ";") }

    @Test func `a report written through a link leaves the link, and a device stays one`() throws {
        let folder = try Folder()
        try folder.write("", to: "real.json")
        let link = folder.path + "/link.json"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path + "/real.json")
        let arguments = ["analyze", "-", "--output", "json", "--fail-on", "never", "-o"]
        #expect(try Raceway.run(arguments + [link], input: Self.racy).status == 0)
        #expect(try folder.read("real.json").contains("\"schema\""))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link).hasSuffix("real.json"))
        #expect(try Raceway.run(arguments + ["/dev/null"], input: Self.racy).status == 0)
        let kind = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
        #expect(kind == .typeCharacterSpecial)
    }

    @Test(arguments: [
        ("1700-01-01T00:00:00Z", 1), ("2262-01-01T00:00:00Z", 1), ("2025-01-01T00:00:00Z", Int64.max),
    ])
    func `times centuries apart and numbers at the limit are analysed`(_ time: String, _ sequence: Int64) throws {
        let events = (0..<6).map { number in
            let moment = number % 2 == 0 ? time : "2261-12-31T00:00:00Z"
            return """
                {"id":"00000000-0000-4000-8000-00000000000\(number)","trace_id":"00000000-0000-4000-8000-0000000001\(number)0",\
                "parent_id":null,"timestamp":"\(moment)","sequence":\(sequence),"kind":{"StateChange":{"variable":"x","old_value":0,\
                "new_value":\(number),"location":"a.py:\(number)","access_type":"Write"}},"metadata":{"thread_id":"t\(number % 3)",\
                "process_id":1,"service_name":"s","environment":"e","tags":{},"duration_ns":9223372036854775807},\
                "causality_vector":[],"lock_set":[]}
                """
        }
        let input = "{\"events\":[" + events.joined(separator: ",") + "]}"
        let outcome = try Raceway.run("analyze", "-", "--fail-on", "never", "--detect", "races,latency", input: input)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try Raceway.run("analyze", "-", "--emit", "critical-path", input: input).status == 0)
    }
}
