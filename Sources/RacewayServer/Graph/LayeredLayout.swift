/// Places the nodes of a directed graph in layers, so that most edges point one way and few cross (Sugiyama, Tagawa, Toda, IEEE
/// SMC 1981): cycles are cut at the edges that close them, a node lies one layer behind the last that points at it, and each layer is
/// ordered by the middle of its neighbours.
struct LayeredLayout {
    /// Layer of each node, and its place within the layer.
    private(set) var layers: [Int]
    private(set) var places: [Int]

    /// Rounds of ordering, down and up.
    private static let sweeps = 4

    /// Lays out nodes 0 to `count`, which are in the order of their names; the same graph always looks the same.
    ///
    /// - Complexity: O(sweeps · (nodes log nodes + edges)).
    init(count: Int, edges: [(from: Int, to: Int)]) {
        layers = [Int](repeating: 0, count: count)
        places = [Int](repeating: 0, count: count)
        let forward = Self.withoutCycles(count, edges)
        assignLayers(forward)
        order(forward)
    }

    /// The edges without those that lead back to where a walk came from.
    private static func withoutCycles(_ count: Int, _ edges: [(from: Int, to: Int)]) -> [(from: Int, to: Int)] {
        var next = [[Int]](repeating: [], count: count)
        var incoming = [Int](repeating: 0, count: count)
        for edge in edges where edge.from != edge.to {
            next[edge.from].append(edge.to)
            incoming[edge.to] += 1
        }
        var state = [UInt8](repeating: 0, count: count)
        var kept: [(from: Int, to: Int)] = []
        // Where calls begin first, so that the cut edges are the ones that lead back.
        for start in (0..<count).sorted(by: { (incoming[$0], $0) < (incoming[$1], $1) }) where state[start] == 0 {
            var stack: [(node: Int, edge: Int)] = [(start, 0)]
            state[start] = 1
            while let (node, edge) = stack.last {
                guard edge < next[node].count else {
                    state[node] = 2
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].edge += 1
                let target = next[node][edge]
                if state[target] == 1 { continue }
                kept.append((node, target))
                if state[target] == 0 {
                    state[target] = 1
                    stack.append((target, 0))
                }
            }
        }
        return kept
    }

    private mutating func assignLayers(_ edges: [(from: Int, to: Int)]) {
        var incoming = [Int](repeating: 0, count: layers.count)
        var next = [[Int]](repeating: [], count: layers.count)
        for edge in edges {
            incoming[edge.to] += 1
            next[edge.from].append(edge.to)
        }
        var queue = layers.indices.filter { incoming[$0] == 0 }
        var head = 0
        while head < queue.count {
            let node = queue[head]
            head += 1
            for target in next[node] {
                layers[target] = max(layers[target], layers[node] + 1)
                incoming[target] -= 1
                if incoming[target] == 0 { queue.append(target) }
            }
        }
    }

    private mutating func order(_ edges: [(from: Int, to: Int)]) {
        var neighbours = [[Int]](repeating: [], count: layers.count)
        for edge in edges {
            neighbours[edge.from].append(edge.to)
            neighbours[edge.to].append(edge.from)
        }
        var rows = [[Int]](repeating: [], count: (layers.max() ?? -1) + 1)
        for node in layers.indices { rows[layers[node]].append(node) }
        place(rows)
        for sweep in 0..<Self.sweeps {
            let isDown = sweep % 2 == 0
            for layer in isDown ? Array(rows.indices) : rows.indices.reversed() {
                let middles = rows[layer].map { node -> (middle: Double, node: Int) in
                    let near = neighbours[node].filter { isDown ? layers[$0] < layer : layers[$0] > layer }
                    if near.isEmpty { return (Double(places[node]), node) }
                    return (Double(near.reduce(0) { $0 + places[$1] }) / Double(near.count), node)
                }
                rows[layer] = middles.sorted { ($0.middle, $0.node) < ($1.middle, $1.node) }.map(\.node)
                for (index, node) in rows[layer].enumerated() { places[node] = index }
            }
        }
    }

    private mutating func place(_ rows: [[Int]]) {
        for row in rows {
            for (index, node) in row.enumerated() { places[node] = index }
        }
    }
}
