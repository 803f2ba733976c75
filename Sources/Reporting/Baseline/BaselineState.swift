import JSONText

/// What a baseline says of a finding.
public enum BaselineState: Sendable, Hashable {
    /// Not in the baseline, or in it with a mute that has expired.
    case new
    /// In the baseline since that day (`2026-11-21`).
    case known(since: String)
    /// Muted for a reason, until a day or for good.
    case muted(reason: String, until: String?)

    /// The word of the JSON report.
    public var name: String {
        switch self {
        case .new: "new"
        case .known: "known"
        case .muted: "muted"
        }
    }

    /// The state as a card says it. Printable.
    public var explanation: String {
        switch self {
        case .new: "new"
        case .known(let since): "known since \(Printable.text(since))"
        case .muted(let reason, let until):
            "muted" + (until.map { " until \(Printable.text($0))" } ?? "") + ": \(Printable.text(reason))"
        }
    }
}
