import FoundationEssentials
import Testing
import TraceModel

/// The whole report of every fixture, byte by byte. `UPDATE_GOLDEN=1` writes the files instead; the claims, which no
/// tool writes, then say whether what was written is true.
@Suite struct GoldenTests {
    static let updating = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"

    @Test func `there are pairs to test`() {
        #expect(Fixtures.names.count >= 10)
    }

    @Test(arguments: Fixtures.names, Fixtures.variants)
    func `the report is exactly the expected one`(name: String, variant: String) throws {
        let document = try Fixtures.document(name, variant)
        #expect(document.skipped == 0, "\(document.problems)")
        let report = try Fixtures.report(Fixtures.analyze(document.batch, as: name))
        let path = "\(name)/\(variant).expected.json"
        if Self.updating {
            try Data(report.utf8).write(to: URL(fileURLWithPath: "\(Fixtures.root)/\(path)"))
            return
        }
        let expected = String(decoding: try Fixtures.bytes(path), as: UTF8.self)
        #expect(report == expected, "\(path): \(firstDifference(expected, report))")
    }

    private func firstDifference(_ expected: String, _ report: String) -> String {
        let (old, new) = (expected.split(separator: "\n"), report.split(separator: "\n"))
        let line = zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }
        guard let line else { return "\(old.count) lines expected, \(new.count) reported" }
        return "line \(line.offset + 1): expected \(line.element.0), reported \(line.element.1)"
    }
}
