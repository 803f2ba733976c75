/// Over what a verdict was reached, and what was missing.
public struct Coverage: Sendable, Hashable {
    /// Why a verdict is incomplete.
    public enum Reason: String, Sendable, CaseIterable {
        /// A `parent_id` that no event has.
        case missingParent = "missing_parent"
        /// An `upstream_span_id` that no event has.
        case missingSpan = "missing_span"
        /// A spawn, await or join of a task that was never seen.
        case missingTask = "missing_task"
        /// A receive without its send.
        case missingMessage = "missing_message"
        /// A gap in a task's sequence numbers.
        case sequenceGap = "sequence_gap"
        /// A lock released that was never acquired.
        case unmatchedRelease = "unmatched_release"
        /// The sender dropped data.
        case senderLoss = "sender_loss"
        /// We dropped data at a bound.
        case evicted = "evicted"
        /// History older than the horizon was treated as ordered.
        case historyEvicted = "history_evicted"
        /// Contradictory edges were dropped.
        case cycle = "cycle"
        /// The order within a task was decided by a tie.
        case tie = "tie"
        /// Records that could not be read.
        case skipped = "skipped_records"
        /// SQL statements that the classifier does not understand, and so does not guess about.
        case unclassifiedStatement = "unclassified_statement"
        /// Findings dropped because the schedule that was to prove them did not replay: a mistake of the analyzer.
        case witnessRejected = "witness_rejected"
    }

    public var events = 0
    public var accesses = 0
    public var objects = 0
    public var tasks = 0
    public var traces = 0
    public var processes = 0
    public var services: [String] = []
    /// Duplicates that were dropped; they do not make the verdict incomplete.
    public var duplicates = 0
    /// What latency and error rates were compared with; `nil` when nobody asked.
    public var latency: LatencyCoverage?
    /// Counts per reason, in the order of ``Reason/allCases``, zero counts left out.
    public var reasons: [Reason: Int] = [:]

    /// Coverage of nothing.
    public init() {}

    /// True when nothing that could change a verdict about order is missing; a tie or unread SQL alone is not that.
    public var complete: Bool {
        reasons.allSatisfy { $0.key == .tie || $0.key == .unclassifiedStatement || $0.value == 0 }
    }

    /// Raises the count of a reason.
    public mutating func note(_ reason: Reason, _ count: Int = 1) {
        if count > 0 { reasons[reason, default: 0] += count }
    }
}
