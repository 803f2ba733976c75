/// What is known about the order of the versions of one register: a graph over values, `nil` being the initial state.
struct VersionOrder {
    private(set) var successors: [Int?: Set<Int?>] = [:]

    /// States that `before` precedes `after`; a version does not precede itself.
    mutating func add(_ before: Int?, _ after: Int?) {
        guard before != after else { return }
        successors[before, default: []].insert(after)
    }

    /// Everything that either order states.
    func union(_ other: VersionOrder) -> VersionOrder {
        var result = self
        result.successors.merge(other.successors) { $0.union($1) }
        return result
    }

    /// True when the statements contradict each other.
    var isCyclic: Bool {
        var pendingBefore: [Int?: Int] = [:]
        for (before, afters) in successors {
            pendingBefore[before, default: 0] += 0
            for after in afters { pendingBefore[after, default: 0] += 1 }
        }
        var ready = pendingBefore.filter { $0.value == 0 }.map(\.key)
        var removed = 0
        while let next = ready.popLast() {
            removed += 1
            for after in successors[next] ?? [] {
                pendingBefore[after, default: 0] -= 1
                if pendingBefore[after] == 0 { ready.append(after) }
            }
        }
        return removed < pendingBefore.count
    }
}

/// For each key, which transactions that touch it come directly after one another along an order of transactions.
enum KeyedSuccessors {
    /// Walks the order backwards once, carrying for each key the nearest later transactions that touch it.
    ///
    /// - Complexity: O(edges × keys carried); the order's edges must form a graph without cycles.
    static func of(
        _ history: History,
        _ edges: [Dependency],
        touches: (Int) -> Set<Int>
    ) -> [Int: [(from: Int, to: Int)]] {
        let count = history.transactions.count
        var outgoing = [[Int]](repeating: [], count: count)
        var pending = [Int](repeating: 0, count: count)
        var incoming = [[Int]](repeating: [], count: count)
        for edge in edges {
            outgoing[edge.from].append(edge.to)
            incoming[edge.to].append(edge.from)
            pending[edge.from] += 1
        }
        var ready = (0..<count).filter { pending[$0] == 0 }
        var next = [[Int: Set<Int>]](repeating: [:], count: count)
        var result: [Int: [(from: Int, to: Int)]] = [:]
        while let node = ready.popLast() {
            var downstream: [Int: Set<Int>] = [:]
            for successor in outgoing[node] {
                let touched = touches(successor)
                for key in touched { downstream[key, default: []].insert(successor) }
                for (key, later) in next[successor] where !touched.contains(key) {
                    downstream[key, default: []].formUnion(later)
                }
            }
            next[node] = downstream
            for key in touches(node).sorted() {
                for later in (downstream[key] ?? []).sorted() { result[key, default: []].append((node, later)) }
            }
            for predecessor in incoming[node] {
                pending[predecessor] -= 1
                if pending[predecessor] == 0 { ready.append(predecessor) }
            }
        }
        return result
    }
}
