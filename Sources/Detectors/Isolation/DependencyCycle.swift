/// One cycle of the serialisation graph, as the edges that close it.
struct DependencyCycle: Hashable {
    /// Edges in order; each starts where the one before ended, and the last ends where the first started.
    var edges: [Dependency]

    /// The transactions, in the order of the edges.
    var transactions: [Int] { edges.map(\.from) }

    /// True when values or versions prove every edge.
    var proven: Bool { edges.allSatisfy(\.proven) }

    /// What kind of anomaly the cycle is.
    var anomaly: CycleAnomaly {
        var antidependencies = 0
        var predicate = false
        var reads = false
        var order = CycleAnomaly.Order.data
        for edge in edges {
            switch edge.kind {
            case .writeWrite: break
            case .writeRead, .predicateWriteRead: reads = true
            case .readWrite: antidependencies += 1
            case .predicateReadWrite:
                antidependencies += 1
                predicate = true
            case .session: if order == .data { order = .session }
            case .realtime: order = .realtime
            }
        }
        let shape: CycleAnomaly.Shape =
            switch antidependencies {
            case 0: reads ? .information : .write
            case 1: .single
            default: hasAdjacentAntidependencies ? .antidependency : .nonadjacent
            }
        return CycleAnomaly(shape, predicate: predicate, order: order)
    }

    private var hasAdjacentAntidependencies: Bool {
        var previous = edges[edges.count - 1].kind
        for edge in edges {
            if DependencyKinds.antidependencies.contains(edge.kind),
                DependencyKinds.antidependencies.contains(previous)
            {
                return true
            }
            previous = edge.kind
        }
        return false
    }

    /// The same cycle started at its least transaction, so that equal cycles compare equal.
    var canonical: DependencyCycle {
        guard let least = edges.indices.min(by: { edges[$0].from < edges[$1].from }) else { return self }
        return DependencyCycle(edges: Array(edges[least...] + edges[..<least]))
    }
}
