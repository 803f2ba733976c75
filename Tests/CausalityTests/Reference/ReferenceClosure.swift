/// Transitive closure of the edges, after contradictions were resolved.
///
/// Edges are taken strongest rule first, and within one rule in position order; one that would close a cycle with those
/// already taken is dropped. Without a cycle nothing is dropped, whatever the order.
struct ReferenceClosure {
    /// The edges that were kept.
    private(set) var edges: [ReferenceEdge]
    /// Events at or before each event.
    private(set) var past: [EventSet]
    /// How many edges were dropped.
    private(set) var dropped = 0
    /// True when the edges and the given chains have no cycle together.
    let isConsistent: Bool

    init(count: Int, edges: [ReferenceEdge], objectOrders: [[Int]]) {
        let distinct = Array(Set(edges))
        let chains = objectOrders.flatMap { order in
            zip(order, order.dropFirst()).map { ReferenceEdge(from: $0, to: $1, rule: .position) }
        }
        isConsistent = Self.topologicalOrder(count: count, edges: distinct + chains) != nil
        self.edges = distinct
        past = (0..<count).map {
            var alone = EventSet(capacity: count)
            alone.insert($0)
            return alone
        }
        if let order = Self.topologicalOrder(count: count, edges: distinct) {
            accumulate(along: order)
        } else {
            keepStrongest(distinct)
        }
    }

    private mutating func accumulate(along order: [Int]) {
        var incoming: [[Int]] = Array(repeating: [], count: past.count)
        for edge in edges { incoming[edge.to].append(edge.from) }
        for event in order {
            for source in incoming[event] { past[event].formUnion(past[source]) }
        }
    }

    private mutating func keepStrongest(_ candidates: [ReferenceEdge]) {
        let ordered = candidates.sorted { ($0.rule.rawValue, $0.to, $0.from) < ($1.rule.rawValue, $1.to, $1.from) }
        edges = []
        for edge in ordered {
            if past[edge.from].contains(edge.to) {
                dropped += 1
                continue
            }
            edges.append(edge)
            for event in past.indices where past[event].contains(edge.to) { past[event].formUnion(past[edge.from]) }
        }
    }

    /// An order that respects every edge, or `nil` when there is a cycle.
    static func topologicalOrder(count: Int, edges: [ReferenceEdge]) -> [Int]? {
        var outgoing: [[Int]] = Array(repeating: [], count: count)
        var waiting = Array(repeating: 0, count: count)
        for edge in edges {
            outgoing[edge.from].append(edge.to)
            waiting[edge.to] += 1
        }
        var order = (0..<count).filter { waiting[$0] == 0 }
        var next = 0
        while next < order.count {
            for target in outgoing[order[next]] {
                waiting[target] -= 1
                if waiting[target] == 0 { order.append(target) }
            }
            next += 1
        }
        return order.count == count ? order : nil
    }
}
