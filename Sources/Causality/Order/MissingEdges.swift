/// Edges that the events mention but do not contain.
public struct MissingEdges: Sendable, Equatable {
    public var parents = 0
    public var spans = 0
    public var tasks = 0
    public var messages = 0
    public var sequenceGaps = 0
    public var unmatchedReleases = 0
    public var senderLoss = 0
    /// Contradictory edges that were dropped.
    public var cycles = 0
    /// Orders within a task that only a tie decided.
    public var ties = 0

    /// Nothing missing.
    public init() {}
}
