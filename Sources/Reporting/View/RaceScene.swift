internal import Causality
internal import Detectors
public import TraceModel

/// Events among which races are shown: makes the view of each.
///
/// The same events that were analysed give the whole picture; the traces of one race alone give that race's.
public struct RaceScene: Sendable {
    let batch: EventBatch
    let order: CausalOrder
    let labels: Labels
    private let positions: ContiguousArray<UInt32>
    private let laneStarts: ContiguousArray<Int>
    private let lanes: ContiguousArray<UInt32>
    private let sourceStarts: ContiguousArray<Int>
    private let sourceRows: ContiguousArray<UInt32>
    private let links: ContiguousArray<ExplicitEdges.Link>

    /// Orders the events.
    ///
    /// - Complexity: O(n log n) in events.
    public init(_ batch: EventBatch) {
        self.batch = batch
        let order = CausalOrder(batch)
        self.order = order
        labels = Labels(batch, order: order)
        var positions = ContiguousArray<UInt32>(repeating: .max, count: batch.count)
        for (position, row) in order.rows.enumerated() { positions[Int(row)] = UInt32(position) }
        self.positions = positions
        (laneStarts, lanes) = Self.group(
            keys: order.rows.map { order.taskOfRow[Int($0)] },
            values: order.rows.indices.map { UInt32($0) },
            count: order.tasks.count
        )
        var program = order.program
        // The order of mutual exclusion is part of what happened, so it is drawn as well.
        program.lockCells = []
        let edges = ExplicitEdges(program, in: 0..<program.instructions.count)
        links = edges.links
        (sourceStarts, sourceRows) = Self.group(
            keys: ContiguousArray(edges.to),
            values: ContiguousArray(edges.from),
            count: batch.count
        )
    }

    /// Draws one race. When its events are not among these, the view has no slice and no interleaving.
    ///
    /// - Complexity: O(events near the two accesses).
    public func view(of race: Race) -> RaceView {
        let finding = race.finding
        guard let a = row(of: finding.first), let b = row(of: finding.second), a != b else {
            return RaceView(wording: race)
        }
        var view = RaceView(wording: race)
        let window = CausalWindow(around: [a, b], in: self)
        guard let first = window.index(of: a), let second = window.index(of: b) else { return view }
        let episode = Episode(first: first, second: second, race: finding, window: window, scene: self)
        let builder = SliceBuilder(episode: episode, window: window, scene: self)
        builder.fill(&view)
        view.interleavings = Interleavings(episode: episode, race: finding, scene: self).all
        return view
    }

    // MARK: - Looking things up

    func position(of row: Int) -> Int { Int(positions[row]) }

    /// Positions of a task's events in causal order.
    func lane(of task: Int) -> ArraySlice<UInt32> { lanes[laneStarts[task]..<laneStarts[task + 1]] }

    /// How many of a lane's events come before a position.
    func place(of position: Int, in lane: ArraySlice<UInt32>) -> Int {
        var low = lane.startIndex
        var high = lane.endIndex
        while low < high {
            let middle = (low + high) / 2
            if Int(lane[middle]) < position { low = middle + 1 } else { high = middle }
        }
        return low - lane.startIndex
    }

    /// Rows that an edge leads from; of a source that is a list the latest ``sourcesMax``.
    func sources(of row: Int) -> [Int] {
        var result: [Int] = []
        for source in sourceRows[sourceStarts[row]..<sourceStarts[row + 1]] {
            guard let list = ExplicitEdges.list(source) else {
                result.append(Int(source))
                continue
            }
            var link = UInt32(list)
            while link != ExplicitEdges.end, result.count < Self.sourcesMax {
                result.append(Int(links[Int(link)].event))
                link = links[Int(link)].rest
            }
        }
        return result
    }

    /// More than a picture has room for.
    private static let sourcesMax = 256

    /// The row of an access: the one it names when it is still the same event, else looked for.
    private func row(of access: AccessEvidence) -> Int? {
        func isIt(_ row: Int) -> Bool {
            batch.traces[row] == access.trace && positions[row] != .max && labels.event(row) == access.event
        }
        if access.row < batch.count, access.row >= 0, isIt(access.row) { return access.row }
        return (0..<batch.count).first(where: isIt)
    }

    private static func group(
        keys: some Collection<UInt32>,
        values: some Collection<UInt32>,
        count: Int
    ) -> (ContiguousArray<Int>, ContiguousArray<UInt32>) {
        var starts = ContiguousArray(repeating: 0, count: count + 1)
        for key in keys { starts[Int(key) + 1] += 1 }
        for index in 0..<count { starts[index + 1] += starts[index] }
        var next = starts
        var result = ContiguousArray<UInt32>(repeating: 0, count: values.count)
        for (key, value) in zip(keys, values) {
            result[next[Int(key)]] = value
            next[Int(key)] += 1
        }
        return (starts, result)
    }
}
