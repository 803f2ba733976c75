/// The strongly connected components of a graph (Tarjan, SIAM J. Comput. 1972), with an explicit stack so that a chain of
/// a million transactions cannot exhaust the call stack.
struct StrongComponents {
    /// Component of each node; components are numbered in reverse topological order.
    private(set) var component: ContiguousArray<Int>
    private(set) var count = 0

    /// Follows the edges of `kinds`.
    ///
    /// - Complexity: O(nodes + edges).
    init(_ graph: DependencyGraph, kinds: DependencyKinds) {
        component = ContiguousArray(repeating: -1, count: graph.nodeCount)
        var index = ContiguousArray(repeating: -1, count: graph.nodeCount)
        var low = ContiguousArray(repeating: 0, count: graph.nodeCount)
        var stack: [Int] = []
        var frames: [(node: Int, next: Int)] = []
        var counter = 0
        for root in 0..<graph.nodeCount where index[root] < 0 {
            index[root] = counter
            low[root] = counter
            counter += 1
            stack.append(root)
            frames.append((root, graph.starts[root]))
            while let frame = frames.last {
                let node = frame.node
                if frame.next < graph.starts[node + 1] {
                    frames[frames.count - 1].next += 1
                    let edge = graph.edges[frame.next]
                    guard kinds.contains(edge.kind) else { continue }
                    if index[edge.to] < 0 {
                        index[edge.to] = counter
                        low[edge.to] = counter
                        counter += 1
                        stack.append(edge.to)
                        frames.append((edge.to, graph.starts[edge.to]))
                    } else if component[edge.to] < 0 {
                        low[node] = min(low[node], index[edge.to])
                    }
                } else {
                    frames.removeLast()
                    if let parent = frames.last?.node { low[parent] = min(low[parent], low[node]) }
                    guard low[node] == index[node] else { continue }
                    while let member = stack.popLast() {
                        component[member] = count
                        if member == node { break }
                    }
                    count += 1
                }
            }
        }
    }

    /// The components with more than one node, each sorted, in the order of their least node.
    func nontrivial() -> [[Int]] {
        var sizes = ContiguousArray(repeating: 0, count: count)
        for id in component where id >= 0 { sizes[id] += 1 }
        var slot: [Int: Int] = [:]
        var result: [[Int]] = []
        for (node, id) in component.enumerated() where id >= 0 && sizes[id] > 1 {
            if let known = slot[id] {
                result[known].append(node)
            } else {
                slot[id] = result.count
                result.append([node])
            }
        }
        return result
    }
}
