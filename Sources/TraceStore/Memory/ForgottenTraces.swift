import TraceModel

/// Which traces a durable store has that are not in memory: exact while they are few, then "any".
struct ForgottenTraces {
    /// Sixteen bytes each: what a million of them may take.
    static let exactMax = 1_000_000

    private var traces: Set<TraceID> = []
    /// Nothing is known: any trace may be elsewhere.
    private(set) var isUnknown = false

    /// Whether a trace is certainly in no durable store.
    func lacks(_ trace: TraceID) -> Bool { !isUnknown && !traces.contains(trace) }

    mutating func insert(_ trace: TraceID) {
        guard !isUnknown else { return }
        traces.insert(trace)
        if traces.count > Self.exactMax { forget() }
    }

    mutating func remove(_ trace: TraceID) { traces.remove(trace) }

    /// Gives up on knowing.
    mutating func forget() {
        isUnknown = true
        traces = []
    }
}
