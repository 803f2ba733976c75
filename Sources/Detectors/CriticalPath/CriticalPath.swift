public import Causality
public import TraceModel

/// The chain of work that decided how long a trace took.
///
/// Walks back from the end of the last event: inside a timed event through the part of it that finished last, otherwise
/// to the previous step of the task, to a task that it started and that finished meanwhile, or to what started the task.
/// Every moment on the way is charged to exactly one event, so the sum can never exceed the trace's wall time, however calls
/// nest. After CRISP (Zhang et al., USENIX ATC 2022), with tasks and points in place of spans.
public struct CriticalPath: Sendable, Hashable {
    /// An event on the path.
    public struct Step: Sendable, Hashable {
        /// Row of the batch.
        public var row: Int
        /// Time charged to the event alone.
        public var nanoseconds: Int64
    }

    /// The steps, in order of time.
    public private(set) var steps: [Step] = []
    /// Time charged to the steps together.
    public private(set) var totalNanoseconds: Int64 = 0
    /// From the beginning of the first event to the end of the last.
    public private(set) var wallNanoseconds: Int64 = 0

    /// The path of one trace.
    ///
    /// - Parameters:
    ///   - batch: the events of the trace.
    ///   - order: their causal order.
    /// - Complexity: O(n log n) in events, no recursion.
    public init(_ batch: EventBatch, order: CausalOrder) {
        let intervals = Intervals(batch)
        let strands = Strands(batch, order, intervals)
        guard let last = strands.lastToFinish(order, intervals) else { return }
        var walk = CriticalWalk(intervals: intervals, strands: strands, cursor: intervals.ends[last])
        walk.run(from: last)
        steps = walk.charged.map { Step(row: Int($0.key), nanoseconds: $0.value) }
        let position = order.positions(count: batch.count)
        steps.sort { a, b in
            let x = (intervals.starts[a.row], -1 &* intervals.ends[a.row], position[a.row])
            return x < (intervals.starts[b.row], -1 &* intervals.ends[b.row], position[b.row])
        }
        totalNanoseconds = steps.reduce(0) { saturatingSum($0, $1.nanoseconds) }
        let first = order.rows.lazy.map { intervals.starts[Int($0)] }.min() ?? 0
        wallNanoseconds = max(0, saturatingDifference(intervals.ends[last], first))
    }

    /// Share of the wall time that the path explains, in per cent.
    public var percentage: Double {
        wallNanoseconds == 0 ? 0 : Double(totalNanoseconds) / Double(wallNanoseconds) * 100
    }
}

extension CausalOrder {
    /// Place of each row in causal order; rows left out as duplicates come last.
    func positions(count: Int) -> ContiguousArray<Int> {
        var positions = ContiguousArray(repeating: Int.max, count: count)
        for (position, row) in rows.enumerated() { positions[Int(row)] = position }
        return positions
    }
}

func saturatingSum(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? (a > 0 ? .max : .min) : sum
}

func saturatingDifference(_ a: Int64, _ b: Int64) -> Int64 {
    let (difference, overflow) = a.subtractingReportingOverflow(b)
    return overflow ? (a > 0 ? .max : .min) : difference
}
