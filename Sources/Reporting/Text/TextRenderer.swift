/// Cards for people: one a finding, then one line that says over what the verdict was reached and what to run next.
public enum TextRenderer {
    /// The whole report.
    ///
    /// - Returns: UTF-8 text that ends with a line break. Names and values from traces are escaped.
    public static func render(
        _ report: RaceReport,
        style: TextStyle = TextStyle(),
        sources: SourceIndex = .empty
    ) -> [UInt8] {
        var cards: [String] = []
        cards += report.races.map { card($0, style: style, sources: sources) }
        cards += report.deadlocks.map { card($0, style: style, sources: sources) }
        cards += report.anomalies.map { card($0, style: style, sources: sources) }
        cards.append(lastLine(report, style: style) + "\n")
        return Array(cards.joined(separator: "\n").utf8)
    }

    /// The card of a race.
    public static func card(_ race: Race, style: TextStyle = TextStyle(), sources: SourceIndex = .empty) -> String {
        Card.text(race, style: style, sources: sources)
    }

    /// The card of a deadlock.
    public static func card(
        _ deadlock: Deadlock,
        style: TextStyle = TextStyle(),
        sources: SourceIndex = .empty
    ) -> String {
        Card.text(deadlock, style: style, sources: sources)
    }

    /// The card of an anomaly.
    public static func card(_ anomaly: Anomaly, style: TextStyle = TextStyle(), sources: SourceIndex = .empty) -> String
    {
        Card.text(anomaly, style: style, sources: sources)
    }

    /// What was found, over what, what was missing, and what to run next.
    static func lastLine(_ report: RaceReport, style: TextStyle) -> String {
        let coverage = report.coverage
        let found = Summary.counts(report) + " in " + Phrases.extent(of: coverage)
        let time = report.durationSeconds.map { ", " + Summary.seconds($0) } ?? ""
        return
            "\(found)\(time); \(Phrases.gaps(of: coverage))\(Phrases.learning(coverage)). next: \(Summary.next(report))"
    }
}
