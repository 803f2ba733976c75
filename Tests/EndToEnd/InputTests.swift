import Foundation
import Glibc
import Testing

/// What the command takes for a file, and what it says when there is nothing in it.
@Suite struct `Inputs and outputs of raceway analyze` {
    private static let racy =
        "{\"op\":\"w\",\"t\":\"A\",\"x\":\"v\",\"loc\":\"a.go:1\"}\n{\"op\":\"w\",\"t\":\"B\",\"x\":\"v\",\"loc\":\"b.go:2\"}\n"

    @Test(arguments: ["ops", "std", "shiviz", "otlp", "zipkin", "jaeger"])
    func `a wrong format is an error and never a clean report`(format: String) throws {
        let path = Raceway.fixture("banking-transfer/racy.json")
        let outcome = try Raceway.run("analyze", "--format", format, path)
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(outcome.output.isEmpty && outcome.errors.contains("raceway: error:"))
    }

    @Test(arguments: [
        ("otlp", #"{"resourceSpans":[]}"#), ("raceway", #"{"events":[]}"#), ("zipkin", "[]"), ("ops", ""),
    ])
    func `a file of its format that holds nothing is clean`(format: String, text: String) throws {
        let outcome = try Raceway.run("analyze", "--format", format, "-", input: text)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("holds no event"))
    }

    @Test func `a pipe and the standard input by its name are read`() throws {
        let folder = try Folder()
        let pipe = folder.url("pipe.jsonl").path
        try #require(mkfifo(pipe, 0o600) == 0)
        let writer = Thread { try? Data(Self.racy.utf8).write(to: URL(fileURLWithPath: pipe)) }
        writer.start()
        #expect(try Raceway.run("analyze", "--format", "ops", pipe).status == 1)
        #expect(try Raceway.run("analyze", "--format", "ops", "/dev/stdin", input: Self.racy).status == 1)
    }

    @Test func `a dash means standard output`() throws {
        let folder = try Folder()
        let path = try folder.write(Self.racy, to: "racy.ops.jsonl")
        let plain = try Raceway.run("analyze", path, "--emit", "order")
        let dashed = try Raceway.run("analyze", path, "--emit", "order", "-o", "-")
        #expect(!plain.output.isEmpty && dashed.output == plain.output)
        let report = try Raceway.run("analyze", path, "--output", "json", "-o", "-")
        #expect(report.status == 1 && report.output.hasPrefix("{"))
    }

    @Test(arguments: [
        ["analyze", "/no/\u{1b}[31mred"], ["analyze", "--format", "\u{1b}[31m", "x"],
        ["analyze", "--baseline", "/no/\u{1b}[31m", Raceway.fixture("banking-transfer/racy.json")],
        ["analyze", "-o", "/no/\u{1b}]0;x\u{7}/y", Raceway.fixture("banking-transfer/racy.json")],
        ["report", "/no/\u{9b}31m"], ["\u{1b}[31m"], ["explain", "\u{1b}[31m"],
    ])
    func `nothing that was named steers the terminal`(arguments: [String]) throws {
        let outcome = try Raceway.run(arguments)
        #expect(outcome.status != 0)
        #expect(
            !outcome.errors.unicodeScalars.contains {
                $0.value < 0x20 && $0 != "\n" || (0x7f..<0xa0).contains($0.value)
            }
        )
    }

    @Test(arguments: [("512MiB", true), ("1b", false), ("64GB", true), ("", false), ("-1", false), ("9 apples", false)])
    func `a limit of memory may have a unit`(limit: String, isSize: Bool) throws {
        let outcome = try Raceway.run("estimate", "--limit=\(limit)")
        #expect((outcome.status == 64) == (!isSize && limit != "1b"), "\(outcome.errors)")
        if limit == "512MiB" { #expect(outcome.output.contains("limit 512 MiB")) }
    }
}
