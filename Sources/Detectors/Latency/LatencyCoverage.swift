/// What the search for latency and error anomalies had to compare with: silence about what it is still learning is no verdict.
public struct LatencyCoverage: Sendable, Hashable {
    /// Series of one quantity of one operation: own time by outcome, time between caller and callee, share of errors.
    public var series = 0
    /// Of these, how many have too few samples to say anything about.
    public var learning = 0
    /// `service operation` of some of them, sorted.
    public var learningNames: [String] = []
    /// Windows looked at over all series, and how many were flagged.
    public var windows = 0
    public var flagged = 0
    /// Samples left out because there were too many series.
    public var dropped = 0

    /// Names shown of what is still learnt.
    public static let namesMax = 16

    /// Coverage of nothing.
    public init() {}

    /// Adds another program's.
    public mutating func add(_ other: LatencyCoverage) {
        series += other.series
        learning += other.learning
        learningNames = Array(Set(learningNames + other.learningNames).sorted().prefix(Self.namesMax))
        windows += other.windows
        flagged += other.flagged
        dropped += other.dropped
    }
}
