import Detectors
import Foundation
import Reporting
import Testing
import TraceModel

/// One run as six reports: the same findings in each.
@Suite struct AgreementTests {
    @Test(arguments: Fixtures.names, Fixtures.variants)
    func `every form of a report counts the same findings`(name: String, variant: String) throws {
        let report = try Self.report(name, variant)
        let ids = report.headlines.map(\.id).sorted()
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(report.rendered(as: .json))) as? [String: Any]
        )
        let lists = ["races", "deadlocks", "anomalies"].map { json[$0] as? [[String: Any]] ?? [] }
        #expect(lists.flatMap { $0.compactMap { $0["id"] as? String } }.sorted() == ids)
        let summary = json["summary"] as? [String: Any] ?? [:]
        for (list, key) in zip(lists, ["races", "deadlocks", "anomalies"]) {
            #expect(summary[key] as? Int == list.count)
        }
        let byGrade = (summary["by_grade"] as? [String: Int] ?? [:]).values.reduce(0, +)
        #expect(byGrade == lists[0].count)

        let sarif = try #require(
            try JSONSerialization.jsonObject(with: Data(report.rendered(as: .sarif))) as? [String: Any]
        )
        let run = try #require((sarif["runs"] as? [[String: Any]])?.first)
        let results = run["results"] as? [[String: Any]] ?? []
        #expect(results.count == ids.count)
        let driver = (run["tool"] as? [String: Any])?["driver"] as? [String: Any]
        let rules = (driver?["rules"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
        for result in results {
            let rule = try #require(result["ruleId"] as? String)
            #expect(rules.contains(rule) && RuleTable.rule(rule) != nil && rule != "other")
            #expect((result["ruleIndex"] as? Int).map { rules[$0] } == rule)
        }

        let junit = Self.text(report, .junit)
        #expect(junit.matches(of: #/<testcase /#).count == max(1, ids.count))
        let failing = FailThreshold.race.failing(in: report).count
        #expect(junit.matches(of: #/<failure /#).count == failing)
        #expect(junit.contains("<testsuites name=\"raceway\" tests=\"\(max(1, ids.count))\" failures=\"\(failing)\""))

        let markdown = Self.text(report, .markdown)
        #expect(markdown.matches(of: #/(?m)^\| ([rda]-[0-9a-f]{8}) /#).map { String($0.output.1) }.sorted() == ids)
        #expect(markdown.matches(of: #/(?m)^## ([rda]-[0-9a-f]{8}): /#).count == ids.count)

        let github = Self.text(report, .github).split(separator: "\n")
        #expect(github.count == ids.count + 1)
        for id in ids { #expect(github.contains { $0.contains(" \(id)::") }, "\(id)") }

        let cards = Self.text(report, .text).matches(of: #/(?m)^[a-z]+\[.*\] ([rda]-[0-9a-f]{8}): /#)
        #expect(cards.map { String($0.output.1) }.sorted() == ids)
    }

    @Test func `every fixture's SARIF log is valid by the schema`() throws {
        let script = URL(filePath: Fixtures.root).deletingLastPathComponent().appending(path: "scripts/validate-sarif")
        guard try Self.run(script, ["--prepare"]) == 0 else {
            print("skipped: scripts/validate-sarif cannot have the schema of SARIF")
            return
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "raceway-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var paths: [String] = []
        for name in Fixtures.names {
            for variant in Fixtures.variants {
                let file = folder.appending(path: "\(name)-\(variant).sarif")
                try Data(Self.report(name, variant).rendered(as: .sarif)).write(to: file)
                paths.append(file.path)
            }
        }
        #expect(try Self.run(script, paths) == 0)
    }

    private static func report(_ name: String, _ variant: String) throws -> RaceReport {
        let document = try Fixtures.document(name, variant)
        let input = RaceReport.Input(path: "\(variant).json", format: "raceway", events: document.batch.count)
        let analysis = try Fixtures.analyze(document.batch, as: name)
        return RaceReport(tool: .init(version: "1"), programs: [.init(inputs: [input], analysis: analysis)])
    }

    private static func text(_ report: RaceReport, _ format: ReportFormat) -> String {
        String(decoding: report.rendered(as: format), as: UTF8.self)
    }

    private static func run(_ script: URL, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = script
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
