import JSONText
public import Detectors

/// What a list, a gate or a foreign format needs to know of any finding.
public struct Headline: Sendable, Hashable {
    /// The three sorts of findings.
    public enum Sort: String, Sendable {
        case race
        case deadlock
        case anomaly
    }

    public var sort: Sort
    public var id: String
    public var fingerprint: String
    /// The page of `raceway explain`.
    public var rule: String
    /// `manifested` … `benign` for races and anomalies, `confirmed` or `suspected` for deadlocks.
    public var grade: String
    public var severity: Severity
    /// The object, operation or locks concerned.
    public var object: String
    /// One sentence with names and the consequence. Printable: control characters are escaped.
    public var verdict: String
    /// What to change. Printable.
    public var fix: String
    /// The input it was found in, when there are several programs.
    public var input: String?
    /// Strong enough for the default of `--fail-on`; see ``FailThreshold/race``.
    public var isDemonstrated: Bool
    /// What a baseline says of it; `nil` without a baseline.
    public var state: BaselineState?
}

/// A race with its wording.
public struct Race: Sendable, Hashable {
    public var finding: RaceFinding
    public var headline: Headline

    /// Words a finding.
    ///
    /// - Parameter input: the input it was found in, when the report covers several programs.
    public init(_ finding: RaceFinding, input: String? = nil) {
        self.finding = finding
        headline = Headline(
            sort: .race,
            id: finding.id,
            fingerprint: finding.fingerprint,
            rule: finding.pattern.rawValue,
            grade: finding.grade.rawValue,
            severity: finding.severity,
            object: finding.object.name,
            verdict: RaceVerdict(finding).sentence,
            fix: RaceFix(finding).text,
            input: input,
            isDemonstrated: finding.grade >= .feasible || (finding.grade == .predicted && finding.witness != nil)
        )
    }
}

/// A deadlock with its wording.
public struct Deadlock: Sendable, Hashable {
    public var finding: DeadlockFinding
    public var headline: Headline

    /// Words a finding.
    ///
    /// - Parameter input: the input it was found in, when the report covers several programs.
    public init(_ finding: DeadlockFinding, input: String? = nil) {
        self.finding = finding
        let wording = DeadlockWording(finding)
        headline = Headline(
            sort: .deadlock,
            id: finding.id,
            fingerprint: finding.fingerprint,
            rule: "deadlock",
            grade: finding.grade.rawValue,
            severity: finding.grade == .confirmed ? .high : .medium,
            object: wording.locks.joined(separator: ", "),
            verdict: wording.sentence,
            fix: wording.fix,
            input: input,
            isDemonstrated: finding.grade == .confirmed
        )
    }
}

/// Any other finding with its fix.
public struct Anomaly: Sendable, Hashable {
    public var finding: AnomalyFinding
    public var headline: Headline

    /// Words a finding.
    ///
    /// - Parameter input: the input it was found in, when the report covers several programs.
    public init(_ finding: AnomalyFinding, input: String? = nil) {
        self.finding = finding
        headline = Headline(
            sort: .anomaly,
            id: finding.id,
            fingerprint: finding.fingerprint,
            rule: finding.kind,
            grade: finding.grade.rawValue,
            severity: finding.severity,
            object: finding.object,
            verdict: Printable.text(finding.verdict, limit: 2_000),
            fix: (RuleTable.rule(finding.kind) ?? RuleTable.unlisted).advice,
            input: input,
            isDemonstrated: finding.grade >= .feasible
        )
    }
}
