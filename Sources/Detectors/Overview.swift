public import TraceModel

/// What a set of events says beside its findings: who calls whom, what is used most, what durations are usual.
public struct Overview: Sendable {
    public var services: CallGraph
    public var objects: ObjectUsages
    public var latencies: LatencyBaselines

    /// Looks at every event of a batch.
    ///
    /// - Parameters:
    ///   - objectsMax: objects to list.
    ///   - learnsLatencies: whether usual durations are learned.
    /// - Complexity: O(events).
    public init(_ batch: borrowing EventBatch, objectsMax: Int = 1_000, learnsLatencies: Bool = true) {
        let index = TraceIndex(batch)
        services = CallGraph(batch, index)
        objects = ObjectUsages(batch, index, listing: objectsMax)
        latencies = learnsLatencies ? LatencyBaselines(batch) : LatencyBaselines()
    }
}
