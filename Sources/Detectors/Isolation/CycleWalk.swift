/// A breadth-first walk from behind an anchor edge back to where it starts, over states (node, what was used so far).
struct CycleWalk {
    private let graph: DependencyGraph
    private let specification: CycleSpecification
    private let component: Int

    private struct State: Hashable {
        var node: Int
        /// The edge that led here is an anti-dependency.
        var afterAntidependency: Bool
        /// The walk used a second anti-dependency beside the anchor.
        var several: Bool
        /// The required kinds of edge, as bits.
        var satisfied: Int
    }

    private var states: [State] = []
    private var cameFrom: [(state: Int, edge: Int)] = []
    private var known: Set<State> = []

    init(_ graph: DependencyGraph, _ specification: CycleSpecification, component: Int) {
        self.graph = graph
        self.specification = specification
        self.component = component
    }

    /// The first cycle through one of `anchors`, which all end at `target`, that is of the wanted kind and visits no
    /// transaction twice.
    mutating func back(
        to anchors: [Int],
        from target: Int,
        _ components: ContiguousArray<Int>,
        _ budget: inout Int
    ) -> DependencyCycle? {
        let anchorFrom = Dictionary(anchors.map { (graph.edges[$0].from, $0) }) { first, _ in first }
        let startsAfterAntidependency = specification.anomaly.shape.rawValue >= CycleAnomaly.Shape.single.rawValue
        push(
            State(node: target, afterAntidependency: startsAfterAntidependency, several: false, satisfied: 0),
            from: -1,
            by: -1
        )
        var next = 0
        while next < states.count {
            let state = states[next]
            if let anchor = anchorFrom[state.node], mayClose(state) {
                let cycle = cycle(endingAt: next, closedBy: anchor)
                if isSimple(cycle), cycle.anomaly == specification.anomaly { return cycle }
            }
            for index in graph.edges(from: state.node) {
                budget -= 1
                guard budget > 0 else { return nil }
                let edge = graph.edges[index]
                guard specification.allowed.contains(edge.kind), components[edge.to] == component,
                    let following = step(state, edge)
                else { continue }
                push(following, from: next, by: index)
            }
            next += 1
        }
        return nil
    }

    private mutating func push(_ state: State, from: Int, by edge: Int) {
        guard known.insert(state).inserted else { return }
        states.append(state)
        cameFrom.append((from, edge))
    }

    private func step(_ state: State, _ edge: Dependency) -> State? {
        let isAntidependency = DependencyKinds.antidependencies.contains(edge.kind)
        var following = state
        following.node = edge.to
        switch specification.anomaly.shape {
        case .write, .information: break
        case .single: if isAntidependency { return nil }
        case .nonadjacent: if isAntidependency && state.afterAntidependency { return nil }
        case .antidependency: break
        }
        if isAntidependency { following.several = true }
        following.afterAntidependency = specification.anomaly.shape == .nonadjacent && isAntidependency
        for (bit, kinds) in specification.required.enumerated() where kinds.contains(edge.kind) {
            following.satisfied |= 1 << bit
        }
        return following
    }

    private func mayClose(_ state: State) -> Bool {
        guard state.satisfied == (1 << specification.required.count) - 1 else { return false }
        switch specification.anomaly.shape {
        case .write, .information, .single: return true
        case .nonadjacent: return state.several && !state.afterAntidependency
        case .antidependency: return state.several
        }
    }

    private func cycle(endingAt state: Int, closedBy anchor: Int) -> DependencyCycle {
        var edges = [graph.edges[anchor]]
        var state = state
        while cameFrom[state].edge >= 0 {
            edges.append(graph.edges[cameFrom[state].edge])
            state = cameFrom[state].state
        }
        return DependencyCycle(edges: [edges[0]] + edges[1...].reversed())
    }

    private func isSimple(_ cycle: DependencyCycle) -> Bool {
        Set(cycle.transactions).count == cycle.edges.count
    }
}
