public import TraceModel

/// A store that outlives its process and stores the records of a log exactly once.
///
/// Exactly once: `append(_:from:through:)` compares the kept position with `previous` and moves it to `next` in the transaction that stores
/// the events. When the kept position is at or past `next` already, the events are there and nothing is written: most interrupted
/// commits had in fact happened. A kept position of a higher epoch means that another process owns the log: ``StoreError/Code/fenced``.
public protocol DurableTraceStore: TraceStore {
    /// Stores events together with the position of the log that held them.
    ///
    /// `previous` is the position that the caller last knew to be stored, `nil` when it knows of none.
    @discardableResult
    func append(
        _ batch: EventBatch,
        from previous: LogPosition?,
        through next: LogPosition
    ) async throws(StoreError) -> AppendReceipt

    /// The kept positions of a log, by partition.
    func positions(of source: String) async throws(StoreError) -> [LogPosition]

    /// The most recently active traces, newest first: what a new process looks at live.
    ///
    /// - Parameters:
    ///   - bytesMax: accounted size of what is returned.
    ///   - timeMax: after which the page ends, so that nobody else waits long for this reader; one trace is read at least.
    ///   - mark: where the page before ended; `nil` begins.
    func recentTraces(
        bytesMax: Int,
        timeMax: Duration,
        after mark: RecentTracesPage.Mark?
    ) async throws(StoreError) -> RecentTracesPage

    /// Forgets traces of which the last event came before a moment in nanoseconds since 1970, by the clock of whoever stored it and
    /// whatever the events' own time says; those with recorded races only before `raceMoment`.
    ///
    /// - Returns: the traces forgotten.
    @discardableResult
    func forget(
        tracesBefore moment: Int64,
        withRacesBefore raceMoment: Int64
    ) async throws(StoreError) -> [TraceID]

    /// The last arrival of the newest trace that does not fit into so many bytes of segments, counted from the trace that grew last;
    /// `nil` when all fit.
    ///
    /// - Complexity: O(traces log traces).
    func arrival(leavingBytes bytes: Int) async throws(StoreError) -> Int64?

    /// Records what was found in some traces, in place of what was recorded of each before: all of it, or nothing.
    func record(_ changes: [FindingChange]) async throws(StoreError)

    /// Groups of recorded findings by fingerprint, most recently seen first.
    func findingGroups(_ query: FindingQuery) async throws(StoreError) -> FindingPage

    /// Moves a group to a state; `false` when there is no such group.
    func setState(_ state: FindingState, ofGroup fingerprint: String) async throws(StoreError) -> Bool

    /// Waits for writers and readers and lets go of files and connections. Calls afterwards fail with `unavailable`.
    func close() async
}

extension DurableTraceStore {
    /// Records what was found in one trace, in place of what was recorded of it before.
    public func record(_ findings: [FindingRow], of trace: TraceID) async throws(StoreError) {
        try await record([FindingChange(trace: trace, rows: findings)])
    }
}

/// What is known now of the findings of one trace.
public struct FindingChange: Sendable, Hashable {
    public var trace: TraceID
    /// None when nothing is found in it any more.
    public var rows: [FindingRow]

    /// A change.
    public init(trace: TraceID, rows: [FindingRow]) {
        self.trace = trace
        self.rows = rows
    }
}
