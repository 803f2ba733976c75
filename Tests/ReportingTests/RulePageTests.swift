import Foundation
import Reporting
import Testing

@testable import Detectors

@Suite struct `Pages of raceway explain` {
    /// Everything that a finding can be named after, or can show.
    private static let names: [String] =
        RaceFinding.Pattern.allCases.map(\.rawValue) + RaceFinding.Kind.allCases.map(\.rawValue)
        + IsolationKind.allCases.map(\.rawValue) + LatencyIncident.Measure.allCases.map(\.rawValue)
        + Grade.allCases.map(\.rawValue) + ["deadlock", "confirmed", "suspected"]

    @Test func `every kind of finding and every grade has a page`() throws {
        for name in Self.names + (try Self.kindsInSources()) {
            let rule = try #require(RuleTable.rule(name), "no page for \(name)")
            #expect(rule.page.contains(rule.meaning.prefix(20)) && !rule.fix.isEmpty && !rule.example.isEmpty)
        }
    }

    /// Kinds are texts where detectors make anomalies, so that a new one is found wherever it is written.
    private static func kindsInSources() throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Detectors")
        let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        var kinds: Set<String> = []
        for name in names where name.hasSuffix(".swift") {
            let text = try String(contentsOf: root.appending(path: name), encoding: .utf8)
            for match in text.matches(of: #/\bkind: [^\n]*/#) {
                for literal in match.output.matches(of: #/"([A-Za-z0-9_-]+)"/#) {
                    kinds.insert(String(literal.output.1))
                }
            }
        }
        #expect(kinds.count >= 8, "\(kinds)")
        // Kinds of spans and accesses are no findings.
        return kinds.subtracting(["client", "server", "read", "write", "rmw"]).sorted()
    }

    @Test func `every id that a SARIF log can carry has a page of that name`() {
        for rule in RuleTable.all { #expect(RuleTable.rule(rule.id)?.id == rule.id) }
        // The stand-in for kinds that the table does not know.
        #expect(RuleTable.rule("other")?.id == "other")
    }

    @Test func `ids are unique, however they are spelt`() {
        let spelt = RuleTable.all.map { $0.id.lowercased().replacing("_", with: "-") }
        #expect(Set(spelt).count == spelt.count)
    }
}
