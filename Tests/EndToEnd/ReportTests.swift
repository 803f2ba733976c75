import Foundation
import Testing

@Suite struct `raceway report` {
    @Test func `one file holds the page, the findings and their pictures`() throws {
        let folder = try Folder()
        let path = folder.url("report.html").path
        let outcome = try Raceway.run("report", Raceway.fixture("banking-transfer/racy.json"), "-o", path)
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("wrote \(path)") && outcome.errors.contains("opens offline"))
        let text = try folder.read("report.html")
        #expect(text.contains("ends at 900; every serial order ends at 600"))
        #expect(text.contains("\"interleavings\""))
        #expect(!text.contains("src=\"http"))
    }

    @Test func `analyze writes the same page and keeps its gate`() throws {
        let fixture = Raceway.fixture("banking-transfer/racy.json")
        let outcome = try Raceway.run("analyze", fixture, "--output", "html")
        #expect(outcome.status == 1)
        #expect(outcome.output.hasPrefix("<!doctype html>"))
        let report = try Raceway.run("report", fixture, "-o", "-")
        #expect(report.status == 0)
        func withoutDuration(_ text: String) -> String { text.replacing(/"duration_seconds":[0-9.e-]+/, with: "") }
        #expect(withoutDuration(report.output) == withoutDuration(outcome.output))
    }

    @Test func `source lines are shown where the sources are, and nothing outside of them`() throws {
        let folder = try Folder()
        try folder.write(String(repeating: "\n", count: 37) + "balance -= amount  # <racing>\n", to: "src/transfer.py")
        let outcome = try Raceway.run(
            "report",
            Raceway.fixture("banking-transfer/racy.json"),
            "--source-root",
            folder.url("src").path,
            "-o",
            "-"
        )
        #expect(outcome.output.contains("balance -= amount  # \\u003cracing>"))
    }

    @Test func `what cannot be read is told, with nothing written`() throws {
        let folder = try Folder()
        let path = folder.url("report.html").path
        let outcome = try Raceway.run("report", "/no/such/file", "-o", path)
        #expect(outcome.status == 2)
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
