/// How far prediction got: what was proposed, decided, proven and given up.
public struct PredictionStatistics: Sendable, Hashable {
    /// Static pairs and lock cycles proposed.
    public var candidates = 0
    /// Closures computed for them.
    public var decided = 0
    /// Findings with a schedule.
    public var predicted = 0
    /// Windows that were looked into.
    public var windows = 0
    /// Candidates left undecided because the work bound was reached.
    public var undecided = 0
    /// Witness schedules that were replayed, and those that did not replay; their findings are dropped.
    public var replayed = 0
    public var rejected = 0

    /// Nothing done.
    public init() {}

    /// Adds the counts of another pass.
    public mutating func add(_ other: PredictionStatistics) {
        candidates += other.candidates
        decided += other.decided
        predicted += other.predicted
        windows += other.windows
        undecided += other.undecided
        replayed += other.replayed
        rejected += other.rejected
    }
}
