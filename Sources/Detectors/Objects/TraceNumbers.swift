import TraceModel

/// Dense numbers for traces, in the order of the rows.
enum TraceNumbers {
    /// The number of each row's trace.
    static func ofRows(_ batch: borrowing EventBatch) -> ContiguousArray<UInt32> {
        var numbers = ContiguousArray<UInt32>(repeating: 0, count: batch.count)
        var index: [TraceID: UInt32] = [:]
        var lastTrace: TraceID?
        var last: UInt32 = 0
        for row in 0..<batch.count {
            let trace = batch.traces[row]
            if trace != lastTrace {
                lastTrace = trace
                last = index[trace] ?? UInt32(index.count)
                index[trace] = last
            }
            numbers[row] = last
        }
        return numbers
    }
}
