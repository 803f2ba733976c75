import Foundation
import Reporting
import Testing

@testable import Detectors

@Suite struct `SARIF` {
    @Test func `a race has two thread flows in the order of the interleaving`() throws {
        let log = try JSON(SARIFRenderer.render(Samples.report()))
        let run = log["runs"][0]
        let result = run["results"][0]
        #expect(log["version"].string == "2.1.0")
        #expect(run["tool"]["driver"]["version"].string == "1.2.3")
        #expect(result["ruleId"].string == "lost_update")
        #expect(result["level"].string == "error")
        let flows = result["codeFlows"][0]["threadFlows"]
        #expect(flows.count == 2)
        #expect((0..<2).map { flows[$0]["locations"][0]["executionOrder"].int } == [1, 2])
        #expect(
            flows[0]["locations"][0]["location"]["message"]["text"].string
                == "transfer-1: write 900 (was 1000) of alice.balance"
        )
        #expect(result["partialFingerprints"]["raceway/v1"].string == "r-7f3a19c2-fingerprint")
        #expect(result["message"]["text"].string?.contains("[this write](1)") == true)
        #expect(result["relatedLocations"][0]["id"].int == 1)
        let place = result["locations"][0]["physicalLocation"]
        #expect(place["artifactLocation"]["uri"].string == "file:///srv/app/app.py")
        #expect(place["region"]["startLine"].int == 145)
    }

    @Test func `every result names a rule that is there`() throws {
        for report in [Samples.report(), Samples.hostile, Samples.empty] {
            let run = try JSON(SARIFRenderer.render(report))["runs"][0]
            let rules = run["tool"]["driver"]["rules"]
            for i in 0..<run["results"].count {
                let result = run["results"][i]
                #expect(rules[result["ruleIndex"].int ?? -1]["id"].string == result["ruleId"].string)
            }
        }
    }

    @Test func `paths are relative to the source root when they are found there`() throws {
        let report = Samples.report()
        let sources = SourceIndex(for: report) { $0 == "app/app.py" ? String(repeating: "x = 1\n", count: 200) : nil }
        let place = try JSON(SARIFRenderer.render(report, sources: sources))["runs"][0]["results"][0]["locations"][0]
        #expect(place["physicalLocation"]["artifactLocation"]["uri"].string == "app/app.py")
        #expect(place["physicalLocation"]["region"]["endColumn"].int == 6)
        #expect(place["physicalLocation"]["region"]["snippet"]["text"].string == "x = 1")
    }

    @Test func `a baseline becomes baselineState and suppressions`() throws {
        var report = Samples.report()
        let muted = Baseline.Mute(reason: "planned", until: "2027-01-01")
        let baseline = Baseline(entries: [
            .init(
                fingerprint: "r-7f3a19c2-fingerprint",
                grade: "feasible",
                firstSeen: "2026-11-01",
                rule: "",
                object: "",
                mute: muted
            ),
            .init(
                fingerprint: "r-00000002-fingerprint",
                grade: "feasible",
                firstSeen: "2026-11-01",
                rule: "",
                object: ""
            ),
        ])
        report.apply(baseline, today: "2026-12-31")
        let results = try JSON(SARIFRenderer.render(report))["runs"][0]["results"]
        #expect((0..<4).map { results[$0]["baselineState"].string } == ["unchanged", "unchanged", "new", "new"])
        #expect(results[0]["suppressions"][0]["justification"].string == "planned")
        #expect(results[1]["suppressions"].count == 0)
    }

    @Test(.enabled(if: SARIFSchema.isAvailable, "python3 and the package pydantic-sarif are needed to have the schema"))
    func `every report is valid against the 2.1.0 schema`() throws {
        var marked = Samples.report()
        marked.apply(Baseline(), today: "2026-12-31")
        let positions = Samples.report(path: "run.ops.jsonl")
        for report in [Samples.report(), Samples.empty, Samples.hostile, marked, positions] {
            let problems = try SARIFSchema.problems(SARIFRenderer.render(report))
            #expect(problems.isEmpty, "\(problems)")
        }
    }

    @Test(.enabled(if: SARIFSchema.isAvailable, "python3 and the package pydantic-sarif are needed to have the schema"))
    func `the schema refuses what is not SARIF`() throws {
        let broken = text(SARIFRenderer.render(Samples.report())).replacing(
            "\"executionOrder\": 1",
            with: "\"executionOrder\": -2"
        )
        #expect(try !SARIFSchema.problems(Array(broken.utf8)).isEmpty)
        let unknown = text(SARIFRenderer.render(Samples.report())).replacing("\"ruleIndex\"", with: "\"rule_index\"")
        #expect(try !SARIFSchema.problems(Array(unknown.utf8)).isEmpty)
    }
}

/// The schema, through the script that fetches its package.
enum SARIFSchema {
    static let isAvailable: Bool = {
        let status = try? run(["--prepare"]).status
        if status != 0 { print("SARIF schema tests are skipped: scripts/validate-sarif --prepare failed") }
        return status == 0
    }()

    /// What the schema has against a log; empty when it is valid.
    static func problems(_ sarif: [UInt8]) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("raceway-\(UUID().uuidString).sarif")
        try Data(sarif).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let result = try run([file.path])
        return result.status == 0 ? "" : "exit \(result.status): \(result.errors)"
    }

    private static func run(_ arguments: [String]) throws -> (status: Int32, errors: String) {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = root.appendingPathComponent("scripts/validate-sarif")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        let errors = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: errors, as: UTF8.self))
    }
}
