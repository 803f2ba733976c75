/// How strong the evidence for a race is, weakest first.
public enum Grade: String, Sendable, CaseIterable, Comparable {
    /// The same value was written, an atomic idiom, or a configured pattern: shown, not hidden.
    case benign
    /// An edge that would order the accesses may be missing, or was inferred from unannotated spans.
    case candidate
    /// A checked witness schedule makes the accesses adjacent, or two traces touch the object without overlapping.
    case predicted
    /// Unordered in the observed execution, with complete edges.
    case feasible
    /// Values prove damage.
    case manifested

    /// Orders by strength of evidence.
    public static func < (a: Grade, b: Grade) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .benign: 0
        case .candidate: 1
        case .predicted: 2
        case .feasible: 3
        case .manifested: 4
        }
    }
}

/// How much a finding matters, least first.
public enum Severity: String, Sendable, CaseIterable, Comparable {
    case info
    case low
    case medium
    case high
    case critical

    /// Orders by importance.
    public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .info: 0
        case .low: 1
        case .medium: 2
        case .high: 3
        case .critical: 4
        }
    }
}
