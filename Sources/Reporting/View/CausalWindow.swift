internal import Causality
internal import TraceModel

/// The events around two accesses, in causal order, small enough to be searched for every race.
///
/// Program order between the kept events holds whatever lies between them; other edges are those between kept events.
struct CausalWindow {
    /// Events of the accesses' own tasks that are kept on either side.
    static let ownMax = 400
    /// Events of any task that are kept on either side of each access.
    static let othersMax = 2_000

    /// Rows of the batch, in causal order.
    let rows: [Int]
    /// Task of each.
    let tasks: [Int]
    /// Previous kept event of the same task, or -1.
    let previous: [Int]
    /// Sources of the edges from other tasks into each.
    let sources: [[Int]]
    /// True where an edge to another task begins.
    let isSource: [Bool]

    init(around centres: [Int], in scene: RaceScene) {
        let order = scene.order
        var chosen: Set<Int> = []
        for row in centres {
            let position = scene.position(of: row)
            let near = max(0, position - Self.othersMax)..<min(order.rows.count, position + Self.othersMax + 1)
            chosen.formUnion(near)
            let lane = scene.lane(of: Int(order.taskOfRow[row]))
            let place = lane.startIndex + scene.place(of: position, in: lane)
            let own = max(lane.startIndex, place - Self.ownMax)..<min(lane.endIndex, place + Self.ownMax + 1)
            chosen.formUnion(lane[own].map(Int.init))
        }
        let positions = chosen.sorted()
        rows = positions.map { Int(order.rows[$0]) }
        tasks = rows.map { Int(order.taskOfRow[$0]) }
        var local: [Int: Int] = [:]
        local.reserveCapacity(rows.count)
        for (index, row) in rows.enumerated() { local[row] = index }
        var last: [Int: Int] = [:]
        var previous = [Int](repeating: -1, count: rows.count)
        var sources = [[Int]](repeating: [], count: rows.count)
        var isSource = [Bool](repeating: false, count: rows.count)
        for (index, row) in rows.enumerated() {
            previous[index] = last.updateValue(index, forKey: tasks[index]) ?? -1
            for source in scene.sources(of: row) {
                guard let from = local[source], from < index else { continue }
                sources[index].append(from)
                isSource[from] = true
            }
        }
        self.previous = previous
        self.sources = sources
        self.isSource = isSource
    }

    /// The kept event of a row.
    func index(of row: Int) -> Int? { rows.firstIndex(of: row) }

    /// Everything that happened before `event`, and itself.
    func ancestors(of event: Int) -> [Bool] {
        var known = [Bool](repeating: false, count: rows.count)
        known[event] = true
        for index in stride(from: event, through: 0, by: -1) where known[index] {
            if previous[index] >= 0 { known[previous[index]] = true }
            for source in sources[index] { known[source] = true }
        }
        return known
    }

    /// Everything that happened after `event`, and itself.
    func descendants(of event: Int) -> [Bool] {
        var known = [Bool](repeating: false, count: rows.count)
        known[event] = true
        for index in (event + 1)..<max(event + 1, rows.count) where !known[index] {
            known[index] =
                (previous[index] >= 0 && known[previous[index]]) || sources[index].contains { known[$0] }
        }
        return known
    }

    /// For each of `events`, as bits, which of them happened before it; at most 64 of them, ascending.
    func pasts(of events: [Int]) -> [UInt64] {
        var masks = [UInt64](repeating: 0, count: rows.count)
        var bits: [Int: UInt64] = [:]
        for (bit, event) in events.enumerated() { bits[event] = 1 << UInt64(bit) }
        guard let begin = events.first, let end = events.last else { return [] }
        for index in begin...end {
            var mask = previous[index] >= 0 ? masks[previous[index]] : 0
            for source in sources[index] { mask |= masks[source] }
            masks[index] = mask | (bits[index] ?? 0)
        }
        return events.enumerated().map { masks[$1] & ~(1 << UInt64($0)) }
    }

    /// The ends of the edges between tasks on a way from `start` to `end`, where `after` are the descendants of `start`.
    func crossings(from start: Int, to end: Int, after: [Bool]) -> [Int] {
        var result: [Int] = []
        var current = end
        // Every turn of the loop goes back in the order.
        while current != start {
            if let source = sources[current].filter({ after[$0] }).max(),
                previous[current] < 0 || !after[previous[current]]
            {
                result += [current, source]
                current = source
            } else if previous[current] >= 0, after[previous[current]] {
                current = previous[current]
            } else {
                break
            }
        }
        return result
    }
}
