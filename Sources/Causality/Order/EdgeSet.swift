/// Why one event comes before another, weakest first: when edges contradict each other the weakest of the cycle goes.
enum EdgeStrength: UInt8, Comparable {
    /// Position order of two operations on one synchronisation object: decides the merge, is not itself an edge.
    case position = 0
    /// A call over the wire.
    case call = 1
    /// Await or join.
    case join = 2
    case parent = 3
    case fork = 4
    case message = 5

    static func < (a: EdgeStrength, b: EdgeStrength) -> Bool { a.rawValue < b.rawValue }
}

/// Edges between rows, as parallel columns.
struct EdgeSet {
    private(set) var from: ContiguousArray<UInt32> = []
    private(set) var to: ContiguousArray<UInt32> = []
    private(set) var strength: ContiguousArray<EdgeStrength> = []

    var count: Int { from.count }

    mutating func add(_ source: Int, _ target: Int, _ why: EdgeStrength) {
        from.append(UInt32(source))
        to.append(UInt32(target))
        strength.append(why)
    }

    /// Edge numbers grouped by one end: `order[starts[row]..<starts[row + 1]]`.
    static func grouped(
        _ ends: ContiguousArray<UInt32>,
        rows: Int
    )
        -> (starts: ContiguousArray<UInt32>, order: ContiguousArray<UInt32>)
    {
        var starts = ContiguousArray<UInt32>(repeating: 0, count: rows + 1)
        for end in ends { starts[Int(end) + 1] += 1 }
        for row in 0..<rows { starts[row + 1] += starts[row] }
        var next = starts
        var order = ContiguousArray<UInt32>(repeating: 0, count: ends.count)
        for (edge, end) in ends.enumerated() {
            order[Int(next[Int(end)])] = UInt32(edge)
            next[Int(end)] += 1
        }
        return (starts, order)
    }
}
