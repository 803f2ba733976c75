import Testing

@testable import Detectors

/// The search for cycles against an exhaustive enumeration of them.
@Suite struct IsolationCycleTests {
    private func graph(_ nodes: Int, _ edges: [(Int, Int, DependencyKind)]) -> DependencyGraph {
        DependencyGraph(nodeCount: nodes, dependencies: edges.map { Dependency(from: $0.0, to: $0.1, kind: $0.2) })
    }

    private func names(_ nodes: Int, _ edges: [(Int, Int, DependencyKind)]) -> Set<String> {
        Set(CycleSearch(graph(nodes, edges), orders: [.data, .session, .realtime]).cycles.map(\.anomaly.name))
    }

    @Test func `each kind of cycle is told by its edges`() {
        #expect(names(2, [(0, 1, .writeWrite), (1, 0, .writeWrite)]) == ["G0"])
        #expect(names(2, [(0, 1, .writeWrite), (1, 0, .writeRead)]) == ["G1c"])
        #expect(names(2, [(0, 1, .readWrite), (1, 0, .writeRead)]) == ["G-single-item"])
        #expect(names(2, [(0, 1, .predicateReadWrite), (1, 0, .writeRead)]) == ["G-single"])
        #expect(names(2, [(0, 1, .readWrite), (1, 0, .readWrite)]) == ["G2-item"])
        #expect(names(2, [(0, 1, .readWrite), (1, 0, .predicateReadWrite)]) == ["G2"])
        #expect(
            names(4, [(0, 1, .readWrite), (1, 2, .writeRead), (2, 3, .readWrite), (3, 0, .writeRead)])
                == ["G-nonadjacent-item"]
        )
        #expect(names(2, [(0, 1, .readWrite), (1, 0, .session)]) == ["G-single-item-process"])
        #expect(names(2, [(0, 1, .writeRead), (1, 0, .realtime)]) == ["G1c-realtime"])
        #expect(names(3, [(0, 1, .writeWrite), (1, 2, .writeRead)]).isEmpty)
        #expect(names(0, []).isEmpty)
    }

    @Test func `of several reasons for one pair the strongest explains it`() {
        let graph = graph(2, [(0, 1, .realtime), (0, 1, .readWrite), (0, 1, .writeRead), (0, 0, .writeWrite)])
        #expect(graph.edges.map(\.kind) == [.writeRead])
        #expect(graph.edge(from: 0, to: 1) == 0)
        #expect(graph.edge(from: 1, to: 0) == nil)
    }

    @Test func `the search finds exactly what an enumeration of all cycles finds`() {
        var random = SplitMix(seed: 77)
        let kinds: [DependencyKind] = [.writeWrite, .writeRead, .readWrite, .predicateWriteRead, .predicateReadWrite]
        for round in 0..<1_500 {
            let nodes = 2 + random.next(below: 5)
            let edges = (0..<random.next(below: nodes * 3)).map { _ in
                (random.next(below: nodes), random.next(below: nodes), kinds[random.next(below: kinds.count)])
            }
            let graph = graph(nodes, edges)
            let search = CycleSearch(graph)
            let all = Set(everyCycle(graph).map(\.anomaly))
            let found = search.cycles.map(\.anomaly)
            #expect(search.truncated == 0)
            #expect(Set(found).isSubset(of: all), "round \(round): found \(found) among \(all)")
            for cycle in search.cycles { #expect(isClosed(cycle, in: graph), "round \(round)") }
            let implied = found.reduce(into: Set<IsolationAnomaly>()) {
                $0.formUnion(IsolationAnomaly.cycle($1).implied)
            }
            for anomaly in all {
                #expect(implied.contains(.cycle(anomaly)), "round \(round): \(anomaly.name) missed, found \(found)")
            }
        }
    }

    @Test func `cycles through session and real time are found when there are any`() {
        var random = SplitMix(seed: 78)
        let kinds: [DependencyKind] = [.writeWrite, .writeRead, .readWrite, .session]
        for _ in 0..<800 {
            let nodes = 2 + random.next(below: 4)
            let edges = (0..<random.next(below: nodes * 2)).map { _ in
                (random.next(below: nodes), random.next(below: nodes), kinds[random.next(below: kinds.count)])
            }
            // Sessions never contradict themselves: keep their edges forward.
            let graph = graph(nodes, edges.map { $0.2 == .session ? (min($0.0, $0.1), max($0.0, $0.1), $0.2) : $0 })
            let found = CycleSearch(graph, orders: [.data, .session]).cycles
            #expect(found.isEmpty == everyCycle(graph).isEmpty)
            for cycle in found { #expect(isClosed(cycle, in: graph)) }
        }
    }

    @Test func `a component of a hundred thousand transactions is searched within its budget`() {
        let count = 100_000
        let ring = (0..<count).map { ($0, ($0 + 1) % count, $0 == 0 ? DependencyKind.readWrite : .writeWrite) }
        let search = CycleSearch(graph(count, ring))
        #expect(search.cycles.map(\.anomaly.name) == ["G-single-item"])
        #expect(search.truncated == 0)
        // Every walk from an anti-dependency is long and none closes: the budget ends it, and says so.
        let comb = (0..<2_000).flatMap { index in
            [(index, (index + 1) % 2_000, DependencyKind.readWrite), (index, (index + 7) % 2_000, .readWrite)]
        }
        let bounded = CycleSearch(graph(2_000, comb))
        #expect(bounded.cycles.contains { $0.anomaly.name == "G2-item" } || bounded.truncated > 0)
    }

    private func isClosed(_ cycle: DependencyCycle, in graph: DependencyGraph) -> Bool {
        let next = cycle.edges.dropFirst() + cycle.edges.prefix(1)
        return zip(cycle.edges, next).allSatisfy { $0.to == $1.from }
            && Set(cycle.transactions).count == cycle.edges.count
            && cycle.edges.allSatisfy { edge in
                graph.edge(from: edge.from, to: edge.to).map { graph.edges[$0].kind } == edge.kind
            }
    }

    /// Every simple cycle, started at its least node.
    private func everyCycle(_ graph: DependencyGraph) -> [DependencyCycle] {
        var result: [DependencyCycle] = []
        func extend(_ path: [Dependency], _ start: Int, _ visited: Set<Int>) {
            let node = path.last?.to ?? start
            for index in graph.edges(from: node) {
                let edge = graph.edges[index]
                if edge.to == start {
                    result.append(DependencyCycle(edges: path + [edge]))
                } else if edge.to > start, !visited.contains(edge.to) {
                    extend(path + [edge], start, visited.union([edge.to]))
                }
            }
        }
        for start in 0..<graph.nodeCount { extend([], start, [start]) }
        return result
    }
}
