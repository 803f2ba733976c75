import TraceModel

extension TraceID {
    /// A hash that is the same in every process and for ever: partitions of a log are numbered by it.
    var stableHash: UInt64 {
        var state = high ^ (low &* 0x9e37_79b9_7f4a_7c15)
        state = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        state = (state ^ (state >> 27)) &* 0x94d0_49bb_1331_11eb
        return state ^ (state >> 31)
    }

    /// Which of `count` shares the trace belongs to.
    func share(of count: Int) -> Int { Int(stableHash % UInt64(count)) }
}

/// The rows of one trace in a batch.
struct TraceRows: Sendable {
    var trace: TraceID
    var rows: [Int]

    /// The rows of each trace, traces in order of first appearance.
    static func of(_ batch: EventBatch) -> [TraceRows] {
        guard let first = batch.traces.first else { return [] }
        // Most requests carry one trace.
        if batch.traces.allSatisfy({ $0 == first }) { return [TraceRows(trace: first, rows: Array(0..<batch.count))] }
        var groups: [TraceRows] = []
        var slots: [TraceID: Int] = [:]
        for (row, trace) in batch.traces.enumerated() {
            if let slot = slots[trace] {
                groups[slot].rows.append(row)
            } else {
                slots[trace] = groups.count
                groups.append(TraceRows(trace: trace, rows: [row]))
            }
        }
        return groups
    }
}
