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

    private let graph: DependencyGraph

    /// - Parameters:
    ///   - graph: the serialisation graph.
    ///   - orders: which orders beside data may take part in a cycle.
    init(_ graph: DependencyGraph, orders: [CycleAnomaly.Order] = [.data]) {
        self.graph = graph
        var kinds: DependencyKinds = [.writes, .reads, .antidependencies]
        for order in orders { kinds.formUnion(order.kinds) }
        let specifications = CycleSpecification.all(orders: orders)
        let components = StrongComponents(graph, kinds: kinds, nodes: 0..<graph.nodeCount) { _ in true }
        var membership = ContiguousArray(repeating: false, count: graph.nodeCount)
        for members in components.nontrivial() {
            for node in members { membership[node] = true }
            search(members, membership: membership, specifications)
            for node in members { membership[node] = false }
        }
    }

    private mutating func search(
        _ members: [Int],
        membership: ContiguousArray<Bool>,
        _ specifications: [CycleSpecification]
    ) {
        let size = members.reduce(0) { $0 + graph.edges(from: $1).count }
        var budget = max(Self.visitsMin, size * Self.visitsPerEdge)
        var implied: Set<IsolationAnomaly> = []
        for specification in specifications where !implied.contains(.cycle(specification.anomaly)) {
            guard let cycle = find(specification, members, membership, &budget) else {
                guard budget > 0 else { break }
                continue
            }
            cycles.append(cycle)
            implied.formUnion(IsolationAnomaly.cycle(cycle.anomaly).implied)
        }
        if budget <= 0 { truncated += 1 }
    }

    private func find(
        _ specification: CycleSpecification,
        _ members: [Int],
        _ membership: ContiguousArray<Bool>,
        _ budget: inout Int
    ) -> DependencyCycle? {
        let allowed = specification.allowed
        let parts = StrongComponents(graph, kinds: allowed, nodes: members) { membership[$0] }
        // One walk per target of an anchor serves all anchors that lead to it.
        var sources: [Int: [Int]] = [:]
        var targets: [Int] = []
        for node in members {
            for index in graph.edges(from: node) {
                let edge = graph.edges[index]
                guard specification.anchors.contains(edge.kind), membership[edge.to],
                    parts.component[edge.to] == parts.component[node]
                else { continue }
                if sources[edge.to] == nil { targets.append(edge.to) }
                sources[edge.to, default: []].append(index)
            }
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
