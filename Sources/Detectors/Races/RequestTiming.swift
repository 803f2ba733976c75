import Causality
import TraceModel

/// When each request ran in each process, by that process's clock, to tell requests that overlapped from ones that did not.
struct RequestTiming {
    private struct Interval {
        var start: Int64
        var end: Int64
    }

    private var intervals: ContiguousArray<Interval> = []
    private var intervalOfRow: ContiguousArray<UInt32>
    private let nearMiss: Int64
    private let skew: Int64
    private let timeless: Bool

    /// Measures every (trace, process).
    ///
    /// - Complexity: O(rows).
    init(_ batch: borrowing EventBatch, order: CausalOrder, nearMiss: Int64) {
        self.nearMiss = nearMiss
        skew = order.skewNanoseconds
        timeless = order.isTotal
        intervalOfRow = ContiguousArray(repeating: 0, count: batch.count)
        struct Key: Hashable {
            var trace: TraceID
            var process: UInt32
        }
        var index: [Key: UInt32] = [:]
        var lastKey: Key?
        var last: UInt32 = 0
        for row in order.rows {
            let row = Int(row)
            let key = Key(trace: batch.traces[row], process: batch.processIndices[row])
            if key != lastKey {
                lastKey = key
                if let known = index[key] {
                    last = known
                } else {
                    last = UInt32(intervals.count)
                    index[key] = last
                    intervals.append(Interval(start: .max, end: .min))
                }
            }
            intervalOfRow[row] = last
            let time = batch.timestamps[row]
            intervals[Int(last)].start = min(intervals[Int(last)].start, time)
            intervals[Int(last)].end = max(intervals[Int(last)].end, time)
        }
    }

    /// Whether the requests of two rows overlapped in time; rows of one trace always count as overlapping.
    ///
    /// Between processes a clock can only tell beyond the skew seen on edges between them.
    func overlap(_ a: Int, _ b: Int, _ batch: borrowing EventBatch) -> RaceFinding.Overlap {
        if timeless || batch.traces[a] == batch.traces[b] { return .observed }
        let first = intervals[Int(intervalOfRow[a])]
        let second = intervals[Int(intervalOfRow[b])]
        let (difference, overflow) = min(first.end, second.end)
            .subtractingReportingOverflow(max(first.start, second.start))
        // Centuries apart; negating the least value would overflow in turn.
        let shared = overflow ? -Int64.max : difference
        if batch.processIndices[a] == batch.processIndices[b] {
            if shared >= 0 { return .observed }
            return -shared <= nearMiss ? .near : .none
        }
        if shared >= skew { return .observed }
        if -shared <= skew { return .unknown }
        return -shared <= nearMiss + skew ? .near : .none
    }
}
