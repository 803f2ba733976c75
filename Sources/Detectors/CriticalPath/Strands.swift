import Causality
import TraceModel

/// The tasks of a trace cut where something outside the task set it going, and what is nested in what.
struct Strands {
    /// One run of a task. Its items are the events that lie in no timed event of the same task, in order of time.
    struct Strand {
        var items: [UInt32] = []
        var start = Int64.max
        var end = Int64.min
        /// The event of another task that set it going; negative for none.
        var cause: Int32 = -1
    }

    /// Something inside a timed event: another timed event of the task, or a strand that it set going.
    enum Part {
        case item(UInt32)
        case strand(Int)
    }

    private(set) var strands: [Strand] = []
    /// Strand of each row, and the row's top-level item as an index into the strand's items.
    private(set) var strandOfRow: ContiguousArray<Int32>
    private(set) var itemOfRow: ContiguousArray<Int32>
    /// Parts of each timed event, last to finish last.
    private(set) var parts: [UInt32: [Part]] = [:]
    /// Strands that a strand's points set going, last to finish last.
    private(set) var children: [Int: [Int]] = [:]
    /// Innermost timed event of the same task around each row; negative for none.
    private var container: ContiguousArray<Int32>

    init(_ batch: EventBatch, _ order: CausalOrder, _ intervals: Intervals) {
        strandOfRow = ContiguousArray(repeating: -1, count: batch.count)
        itemOfRow = ContiguousArray(repeating: -1, count: batch.count)
        container = ContiguousArray(repeating: -1, count: batch.count)
        let position = order.positions(count: batch.count)
        let causes = Causes(batch, order, intervals, position)
        var byTask = ContiguousArray<[UInt32]>(repeating: [], count: order.tasks.count)
        for row in order.rows { byTask[Int(order.taskOfRow[Int(row)])].append(row) }
        for rows in byTask { cut(rows, intervals, causes, position) }
        attachParts(intervals)
    }

    /// The event whose end is the end of the trace: the last in causal order among equals.
    func lastToFinish(_ order: CausalOrder, _ intervals: Intervals) -> Int? {
        var last: Int?
        for row in order.rows.lazy.map(Int.init) where last.map({ intervals.ends[row] >= intervals.ends[$0] }) ?? true {
            last = row
        }
        // A point at the very end of a timed event of its task belongs to that event.
        return last.map { container[$0] >= 0 ? outermost($0) : $0 }
    }

    private func outermost(_ row: Int) -> Int {
        let strand = strands[Int(strandOfRow[row])]
        return Int(strand.items[Int(itemOfRow[row])])
    }

    /// Cuts one task into strands and nests its events.
    private mutating func cut(
        _ rows: [UInt32],
        _ intervals: Intervals,
        _ causes: Causes,
        _ position: ContiguousArray<Int>
    ) {
        let sorted = rows.sorted { a, b in
            let (i, j) = (Int(a), Int(b))
            if intervals.starts[i] != intervals.starts[j] { return intervals.starts[i] < intervals.starts[j] }
            if intervals.ends[i] != intervals.ends[j] { return intervals.ends[i] > intervals.ends[j] }
            return position[i] < position[j]
        }
        var around: [UInt32] = []
        var current = -1
        for row in sorted {
            let index = Int(row)
            while let top = around.last, intervals.ends[Int(top)] <= intervals.starts[index] { around.removeLast() }
            let cause = causes.ofRow[index]
            if current < 0 || (around.isEmpty && cause >= 0) {
                current = strands.count
                strands.append(Strand(cause: cause))
            }
            strandOfRow[index] = Int32(current)
            if let top = around.last {
                container[index] = Int32(top)
                itemOfRow[index] = itemOfRow[Int(top)]
            } else {
                itemOfRow[index] = Int32(strands[current].items.count)
                strands[current].items.append(row)
            }
            strands[current].start = min(strands[current].start, intervals.starts[index])
            strands[current].end = max(strands[current].end, intervals.ends[index])
            if intervals.isTimed(index) { around.append(row) }
        }
    }

    private mutating func attachParts(_ intervals: Intervals) {
        var ends: [UInt32: [(end: Int64, part: Part)]] = [:]
        for row in container.indices where container[row] >= 0 && intervals.isTimed(row) {
            ends[UInt32(container[row]), default: []].append((intervals.ends[row], .item(UInt32(row))))
        }
        var endsOfStrand: [Int: [(end: Int64, strand: Int)]] = [:]
        for index in strands.indices where strands[index].cause >= 0 {
            let cause = Int(strands[index].cause)
            let strand = strands[index]
            if intervals.isTimed(cause), strand.start < intervals.ends[cause] {
                ends[UInt32(cause), default: []].append((strand.end, .strand(index)))
            } else if container[cause] >= 0 {
                ends[UInt32(container[cause]), default: []].append((strand.end, .strand(index)))
            } else if strandOfRow[cause] >= 0 {
                endsOfStrand[Int(strandOfRow[cause]), default: []].append((strand.end, index))
            }
        }
        // Both were filled in a fixed order, and Swift's sort is stable: ties do not depend on arrival.
        parts = ends.mapValues { $0.sorted { $0.end < $1.end }.map(\.part) }
        children = endsOfStrand.mapValues { $0.sorted { $0.end < $1.end }.map(\.strand) }
    }
}

/// For each event the event of another task that set it going, where there is one.
private struct Causes {
    private(set) var ofRow: ContiguousArray<Int32>

    init(_ batch: EventBatch, _ order: CausalOrder, _ intervals: Intervals, _ position: ContiguousArray<Int>) {
        ofRow = ContiguousArray(repeating: -1, count: batch.count)
        var firstOfSpan: [Symbol: Int] = [:]
        var rowsOfSpan: [Symbol: [Int]] = [:]
        for row in order.rows.lazy.map(Int.init) {
            let span = batch.spans[row]
            if !span.isEmpty {
                if firstOfSpan[span] == nil { firstOfSpan[span] = row }
                rowsOfSpan[span, default: []].append(row)
            }
            let parent = order.parentOfRow[row]
            if parent >= 0, order.taskOfRow[Int(parent)] != order.taskOfRow[row], position[Int(parent)] < position[row]
            {
                ofRow[row] = parent
            }
        }
        var sorted: Set<Symbol> = []
        for (span, first) in firstOfSpan where ofRow[first] < 0 {
            let upstream = batch.upstreamSpans[first]
            guard !upstream.isEmpty, upstream != span, rowsOfSpan[upstream] != nil else { continue }
            if sorted.insert(upstream).inserted {
                rowsOfSpan[upstream]?.sort { a, b in
                    batch.timestamps[a] == batch.timestamps[b]
                        ? position[a] < position[b] : batch.timestamps[a] < batch.timestamps[b]
                }
            }
            guard let rows = rowsOfSpan[upstream], let caller = rows.first else { continue }
            // The caller's last event before the call arrived, else its first: clocks of two machines differ.
            let later = rows.partitioningIndex { batch.timestamps[$0] > intervals.starts[first] }
            let cause = later > 0 ? rows[later - 1] : caller
            if order.taskOfRow[cause] != order.taskOfRow[first] { ofRow[first] = Int32(cause) }
        }
    }
}

extension [Int] {
    /// First index whose element satisfies a condition that all later ones satisfy too.
    fileprivate func partitioningIndex(where isLater: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isLater(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
