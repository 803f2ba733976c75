internal import Detectors

/// From which finding on a run fails: `--fail-on`.
public enum FailThreshold: String, Sendable, CaseIterable {
    /// Any race of grade feasible or manifested, or predicted with a witness schedule; any confirmed deadlock; any
    /// anomaly of grade feasible or better.
    case race
    /// As `race`, for findings that the baseline does not know.
    case new
    /// Findings of grade manifested.
    case manifested
    /// Findings of severity critical.
    case critical
    /// Everything but benign.
    case any
    /// Nothing.
    case never

    /// True when a finding is at or above the threshold. What a baseline knows or mutes never is.
    public func isReached(by finding: Headline) -> Bool {
        switch finding.state {
        case .known, .muted: return false
        case .new, nil: break
        }
        return switch self {
        case .race, .new: finding.isDemonstrated
        case .manifested: finding.grade == "manifested"
        case .critical: finding.severity == .critical && finding.grade != "benign"
        case .any: finding.grade != "benign"
        case .never: false
        }
    }

    /// The findings of a report that are at or above the threshold.
    public func failing(in report: RaceReport) -> [Headline] { report.headlines.filter(isReached) }
}
