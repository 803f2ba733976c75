internal import Detectors

/// The counts and hints that renderers repeat.
enum Summary {
    /// `3 races (1 manifested, 2 feasible), 1 deadlock` or `no race found`.
    static func counts(_ report: RaceReport) -> String {
        var parts: [String] = []
        if report.races.isEmpty {
            parts.append("no race found")
        } else {
            let grades = report.racesByGrade.map { "\($0.count) \($0.grade.rawValue)" }.joined(separator: ", ")
            parts.append(Phrases.count(report.races.count, "race", "races") + " (\(grades))")
        }
        if !report.deadlocks.isEmpty { parts.append(Phrases.count(report.deadlocks.count, "deadlock", "deadlocks")) }
        if !report.anomalies.isEmpty { parts.append(Phrases.count(report.anomalies.count, "anomaly", "anomalies")) }
        return Phrases.list(parts)
    }

    /// Three significant digits with a unit.
    static func seconds(_ seconds: Double) -> String {
        let milliseconds = seconds * 1_000
        if milliseconds < 1 { return "\(Int(seconds * 1_000_000)) µs" }
        if milliseconds < 1_000 { return "\(Int(milliseconds)) ms" }
        return "\((seconds * 100).rounded() / 100) s"
    }

    /// The command that helps most after this report.
    static func next(_ report: RaceReport) -> String {
        if let first = report.headlines.first(where: { RuleTable.rule($0.rule) != nil }) {
            return "raceway explain \(first.rule)"
        }
        if report.coverage.accesses == 0 {
            return "record reads and writes of shared state (StateChange events), as none were in the input"
        }
        if !report.coverage.complete { return "complete the recording, then analyze again" }
        return "raceway analyze on a run with more concurrency, as another schedule can touch what this one did not"
    }
}
