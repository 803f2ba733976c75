import TraceModel

/// A batch on its way from a request to the live store, with whoever waits for it.
struct PendingBatch: Sendable {
    /// What the request learns.
    enum Outcome: Sendable {
        /// It is visible, and in the log where there is one.
        case applied(IngestReceipt)
        /// There is room for the first so many events only.
        case fits(events: Int)
        /// It was accepted and gave way to newer batches.
        case evicted
        case refused(IngestRefusal)
    }

    var batch: EventBatch
    /// `nil` without a log.
    var encoded: EncodedBatch?
    var groups: [TraceRows]
    var deadline: ContinuousClock.Instant
    var continuation: CheckedContinuation<Outcome, Never>
}
