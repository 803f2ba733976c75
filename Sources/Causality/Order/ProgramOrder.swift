import TraceModel

/// Edge 1: the order of events within each task (`docs/edges.md`, "Program order").
struct ProgramOrder {
    /// Rows of all tasks, task after task, each in program order: task *t* is `rows[starts[t]..<starts[t + 1]]`.
    private(set) var rows: ContiguousArray<UInt32> = []
    private(set) var starts: ContiguousArray<UInt32> = []
    /// Place of each kept row within its task.
    private(set) var place: ContiguousArray<UInt32>
    private let ofRow: ContiguousArray<UInt32>
    /// Events whose order within their task only a tie decided.
    private(set) var ties = 0
    /// Gaps in the sequence numbers of a task, at the row after the gap.
    private(set) var gaps: ContiguousArray<UInt32> = []

    /// Orders the kept rows of every task.
    ///
    /// - Parameters:
    ///   - parents: row of each row's parent, or -1.
    /// - Complexity: O(n log n) per task; linear when events arrived in order.
    init(
        _ batch: borrowing EventBatch,
        kept: ContiguousArray<UInt32>,
        tasks: TaskTable,
        parents: ContiguousArray<Int32>
    ) {
        place = ContiguousArray(repeating: 0, count: batch.count)
        ofRow = tasks.ofRow
        let owners = ContiguousArray(kept.map { tasks.ofRow[Int($0)] })
        let groups = EdgeSet.grouped(owners, rows: tasks.tasks.count)
        starts = groups.starts
        rows.reserveCapacity(kept.count)
        for task in tasks.tasks.indices {
            var members = ContiguousArray<UInt32>()
            members.reserveCapacity(Int(starts[task + 1] - starts[task]))
            for i in starts[task]..<starts[task + 1] { members.append(kept[Int(groups.order[Int(i)])]) }
            order(&members, batch, parents)
            for (index, row) in members.enumerated() { place[Int(row)] = UInt32(index) }
            rows.append(contentsOf: members)
        }
    }

    /// The task of a row.
    func task(of row: Int) -> UInt32 { ofRow[row] }

    private mutating func order(
        _ members: inout ContiguousArray<UInt32>,
        _ batch: borrowing EventBatch,
        _ parents: ContiguousArray<Int32>
    ) {
        guard members.count > 1 else { return }
        let sequenced = members.allSatisfy { batch.sequences[Int($0)] >= 0 }
        let first = Int(members[0])
        let single =
            sequenced
            || members.allSatisfy {
                batch.traces[Int($0)] == batch.traces[first] && batch.spans[Int($0)] == batch.spans[first]
            }
        if single {
            orderSegment(&members, batch, parents)
            if sequenced { noteGaps(members, batch) }
            return
        }
        struct SegmentKey: Hashable {
            var trace: TraceID
            var span: Symbol
        }
        var segments: [SegmentKey: ContiguousArray<UInt32>] = [:]
        for row in members {
            let key = SegmentKey(trace: batch.traces[Int(row)], span: batch.spans[Int(row)])
            segments[key, default: []].append(row)
        }
        struct Placed {
            var time: Int64
            var trace: TraceID
            var first: EventID
            var position: Int
            var row: UInt32
        }
        var placed: ContiguousArray<Placed> = []
        placed.reserveCapacity(members.count)
        for (key, var rows) in segments {
            orderSegment(&rows, batch, parents)
            var time = Int64.min
            let head = batch.ids[Int(rows[0])]
            for (position, row) in rows.enumerated() {
                time = max(time, batch.timestamps[Int(row)])
                placed.append(Placed(time: time, trace: key.trace, first: head, position: position, row: row))
            }
        }
        placed.sort { a, b in
            if a.time != b.time { return a.time < b.time }
            if a.trace != b.trace { return a.trace < b.trace }
            if a.first != b.first { return a.first < b.first }
            return a.position < b.position
        }
        members = ContiguousArray(placed.map(\.row))
    }

    private mutating func orderSegment(
        _ rows: inout ContiguousArray<UInt32>,
        _ batch: borrowing EventBatch,
        _ parents: ContiguousArray<Int32>
    ) {
        let bySequence = rows.allSatisfy { batch.sequences[Int($0)] >= 0 }
        let byClock = !bySequence && rows.contains { batch.ownClocks[Int($0)] >= 0 }
        func key(_ row: UInt32) -> Int64 {
            if bySequence { return batch.sequences[Int(row)] }
            if byClock { return max(0, batch.ownClocks[Int(row)]) }
            return batch.timestamps[Int(row)]
        }
        func precedes(_ a: UInt32, _ b: UInt32) -> Bool {
            let ka = key(a)
            let kb = key(b)
            if ka != kb { return ka < kb }
            let ta = batch.timestamps[Int(a)]
            let tb = batch.timestamps[Int(b)]
            if ta != tb { return ta < tb }
            if batch.ids[Int(a)] != batch.ids[Int(b)] { return batch.ids[Int(a)] < batch.ids[Int(b)] }
            return batch.traces[Int(a)] < batch.traces[Int(b)]
        }
        var sorted = true
        for i in 1..<max(1, rows.count) where !precedes(rows[i - 1], rows[i]) {
            sorted = false
            break
        }
        if !sorted { rows.sort(by: precedes) }
        let byTime = !bySequence && !byClock
        liftParents(&rows, parents) { child, parent in byTime || key(child) == key(parent) }
        for i in 1..<max(1, rows.count) {
            let a = rows[i - 1]
            let b = rows[i]
            guard key(a) == key(b), batch.timestamps[Int(a)] == batch.timestamps[Int(b)] else { continue }
            if parents[Int(b)] != Int32(a) { ties += 1 }
        }
    }

    /// Moves a parent that sorted after its child to just before it, its own parents first.
    private func liftParents(
        _ rows: inout ContiguousArray<UInt32>,
        _ parents: ContiguousArray<Int32>,
        when applies: (_ child: UInt32, _ parent: UInt32) -> Bool
    ) {
        var rank: [UInt32: Int] = [:]
        var violated = false
        // The common case is a chain in order: look at neighbours before building a map of the segment.
        for i in 1..<max(1, rows.count) where parents[Int(rows[i])] != Int32(rows[i - 1]) {
            violated = true
            break
        }
        guard violated else { return }
        violated = false
        for (i, row) in rows.enumerated() { rank[row] = i }
        for (i, row) in rows.enumerated() {
            let parent = parents[Int(row)]
            if parent >= 0, let at = rank[UInt32(parent)], at > i, applies(row, UInt32(parent)) {
                violated = true
                break
            }
        }
        guard violated else { return }
        var done = Set<UInt32>()
        var result = ContiguousArray<UInt32>()
        result.reserveCapacity(rows.count)
        for row in rows {
            var chain = [row]
            var onChain: Set<UInt32> = [row]
            while let top = chain.last {
                let parent = parents[Int(top)]
                guard parent >= 0, rank[UInt32(parent)] != nil, applies(top, UInt32(parent)),
                    !done.contains(UInt32(parent)),
                    onChain.insert(UInt32(parent)).inserted
                else { break }
                chain.append(UInt32(parent))
            }
            while let next = chain.popLast() {
                if done.insert(next).inserted { result.append(next) }
            }
        }
        rows = result
    }

    private mutating func noteGaps(_ rows: ContiguousArray<UInt32>, _ batch: borrowing EventBatch) {
        for i in 1..<rows.count
        where batch.sequences[Int(rows[i])] - 1 > batch.sequences[Int(rows[i - 1])] {
            gaps.append(rows[i])
        }
    }
}
