/// Finds, in each strongly connected component, one cycle of every kind that is not implied by a worse one found there.
///
/// A component exists iff there is a cycle (Tarjan, linear). Which kinds of cycle it holds is decided per kind: Tarjan on the
/// dependencies that the kind may use, then a breadth-first walk back from an edge that the kind needs. G0, G1c,
/// G-nonadjacent and G2 need one such walk in almost every case; G-single needs one a distinct target of an
/// anti-dependency. The walks of one component share a budget linear in its size; reaching it is reported.
struct CycleSearch {
    private(set) var cycles: [DependencyCycle] = []
    /// Components whose search ended at the budget.
    private(set) var truncated = 0

    /// Edge visits allowed per edge of a component, and for any component however small. The first keeps the search linear; in
    /// histories of real stores a walk ends after few steps.
    static let visitsPerEdge = 256
    static let visitsMin = 200_000

    /// - Parameters:
    ///   - graph: the serialisation graph.
    ///   - orders: which orders beside data may take part in a cycle.
    init(_ graph: DependencyGraph, orders: [CycleAnomaly.Order] = [.data]) {
        var kinds: DependencyKinds = [.writes, .reads, .antidependencies]
        for order in orders { kinds.formUnion(order.kinds) }
        let specifications = CycleSpecification.all(orders: orders)
        let components = StrongComponents(graph, kinds: kinds)
        for members in components.nontrivial() { search(members, of: graph, kinds, specifications) }
    }

    /// Searches one component as a graph of its own, so that its cost depends on its size only.
    private mutating func search(
        _ members: [Int],
        of graph: DependencyGraph,
        _ kinds: DependencyKinds,
        _ specifications: [CycleSpecification]
    ) {
        var local: [Int: Int] = [:]
        for (index, node) in members.enumerated() { local[node] = index }
        var edges: [Dependency] = []
        for node in members {
            for index in graph.edges(from: node) {
                var edge = graph.edges[index]
                guard kinds.contains(edge.kind), let from = local[edge.from], let to = local[edge.to] else { continue }
                edge.from = from
                edge.to = to
                edges.append(edge)
            }
        }
        let part = DependencyGraph(nodeCount: members.count, dependencies: edges)
        var budget = max(Self.visitsMin, part.edges.count * Self.visitsPerEdge)
        var implied: Set<IsolationAnomaly> = []
        for specification in specifications where !implied.contains(.cycle(specification.anomaly)) {
            guard let cycle = find(specification, in: part, &budget) else {
                guard budget > 0 else { break }
                continue
            }
            implied.formUnion(IsolationAnomaly.cycle(cycle.anomaly).implied)
            cycles.append(
                DependencyCycle(
                    edges: cycle.edges.map { edge in
                        var named = edge
                        named.from = members[edge.from]
                        named.to = members[edge.to]
                        return named
                    }
                )
            )
        }
        if budget <= 0 { truncated += 1 }
    }

    private func find(
        _ specification: CycleSpecification,
        in graph: DependencyGraph,
        _ budget: inout Int
    ) -> DependencyCycle? {
        let parts = StrongComponents(graph, kinds: specification.allowed)
        // One walk per target of an anchor serves all anchors that lead to it.
        var sources: [Int: [Int]] = [:]
        var targets: [Int] = []
        for (index, edge) in graph.edges.enumerated()
        where specification.anchors.contains(edge.kind) && parts.component[edge.to] == parts.component[edge.from] {
            if sources[edge.to] == nil { targets.append(edge.to) }
            sources[edge.to, default: []].append(index)
        }
        for target in targets {
            guard let anchors = sources[target] else { continue }
            var walk = CycleWalk(graph, specification, component: parts.component[target])
            if let cycle = walk.back(to: anchors, from: target, parts.component, &budget) { return cycle }
            if budget <= 0 { return nil }
        }
        return nil
    }
}

/// Which edges a kind of cycle may use and which it must.
struct CycleSpecification {
    var anomaly: CycleAnomaly
    /// Edges the cycle may use.
    var allowed: DependencyKinds
    /// Edges of which the cycle has at least one; the walk starts behind it.
    var anchors: DependencyKinds
    /// Edges of which the rest of the cycle has at least one, each.
    var required: [DependencyKinds]

    /// Every kind, worst first: data before session before real time.
    static func all(orders: [CycleAnomaly.Order]) -> [CycleSpecification] {
        orders.flatMap { order in
            CycleAnomaly.Shape.allCases.flatMap { shape -> [CycleSpecification] in
                guard shape.rawValue >= CycleAnomaly.Shape.single.rawValue else {
                    return [CycleSpecification(CycleAnomaly(shape, order: order))]
                }
                return [false, true].map { CycleSpecification(CycleAnomaly(shape, predicate: $0, order: order)) }
            }
        }
    }

    private init(_ anomaly: CycleAnomaly) {
        self.anomaly = anomaly
        required = anomaly.order == .data ? [] : [anomaly.order.kinds]
        switch anomaly.shape {
        case .write:
            allowed = .writes
            anchors = anomaly.order == .data ? .writes : anomaly.order.kinds
            required = []
        case .information:
            allowed = [.writes, .reads]
            anchors = .reads
        case .single, .nonadjacent, .antidependency:
            allowed = [.writes, .reads]
            anchors = anomaly.predicate ? .predicateAntidependencies : .itemAntidependencies
            allowed.formUnion(anomaly.predicate ? .antidependencies : .itemAntidependencies)
        }
        allowed.formUnion(anomaly.order.kinds)
    }
}

extension CycleAnomaly.Order {
    var kinds: DependencyKinds {
        switch self {
        case .data: []
        case .session: .session
        case .realtime: .realtime
        }
    }
}
