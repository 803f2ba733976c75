import TraceModel

extension EventBatch {
    /// The rows of one trace.
    typealias TraceGroup = (trace: TraceID, rows: [Int])

    /// The rows of each trace, traces in order of first appearance.
    func rowsByTrace() -> [TraceGroup] {
        var groups: [TraceGroup] = []
        var slots: [TraceID: Int] = [:]
        for (row, trace) in traces.enumerated() {
            // Runs of one trace are common.
            if let last = groups.indices.last, groups[last].trace == trace {
                groups[last].rows.append(row)
            } else if let slot = slots[trace] {
                groups[slot].rows.append(row)
            } else {
                slots[trace] = groups.count
                groups.append((trace, [row]))
            }
        }
        return groups
    }
}
