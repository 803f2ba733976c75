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
///
/// Where each of many rows comes before each of many others, as at a barrier, all lead to a *hub* and the hub to the others: a node
/// that is no event, numbered after the rows. It is passed once everything before it is.
struct EdgeSet {
    private(set) var from: ContiguousArray<UInt32> = []
    private(set) var to: ContiguousArray<UInt32> = []
    private(set) var strength: ContiguousArray<EdgeStrength> = []
    /// Rows of the batch: the number of the first hub.
    let rows: Int
    /// For each hub a row that stands for it where edges are compared.
    private var hubs: ContiguousArray<UInt32> = []

    /// No edges between the rows of a batch of this size.
    init(rows: Int) { self.rows = rows }

    var count: Int { from.count }
    /// Rows and hubs.
    var nodes: Int { rows + hubs.count }

    mutating func add(_ source: Int, _ target: Int, _ why: EdgeStrength) {
        from.append(UInt32(source))
        to.append(UInt32(target))
        strength.append(why)
    }

    /// Sides that are both larger than this meet in a hub.
    private static let pairwiseMax = 8

    /// Adds an edge from each source to each target.
    ///
    /// - Complexity: O(sources + targets).
    mutating func add(each sources: ContiguousArray<Int>, before targets: ContiguousArray<Int>, _ why: EdgeStrength) {
        guard let first = sources.first, sources.count > Self.pairwiseMax, targets.count > Self.pairwiseMax else {
            for source in sources {
                for target in targets { add(source, target, why) }
            }
            return
        }
        let hub = nodes
        hubs.append(UInt32(first))
        for source in sources { add(source, hub, why) }
        for target in targets { add(hub, target, why) }
    }

    func isHub(_ node: Int) -> Bool { node >= rows }

    /// The row that a node is compared by.
    func row(of node: Int) -> Int { isHub(node) ? Int(hubs[node - rows]) : node }

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
