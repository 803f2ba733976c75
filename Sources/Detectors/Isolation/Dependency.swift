/// Why one transaction must precede another in every serial order that explains a history.
///
/// The data dependencies are those of Adya's direct serialisation graph (MIT/LCS/TR-786, 1999, section 4.4); session and
/// real-time order are the additions that make "strong session" and "strict" levels checkable.
public enum DependencyKind: UInt8, Sendable, CaseIterable {
    // The order is the priority: of several reasons for one pair the first explains it.
    /// The second installed the version after the first's.
    case writeWrite = 0
    /// The second read a version that the first installed.
    case writeRead = 1
    /// The second installed the version after the one that the first read.
    case readWrite = 2
    /// As ``writeRead``, by the outcome of a predicate rather than by a row.
    case predicateWriteRead = 3
    /// As ``readWrite``: the second changed what the first's predicate matches.
    case predicateReadWrite = 4
    /// Both belong to one session, in this order.
    case session = 5
    /// The first ended before the second began.
    case realtime = 6
}

/// A set of ``DependencyKind``.
struct DependencyKinds: OptionSet {
    var rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ kind: DependencyKind) { rawValue = 1 << kind.rawValue }

    static let writes = DependencyKinds(.writeWrite)
    static let reads: DependencyKinds = [DependencyKinds(.writeRead), DependencyKinds(.predicateWriteRead)]
    static let itemAntidependencies = DependencyKinds(.readWrite)
    static let predicateAntidependencies = DependencyKinds(.predicateReadWrite)
    static let antidependencies: DependencyKinds = [.itemAntidependencies, .predicateAntidependencies]
    static let session = DependencyKinds(.session)
    static let realtime = DependencyKinds(.realtime)

    func contains(_ kind: DependencyKind) -> Bool { rawValue & (1 << kind.rawValue) != 0 }
}

/// One edge of the serialisation graph.
struct Dependency: Hashable {
    /// Indices of transactions.
    @Narrow var from: Int
    @Narrow var to: Int
    var kind: DependencyKind
    /// The key or predicate concerned, an index that the history's front end can name; -1 for order edges.
    var key: Int = -1
    /// The versions on both sides, for the explanation; -1 when there is none.
    var fromVersion: Int = -1
    var toVersion: Int = -1
    /// Where the accesses behind the edge lie in the history; -1 when unknown.
    @Narrow var fromPosition: Int = -1
    @Narrow var toPosition: Int = -1
    /// Values or versions prove the edge; otherwise it follows from the order of statements.
    var proven: Bool = true
}

/// The direct serialisation graph in compressed rows: at most one edge a pair of transactions, the strongest reason first.
struct DependencyGraph {
    let nodeCount: Int
    /// Edges sorted by `from`, then `to`.
    let edges: ContiguousArray<Dependency>
    /// `edges[starts[n]..<starts[n + 1]]` leave node *n*.
    let starts: ContiguousArray<Int>

    /// Builds the graph of those dependencies that are meant; loops and edges out of range are dropped.
    ///
    /// - Complexity: O(nodes + edges): two counting sorts.
    init(
        nodeCount: Int,
        dependencies: some RandomAccessCollection<Dependency>,
        where isMeant: (Dependency) -> Bool = { _ in true }
    ) {
        self.nodeCount = nodeCount
        let all = ContiguousArray(dependencies)
        let nodes = 0..<nodeCount
        var valid: ContiguousArray<UInt32> = []
        for (number, edge) in all.enumerated()
        where edge.from != edge.to && nodes.contains(edge.from) && nodes.contains(edge.to) && isMeant(edge) {
            valid.append(UInt32(number))
        }
        let byTarget = countingSort(valid, buckets: nodeCount) { all[Int($0)].to }
        let sorted = countingSort(byTarget, buckets: nodeCount) { all[Int($0)].from }
        var edges: ContiguousArray<Dependency> = []
        for number in sorted {
            let edge = all[Int(number)]
            guard let last = edges.last, last.from == edge.from, last.to == edge.to else {
                edges.append(edge)
                continue
            }
            if edge.isStronger(than: last) { edges[edges.count - 1] = edge }
        }
        var starts = ContiguousArray(repeating: 0, count: nodeCount + 1)
        for edge in edges { starts[edge.from + 1] += 1 }
        for node in 0..<nodeCount { starts[node + 1] += starts[node] }
        self.edges = edges
        self.starts = starts
    }

    /// Indices of the edges that leave `node`.
    func edges(from node: Int) -> Range<Int> { starts[node]..<starts[node + 1] }

    /// The index of the edge between two nodes, by binary search.
    func edge(from: Int, to: Int) -> Int? {
        var low = starts[from]
        var high = starts[from + 1]
        while low < high {
            let middle = (low + high) / 2
            if edges[middle].to < to { low = middle + 1 } else { high = middle }
        }
        return low < starts[from + 1] && edges[low].to == to ? low : nil
    }
}

extension Dependency {
    /// Which of two reasons for one pair is kept: the stronger kind, then the proven one, then a fixed order so that the
    /// result does not depend on the order of construction.
    fileprivate func isStronger(than other: Dependency) -> Bool {
        if kind != other.kind { return kind.rawValue < other.kind.rawValue }
        if proven != other.proven { return proven }
        if fromPosition != other.fromPosition { return fromPosition < other.fromPosition }
        if toPosition != other.toPosition { return toPosition < other.toPosition }
        return (key, fromVersion, toVersion) < (other.key, other.fromVersion, other.toVersion)
    }
}

/// Numbers by bucket, those of one bucket as they came.
private func countingSort(
    _ numbers: ContiguousArray<UInt32>,
    buckets: Int,
    by bucket: (UInt32) -> Int
) -> ContiguousArray<UInt32> {
    var starts = ContiguousArray<UInt32>(repeating: 0, count: buckets + 1)
    for number in numbers { starts[bucket(number) + 1] += 1 }
    for index in 0..<buckets { starts[index + 1] += starts[index] }
    var sorted = ContiguousArray<UInt32>(repeating: 0, count: numbers.count)
    for number in numbers {
        let place = bucket(number)
        sorted[Int(starts[place])] = number
        starts[place] += 1
    }
    return sorted
}
