public import TraceModel

/// Where events are kept, by trace.
///
/// Ownership: a store owns what was appended; everything it returns is a value that later appends never change.
///
/// Ordering: `append` calls that do not overlap take effect in their order. A read MUST see every append that returned
/// before the read began, and MAY see part of one that is still running. ``StoreCounts/revision`` rises with every change
/// and never falls; equal revisions mean equal content.
///
/// Identity: an event is (trace, id). Appending the same event again MUST change nothing. When two events of one identity
/// differ, the one that ``EventPrecedence`` puts first MUST win, whatever arrived first.
///
/// Bounds: a store MAY forget whole traces, least recently appended first, and MUST count what it forgot. It MUST NOT
/// forget part of a trace; where one trace alone exceeds the bounds it MUST refuse the surplus events and count them.
///
/// Failures are ``StoreError``; after one, nothing of the batch or all of it is stored, and appending it again is safe.
public protocol TraceStore: Sendable {
    /// What this store can do beyond the contract.
    var capabilities: StoreCapabilities { get }

    /// Adds events of any number of traces, in any order.
    @discardableResult
    func append(_ batch: EventBatch) async throws(StoreError) -> AppendReceipt

    /// All events of a trace, or `nil` when the store does not hold it.
    func trace(_ id: TraceID) async throws(StoreError) -> TraceRecord?

    /// The summary of a trace without its events.
    ///
    /// - Complexity: independent of the number of events.
    func summary(of id: TraceID) async throws(StoreError) -> TraceSummary?

    /// One page of summaries, the newest last event first, ties by identifier.
    ///
    /// - Complexity: independent of the number of events.
    func summaries(_ query: TraceQuery) async throws(StoreError) -> TracePage

    /// Every service with what its events sum up to, by name, over the traces in which it was active at or after a
    /// moment in nanoseconds since 1970.
    func services(activeSince moment: Int64) async throws(StoreError) -> [ServiceSummary]

    /// Sizes and lifetime counters.
    func counts() async throws(StoreError) -> StoreCounts

    /// Every retained event as one batch, for analysis over traces. Payloads other than values are left out.
    func snapshot() async throws(StoreError) -> StoreSnapshot
}
