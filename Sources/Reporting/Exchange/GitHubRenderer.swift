import JSONText

internal import Detectors

/// Workflow commands that GitHub Actions shows as annotations on the changed lines.
public enum GitHubRenderer {
    /// One command a finding, then a notice with the coverage.
    public static func render(_ report: RaceReport, sources: SourceIndex = .empty) -> [UInt8] {
        var lines: [String] = []
        for race in report.races {
            lines.append(command(race.headline, at: race.finding.second.location, sources))
        }
        for deadlock in report.deadlocks {
            lines.append(command(deadlock.headline, at: deadlock.finding.cycle.first?.location ?? "", sources))
        }
        for anomaly in report.anomalies {
            lines.append(command(anomaly.headline, at: "", sources))
        }
        lines.append("::notice title=raceway::" + data(TextRenderer.lastLine(report, style: TextStyle())))
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    private static func command(_ headline: Headline, at location: String, _ sources: SourceIndex) -> String {
        var properties: [String] = []
        if let place = sources[location: location] {
            properties = ["file=\(property(place.path))", "line=\(place.line)"]
        } else if let place = CodeLocation(location) {
            properties = ["file=\(property(place.file))"] + (place.line.map { ["line=\($0)"] } ?? [])
        }
        properties.append("title=\(property("\(headline.rule) \(headline.id)"))")
        return "::\(level(headline)) \(properties.joined(separator: ","))::"
            + data("\(headline.verdict). Help: \(headline.fix).")
    }

    private static func level(_ headline: Headline) -> String {
        switch headline.state {
        case .known, .muted: return "notice"
        case .new, nil: break
        }
        if headline.grade == "benign" { return "notice" }
        return switch headline.severity {
        case .critical, .high: "error"
        case .medium: "warning"
        case .low, .info: "notice"
        }
    }

    /// The message of a command. Control characters are spelled out, so no line of a value can become a command.
    private static func data(_ text: String) -> String {
        Printable.text(text, limit: 4_000).replacing("%", with: "%25")
    }

    /// A property of a command, where `:` and `,` end the property.
    private static func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
