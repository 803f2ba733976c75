import Foundation
import FoundationXML
import Reporting
import Testing

@testable import Detectors

@Suite struct `Reports for other tools` {
    @Test func `all renderers agree on the counts`() throws {
        for (report, failing) in [(Samples.report(), 4), (Samples.empty, 0), (Samples.hostile, 3)] {
            let json = try JSON(JSONRenderer.render(report))
            let summary = json["summary"]
            #expect(summary["races"].int == report.races.count && json["races"].count == report.races.count)
            #expect(
                summary["deadlocks"].int == report.deadlocks.count && json["deadlocks"].count == report.deadlocks.count
            )
            #expect(
                summary["anomalies"].int == report.anomalies.count && json["anomalies"].count == report.anomalies.count
            )
            #expect(try JSON(SARIFRenderer.render(report))["runs"][0]["results"].count == report.count)
            let junit = try XMLText(JUnitRenderer.render(report))
            #expect(junit.cases == max(1, report.count) && junit.failures == failing)
            #expect(junit.claims == ["tests": max(1, report.count), "failures": failing, "errors": 0, "skipped": 0])
            let markdown = text(MarkdownRenderer.render(report)).split(separator: "\n")
            #expect(
                markdown.count { $0.hasPrefix("| r-") || $0.hasPrefix("| d-") || $0.hasPrefix("| a-") } == report.count
            )
            #expect(markdown.count { $0.hasPrefix("## ") } == report.count)
            #expect(markdown.count { $0 == "sequenceDiagram" } == report.races.count)
            let commands = text(GitHubRenderer.render(report)).split(separator: "\n")
            #expect(commands.count == report.count + 1)
            let heads = text(TextRenderer.render(report)).matches(of: #/(?m)^[a-z]+\[.*\] [rda]-[0-9a-f]{8}: /#)
            #expect(heads.count == report.count)
        }
    }

    @Test func `JUnit skips what is below the threshold or known`() throws {
        var report = Samples.report()
        #expect(try XMLText(JUnitRenderer.render(report, failingOn: .manifested)).failures == 1)
        report.apply(Baseline().updated(with: report, today: "2026-11-21"), today: "2026-11-22")
        let junit = try XMLText(JUnitRenderer.render(report, failingOn: .any))
        #expect(junit.failures == 0 && junit.skipped == 4 && junit.cases == 4)
    }

    @Test func `XML is well-formed whatever the names are`() throws {
        let junit = try XMLText(JUnitRenderer.render(Samples.hostile))
        #expect(junit.cases == 3)
        #expect(!text(JUnitRenderer.render(Samples.hostile)).contains("<script>"))
    }

    @Test func `no line of a name becomes a workflow command`() {
        let output = text(GitHubRenderer.render(Samples.hostile))
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 5 && lines.last?.isEmpty == true)
        #expect(lines.dropLast().allSatisfy { $0.hasPrefix("::error ") || $0.hasPrefix("::notice ") })
        #expect(!output.contains("\r") && !output.contains("\u{1b}"))
        #expect(lines[0].contains("%250A"))
    }

    @Test func `an annotation names file, line and title`() {
        let line = text(GitHubRenderer.render(Samples.report())).split(separator: "\n")[1]
        #expect(
            line.hasPrefix(
                "::warning file=cart.go,line=88,title=unordered_access r-00000002::worker-1 (read 1 at stock.go:31)"
            )
        )
    }

    @Test func `Markdown keeps markup and mentions from names inert`() {
        let output = text(MarkdownRenderer.render(Samples.hostile))
        let prose = output.split(separator: "\n").filter { !$0.hasPrefix(" ") && !$0.contains("]  r-") }
        #expect(!output.contains("\u{1b}") && !output.contains("\r"))
        let table = prose.filter { $0.hasPrefix("| r-") }
        #expect(table.count == 1)
        #expect(!table.joined().contains("<script>") && !table.joined().contains("@everyone"))
        #expect(table.joined().replacing("\\|", with: "").count { $0 == "|" } == 6)
    }

    @Test func `a sequence diagram cannot be broken by a name`() {
        let diagram = text(MarkdownRenderer.render(Samples.hostile)).split(separator: "```mermaid\n")[1].split(
            separator: "```"
        )[0]
        let lines = diagram.split(separator: "\n")
        #expect(lines.count == 7)
        #expect(lines[0] == "sequenceDiagram")
        #expect(lines.dropFirst().prefix(3).allSatisfy { $0.hasPrefix("    participant ") })
        let labels = lines.dropFirst(4).map { $0.split(separator: ": ", maxSplits: 1)[1] }
        #expect(labels.allSatisfy { !$0.contains("<") && !$0.contains(":") && !$0.contains("->") })
    }

    @Test func `a sequence diagram shows both accesses and the outcome`() {
        let report = Samples.report(races: [Samples.race()], deadlocks: [], anomalies: [])
        #expect(
            text(MarkdownRenderer.render(report)).contains(
                """
                ```mermaid
                sequenceDiagram
                    participant A as transfer-1
                    participant X as alice.balance
                    participant B as transfer-2
                    A->>X: write 900 (was 1000) at /srv/app/app.py#58;145
                    B->>X: write 900 (was 1000) at /srv/app/app.py#58;145
                    Note over A,B: ended at 900, in any serial order 600
                ```
                """
            )
        )
    }
}

/// What a build server reads from JUnit XML; throws when it is not well-formed.
private final class XMLText: NSObject, XMLParserDelegate {
    private(set) var cases = 0
    private(set) var failures = 0
    private(set) var skipped = 0
    private(set) var claims: [String: Int] = [:]

    struct Malformed: Error {}

    init(_ bytes: [UInt8]) throws {
        super.init()
        let parser = XMLParser(data: Data(bytes))
        parser.delegate = self
        guard parser.parse() else { throw Malformed() }
    }

    func parser(
        _ parser: XMLParser,
        didStartElement element: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        switch element {
        case "testsuites":
            for name in ["tests", "failures", "errors", "skipped"] {
                claims[name] = attributes[name].flatMap { Int($0) }
            }
        case "testcase": cases += 1
        case "failure": failures += 1
        case "skipped": skipped += 1
        default: break
        }
    }
}
