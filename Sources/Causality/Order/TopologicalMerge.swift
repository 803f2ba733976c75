import TraceModel

/// Merges the tasks into one order that respects every edge; wall time only breaks ties.
struct TopologicalMerge {
    /// Rows in causal order.
    private(set) var rows: ContiguousArray<UInt32> = []
    /// Edges that were dropped because they contradict stronger ones; true at the dropped edge's number.
    private(set) var dropped: ContiguousArray<Bool>
    private(set) var droppedCount = 0

    /// The next event of a task; ordered by (timestamp, task).
    fileprivate struct Head: Comparable {
        var time: Int64
        var task: UInt32

        static func < (a: Head, b: Head) -> Bool { a.time != b.time ? a.time < b.time : a.task < b.task }
    }

    /// Kahn's algorithm over task heads.
    ///
    /// - Complexity: O((rows + edges) log tasks).
    init(_ batch: borrowing EventBatch, order: ProgramOrder, edges: EdgeSet) {
        dropped = ContiguousArray(repeating: false, count: edges.count)
        let taskCount = order.starts.count - 1
        let outgoing = EdgeSet.grouped(edges.from, rows: edges.nodes)
        var blocked = ContiguousArray<UInt32>(repeating: 0, count: edges.nodes)
        for target in edges.to { blocked[Int(target)] += 1 }
        var next = order.starts
        var heap: ContiguousArray<Head> = []
        rows.reserveCapacity(order.rows.count)

        func headRow(_ task: Int) -> Int? {
            next[task] < order.starts[task + 1] ? Int(order.rows[Int(next[task])]) : nil
        }
        for task in 0..<taskCount {
            if let row = headRow(task), blocked[row] == 0 {
                heap.push(Head(time: batch.timestamps[row], task: UInt32(task)))
            }
        }
        /// Takes an edge away from what waits for it.
        func release(_ edge: Int, from current: Int) {
            let target = Int(edges.to[edge])
            blocked[target] -= 1
            guard blocked[target] == 0 else { return }
            if edges.isHub(target) {
                for i in outgoing.starts[target]..<outgoing.starts[target + 1] {
                    let later = Int(outgoing.order[Int(i)])
                    // Nothing leads from a hub to a hub.
                    if !dropped[later] { release(later, from: current) }
                }
                return
            }
            let task = Int(order.task(of: target))
            if task != current, headRow(task) == target {
                heap.push(Head(time: batch.timestamps[target], task: UInt32(task)))
            }
        }
        var incoming: (starts: ContiguousArray<UInt32>, order: ContiguousArray<UInt32>)?
        while rows.count < order.rows.count {
            guard let head = heap.pop() else {
                let known = incoming ?? EdgeSet.grouped(edges.to, rows: edges.nodes)
                incoming = known
                let edge = weakest(batch, edges, known, order, next, blocked)
                dropped[edge] = true
                droppedCount += 1
                release(edge, from: -1)
                continue
            }
            let task = Int(head.task)
            guard let row = headRow(task) else { continue }
            rows.append(UInt32(row))
            next[task] += 1
            for i in outgoing.starts[row]..<outgoing.starts[row + 1] {
                let edge = Int(outgoing.order[Int(i)])
                if !dropped[edge] { release(edge, from: task) }
            }
            if let following = headRow(task), blocked[following] == 0 {
                heap.push(Head(time: batch.timestamps[following], task: UInt32(task)))
            }
        }
    }

    /// The weakest edge of a cycle among the blocked task heads.
    private func weakest(
        _ batch: borrowing EventBatch,
        _ edges: EdgeSet,
        _ incoming: (starts: ContiguousArray<UInt32>, order: ContiguousArray<UInt32>),
        _ order: ProgramOrder,
        _ next: ContiguousArray<UInt32>,
        _ blocked: ContiguousArray<UInt32>
    ) -> Int {
        let taskCount = order.starts.count - 1
        func isDone(_ node: Int) -> Bool {
            if edges.isHub(node) { return blocked[node] == 0 }
            let task = Int(order.task(of: node))
            return order.place[node] + order.starts[task] < next[task]
        }
        /// The unsatisfied edge into a node that a canonical choice prefers.
        func blocker(_ node: Int) -> Int {
            var best = -1
            for i in incoming.starts[node]..<incoming.starts[node + 1] {
                let edge = Int(incoming.order[Int(i)])
                if dropped[edge] || isDone(Int(edges.from[edge])) { continue }
                if best < 0 || precedes(edge, best, batch, edges) { best = edge }
            }
            return best
        }
        var seen = ContiguousArray<Int>(repeating: -1, count: taskCount)
        var path: ContiguousArray<Int> = []
        var task = (0..<taskCount).first { next[$0] < order.starts[$0 + 1] } ?? 0
        while seen[task] < 0 {
            seen[task] = path.count
            path.append(blocker(Int(order.rows[Int(next[task])])))
            var source = Int(edges.from[path[path.count - 1]])
            if edges.isHub(source) {
                path.append(blocker(source))
                source = Int(edges.from[path[path.count - 1]])
            }
            task = Int(order.task(of: source))
        }
        var choice = path[seen[task]]
        for edge in path[seen[task]...] where precedes(edge, choice, batch, edges) { choice = edge }
        return choice
    }

    private func precedes(_ a: Int, _ b: Int, _ batch: borrowing EventBatch, _ edges: EdgeSet) -> Bool {
        if edges.strength[a] != edges.strength[b] { return edges.strength[a] < edges.strength[b] }
        let fromA = edges.row(of: Int(edges.from[a]))
        let fromB = edges.row(of: Int(edges.from[b]))
        if fromA != fromB { return PositionOrder.precedes(fromA, fromB, batch) }
        return PositionOrder.precedes(edges.row(of: Int(edges.to[a])), edges.row(of: Int(edges.to[b])), batch)
    }
}

extension ContiguousArray where Element == TopologicalMerge.Head {
    fileprivate mutating func push(_ element: Element) {
        append(element)
        var child = count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard self[child] < self[parent] else { break }
            swapAt(child, parent)
            child = parent
        }
    }

    fileprivate mutating func pop() -> Element? {
        guard let top = first else { return nil }
        let last = removeLast()
        if isEmpty { return top }
        self[0] = last
        var parent = 0
        while true {
            var child = parent * 2 + 1
            guard child < count else { break }
            if child + 1 < count, self[child + 1] < self[child] { child += 1 }
            guard self[child] < self[parent] else { break }
            swapAt(child, parent)
            parent = child
        }
        return top
    }
}
