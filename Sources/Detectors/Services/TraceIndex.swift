import TraceModel

/// The rows of a batch, trace by trace.
struct TraceIndex {
    /// Dense number of each row's trace, in order of first appearance.
    private(set) var ofRow: ContiguousArray<UInt32> = []
    /// Rows grouped by trace, in batch order within each.
    private(set) var rows: ContiguousArray<UInt32> = []
    /// Beginning of each trace in `rows`, and the end of the last.
    private(set) var starts: ContiguousArray<Int> = [0]

    var count: Int { starts.count - 1 }

    /// Numbers the traces of a batch.
    ///
    /// - Complexity: O(events).
    init(_ batch: borrowing EventBatch) {
        var numbers: [TraceID: UInt32] = [:]
        var sizes: ContiguousArray<Int> = []
        ofRow.reserveCapacity(batch.count)
        var last: (id: TraceID, number: UInt32)?
        for row in 0..<batch.count {
            let id = batch.traces[row]
            let number: UInt32
            if let last, last.id == id {
                number = last.number
            } else {
                number = numbers[id] ?? UInt32(sizes.count)
                if Int(number) == sizes.count {
                    numbers[id] = number
                    sizes.append(0)
                }
                last = (id, number)
            }
            ofRow.append(number)
            sizes[Int(number)] += 1
        }
        for size in sizes { starts.append((starts.last ?? 0) + size) }
        var next = starts
        rows = ContiguousArray(repeating: 0, count: batch.count)
        for row in 0..<batch.count {
            let trace = Int(ofRow[row])
            rows[next[trace]] = UInt32(row)
            next[trace] += 1
        }
    }

    /// The rows of one trace.
    func rows(of trace: Int) -> Slice<ContiguousArray<UInt32>> {
        Slice(base: rows, bounds: starts[trace]..<starts[trace + 1])
    }
}
