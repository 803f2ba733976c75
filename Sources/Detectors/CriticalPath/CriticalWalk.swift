/// The walk back along a critical path, with its own stack: nesting is limited by memory, not by the thread's stack.
struct CriticalWalk {
    private enum Frame {
        /// Charge a strand's item, then what is before it.
        case enter(strand: Int, item: Int, followsCause: Bool)
        /// The item is charged down to its beginning.
        case leave(strand: Int, item: Int, followsCause: Bool)
        /// Charge a timed event and the first `parts` of its parts.
        case inside(row: Int, parts: Int)
    }

    private let intervals: Intervals
    private let strands: Strands
    /// Everything after this moment is charged.
    private var cursor: Int64
    private var stack: [Frame] = []
    private var visited: Set<Int> = []
    /// Children of each strand that were not looked at yet.
    private var childrenLeft: [Int: Int] = [:]
    /// Nanoseconds of each row on the path.
    private(set) var charged: [UInt32: Int64] = [:]

    init(intervals: Intervals, strands: Strands, cursor: Int64) {
        self.intervals = intervals
        self.strands = strands
        self.cursor = cursor
    }

    mutating func run(from row: Int) {
        let strand = Int(strands.strandOfRow[row])
        visited.insert(strand)
        stack = [.enter(strand: strand, item: Int(strands.itemOfRow[row]), followsCause: true)]
        while let frame = stack.popLast() {
            switch frame {
            case .enter(let strand, let item, let followsCause):
                let row = Int(strands.strands[strand].items[item])
                charge(row, from: intervals.ends[row])
                stack.append(.leave(strand: strand, item: item, followsCause: followsCause))
                stack.append(.inside(row: row, parts: strands.parts[UInt32(row)]?.count ?? 0))
            case .leave(let strand, let item, let followsCause):
                leave(strand, item, followsCause)
            case .inside(let row, let parts):
                inside(row, parts)
            }
        }
    }

    /// Goes on with what was before an item of a strand.
    private mutating func leave(_ strand: Int, _ item: Int, _ followsCause: Bool) {
        guard item > 0 else {
            let cause = Int(strands.strands[strand].cause)
            guard followsCause, cause >= 0 else { return }
            enter(Int(strands.strandOfRow[cause]), item: Int(strands.itemOfRow[cause]), followsCause: true)
            return
        }
        let previous = Int(strands.strands[strand].items[item - 1])
        // A strand that this one set going and that finished since the previous item: the task waited for it.
        let children = strands.children[strand] ?? []
        var left = childrenLeft[strand] ?? children.count
        while left > 0 {
            let child = children[left - 1]
            let end = strands.strands[child].end
            guard end > intervals.ends[previous] else { break }
            left -= 1
            guard end <= cursor, !visited.contains(child) else { continue }
            childrenLeft[strand] = left
            charge(previous, from: end)
            stack.append(.leave(strand: strand, item: item, followsCause: followsCause))
            enter(child, item: strands.strands[child].items.count - 1, followsCause: false)
            return
        }
        childrenLeft[strand] = left
        stack.append(.enter(strand: strand, item: item - 1, followsCause: followsCause))
    }

    /// Charges a timed event from the cursor down to its next part, or to its beginning.
    private mutating func inside(_ row: Int, _ count: Int) {
        let start = intervals.starts[row]
        let parts = strands.parts[UInt32(row)] ?? []
        var left = count
        while left > 0 {
            left -= 1
            let end: Int64
            switch parts[left] {
            case .item(let part): end = intervals.ends[Int(part)]
            case .strand(let strand): end = strands.strands[strand].end
            }
            // Parts overlap: one that was still running when the later one began did not hold it up.
            guard end <= cursor, end > start else { continue }
            charge(row, from: end)
            stack.append(.inside(row: row, parts: left))
            switch parts[left] {
            case .item(let part):
                stack.append(.inside(row: Int(part), parts: strands.parts[part]?.count ?? 0))
            case .strand(let strand):
                enter(strand, item: strands.strands[strand].items.count - 1, followsCause: false)
            }
            return
        }
        charge(row, from: start)
    }

    private mutating func enter(_ strand: Int, item: Int, followsCause: Bool) {
        // Contradicting clocks could lead back to where the walk was; every strand is walked once.
        guard visited.insert(strand).inserted else { return }
        stack.append(.enter(strand: strand, item: item, followsCause: followsCause))
    }

    /// Charges the time from `moment` to the cursor to a row and moves the cursor there.
    private mutating func charge(_ row: Int, from moment: Int64) {
        let time = max(0, saturatingDifference(cursor, moment))
        charged[UInt32(row), default: 0] = saturatingSum(charged[UInt32(row)] ?? 0, time)
        cursor = min(cursor, moment)
    }
}
