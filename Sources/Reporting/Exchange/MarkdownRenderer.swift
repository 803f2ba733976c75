import JSONText

internal import Detectors

/// Markdown for a job summary or a comment: a table, then each finding with a sequence diagram (Mermaid).
public enum MarkdownRenderer {
    /// The whole report.
    public static func render(_ report: RaceReport, sources: SourceIndex = .empty) -> [UInt8] {
        var parts = ["# Raceway: \(escape(Summary.counts(report)))"]
        parts.append(
            "Covered \(Phrases.extent(of: report.coverage)); \(escape(Phrases.gaps(of: report.coverage) + Phrases.learning(report.coverage)))."
        )
        if report.count > 0 { parts.append(table(report)) }
        parts += report.races.map { card($0, sources: sources) }
        parts += report.deadlocks.map { card($0, sources: sources) }
        parts += report.anomalies.map { card($0, sources: sources) }
        parts.append("Next: `\(code(Summary.next(report)))`")
        return Array((parts.joined(separator: "\n\n") + "\n").utf8)
    }

    /// A race: heading, verdict, diagram, card.
    public static func card(_ race: Race, sources: SourceIndex = .empty) -> String {
        let diagram = SequenceDiagram(race.finding).text
        let text = TextRenderer.card(race, sources: sources)
        return section(
            race.headline,
            body: fenced(diagram, language: "mermaid") + "\n\n" + fenced(text, language: "text")
        )
    }

    /// A deadlock: heading, verdict, card.
    public static func card(_ deadlock: Deadlock, sources: SourceIndex = .empty) -> String {
        section(deadlock.headline, body: fenced(TextRenderer.card(deadlock, sources: sources), language: "text"))
    }

    /// An anomaly: heading, verdict, card.
    public static func card(_ anomaly: Anomaly, sources: SourceIndex = .empty) -> String {
        section(anomaly.headline, body: fenced(TextRenderer.card(anomaly, sources: sources), language: "text"))
    }

    private static func section(_ headline: Headline, body: String) -> String {
        """
        ## \(headline.id): \(escape(headline.rule)) on \(escape(Printable.text(headline.object)))

        **\(headline.severity.rawValue), \(headline.grade)**: \(escape(headline.verdict)).

        \(body)

        **Fix**: \(escape(headline.fix)).
        """
    }

    private static func table(_ report: RaceReport) -> String {
        let rows = report.headlines.map { finding in
            let state = finding.state.map { " (\($0.name))" } ?? ""
            return
                "| \(finding.id) | \(finding.severity.rawValue) | \(finding.grade)\(state) | \(escape(finding.rule)) "
                + "| \(escape(Printable.text(finding.object, limit: 80))) |"
        }
        return (["| id | severity | grade | what | object |", "|---|---|---|---|---|"] + rows).joined(separator: "\n")
    }

    /// A fence longer than any run of backticks inside.
    private static func fenced(_ text: String, language: String) -> String {
        let longest = text.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return "\(fence)\(language)\n\(text.hasSuffix("\n") ? text : text + "\n")\(fence)"
    }

    private static func code(_ text: String) -> String { text.replacing("`", with: "'") }

    /// Running text: markup characters lose their meaning, HTML stays text, lines do not break.
    static func escape(_ text: String) -> String {
        var result = ""
        for scalar in Printable.text(text, limit: 4_000).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\\", "`", "*", "_", "{", "}", "[", "]", "|", "~", "#", "!":
                result += "\\"
                result.unicodeScalars.append(scalar)
            case "@":
                // An at sign would notify whoever has that name.
                result += "&#64;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
