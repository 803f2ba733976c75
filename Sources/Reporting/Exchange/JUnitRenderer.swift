import JSONText

internal import Detectors

/// JUnit XML: a test suite an object, a test case a finding, the card as the failure's text.
///
/// A finding below the threshold, or known to the baseline, is a skipped case: it is shown and fails nothing. A clean run
/// has one passing case, so that a build server shows that something ran.
public enum JUnitRenderer {
    /// The whole report; `threshold` decides which cases fail.
    public static func render(
        _ report: RaceReport,
        failingOn threshold: FailThreshold = .race,
        sources: SourceIndex = .empty
    ) -> [UInt8] {
        let cases = cases(report, threshold: threshold, sources: sources)
        let time = report.durationSeconds.map { " time=\"\($0)\"" } ?? ""
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        xml += "<testsuites name=\"raceway\" \(totals(cases))\(time)>\n"
        for suite in suites(cases) {
            xml += "  <testsuite name=\"\(escape(suite.name))\" \(totals(suite.cases))>\n"
            for one in suite.cases { xml += one.xml }
            xml += "  </testsuite>\n"
        }
        return Array((xml + "</testsuites>\n").utf8)
    }

    private enum Outcome {
        case passed
        case failed
        case skipped
    }

    private struct Case {
        var suite: String
        var outcome: Outcome
        var xml: String
    }

    private static func cases(_ report: RaceReport, threshold: FailThreshold, sources: SourceIndex) -> [Case] {
        guard report.count > 0 else { return [clean(report)] }
        func make(_ headline: Headline, name: String, suite: String, card: String) -> Case {
            let failed = threshold.isReached(by: headline)
            let message = escape(headline.verdict)
            var xml = "    <testcase name=\"\(escape(name))\" classname=\"\(escape("raceway.\(headline.rule)"))\">\n"
            if failed {
                xml +=
                    "      <failure message=\"\(message)\" type=\"\(escape(headline.rule))\">\(escape(card))</failure>\n"
            } else {
                let why = headline.state.flatMap { $0 == .new ? nil : $0.explanation } ?? "grade \(headline.grade)"
                xml += "      <skipped message=\"\(escape(why + ": "))\(message)\"/>\n"
            }
            return Case(suite: suite, outcome: failed ? .failed : .skipped, xml: xml + "    </testcase>\n")
        }
        return report.races.map { race in
            make(
                race.headline,
                name: "\(race.finding.id) \(race.finding.first.place) and \(race.finding.second.place)",
                suite: race.finding.object.pattern,
                card: TextRenderer.card(race, sources: sources)
            )
        }
            + report.deadlocks.map { deadlock in
                make(
                    deadlock.headline,
                    name: "\(deadlock.finding.id) \(deadlock.headline.object)",
                    suite: "deadlocks",
                    card: TextRenderer.card(deadlock, sources: sources)
                )
            }
            + report.anomalies.map { anomaly in
                make(
                    anomaly.headline,
                    name: "\(anomaly.finding.id) \(anomaly.finding.kind)",
                    suite: anomaly.finding.object.isEmpty ? "anomalies" : anomaly.finding.object,
                    card: TextRenderer.card(anomaly, sources: sources)
                )
            }
    }

    private static func clean(_ report: RaceReport) -> Case {
        let text = TextRenderer.lastLine(report, style: TextStyle())
        let xml = """
                <testcase name="no race found" classname="raceway">
                  <system-out>\(escape(text))</system-out>
                </testcase>

            """
        return Case(suite: "raceway", outcome: .passed, xml: xml)
    }

    private static func suites(_ cases: [Case]) -> [(name: String, cases: [Case])] {
        var order: [String] = []
        var byName: [String: [Case]] = [:]
        for one in cases {
            if byName[one.suite] == nil { order.append(one.suite) }
            byName[one.suite, default: []].append(one)
        }
        return order.map { ($0, byName[$0] ?? []) }
    }

    private static func totals(_ cases: [Case]) -> String {
        let failed = cases.count { $0.outcome == .failed }
        let skipped = cases.count { $0.outcome == .skipped }
        return "tests=\"\(cases.count)\" failures=\"\(failed)\" errors=\"0\" skipped=\"\(skipped)\""
    }

    /// Text for XML 1.0: markup is escaped, and what XML cannot hold at all is written as `\u{…}`.
    static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&apos;"
            case "\n": result += "\n"
            default: result += Printable.text(String(Character(scalar)))
            }
        }
        return result
    }
}
