internal import Causality
internal import JSONText
internal import Detectors
internal import TraceModel

/// Chooses the events that explain a race, and draws the order between them.
struct SliceBuilder {
    private let episode: Episode
    private let window: CausalWindow
    private let scene: RaceScene
    private var batch: EventBatch { scene.batch }
    private var order: CausalOrder { scene.order }

    /// How much an event explains, most first.
    private enum Weight: Int {
        case access
        case story
        case lock
        case join
        case sync
        case frame
    }

    init(episode: Episode, window: CausalWindow, scene: RaceScene) {
        self.episode = episode
        self.window = window
        self.scene = scene
    }

    /// Adds lanes, rows, edges and folds to a view.
    func fill(_ view: inout RaceView) {
        let weights = chosen()
        // Lanes first: an event whose lane does not fit is counted, not shown.
        var lanes: [Int] = []
        var dropped: Set<Int> = []
        let ranked = weights.sorted { ($0.value.rawValue, $0.key) < ($1.value.rawValue, $1.key) }
        for (index, _) in ranked where !lanes.contains(window.tasks[index]) {
            if lanes.count < RaceView.lanesMax {
                lanes.append(window.tasks[index])
            } else {
                dropped.insert(window.tasks[index])
            }
        }
        let kept = ranked.lazy.map(\.key).filter { lanes.contains(window.tasks[$0]) }
        let events = kept.prefix(RaceView.rowsMax).sorted()
        let shown = Set(events.map { window.tasks[$0] })
        lanes = lanes.filter(shown.contains).sorted { a, b in
            (events.firstIndex { window.tasks[$0] == a } ?? 0) < (events.firstIndex { window.tasks[$0] == b } ?? 0)
        }
        view.lanesLeftOut = dropped.count
        view.lanes = lanes.map(lane)
        let pasts = window.pasts(of: events)
        let laneOf = events.map { event in lanes.firstIndex(of: window.tasks[event]) ?? 0 }
        view.moments = events.indices.map { row in
            moment(events[row], row: row, lane: laneOf[row], lanes: lanes.count, laneOf: laneOf, pasts: pasts)
        }
        view.edges = edges(events, laneOf: laneOf, pasts: pasts)
        view.folds = folds(events, laneOf: laneOf, lanes: lanes)
        view.first = events.firstIndex(of: episode.first)
        view.second = events.firstIndex(of: episode.second)
    }

    // MARK: - Choice

    private func chosen() -> [Int: Weight] {
        var weights: [Int: Weight] = [:]
        func add(_ index: Int?, _ weight: Weight) {
            guard let index else { return }
            if let known = weights[index], known.rawValue <= weight.rawValue { return }
            weights[index] = weight
        }
        for access in episode.accesses { add(access.index, access.mark > 0 ? .access : .story) }
        let centres = [episode.first, episode.second]
        for centre in centres {
            for index in locks(around: centre) { add(index, .lock) }
            add(lastSync(upTo: centre), .sync)
            if let arrival = lastArrival(upTo: centre) {
                add(arrival, .sync)
                add(window.sources[arrival].max(), .sync)
            }
            add(departure(from: centre), .sync)
        }
        for access in episode.accesses { add(frame(of: access.index), .frame) }
        let before = centres.map { window.ancestors(of: $0) }
        if let fork = window.rows.indices.last(where: { index in before.allSatisfy { $0[index] } }),
            !centres.contains(fork)
        {
            add(fork, .join)
            let after = window.descendants(of: fork)
            for centre in centres {
                for index in window.crossings(from: fork, to: centre, after: after) { add(index, .join) }
            }
        }
        let after = centres.map { window.descendants(of: $0) }
        if let join = window.rows.indices.first(where: { index in after.allSatisfy { $0[index] } }),
            !centres.contains(join)
        {
            add(join, .join)
            for (centre, after) in zip(centres, after) {
                for index in window.crossings(from: centre, to: join, after: after) { add(index, .join) }
            }
        }
        return weights
    }

    /// The events of the same task before one, nearest first.
    private func back(from index: Int) -> some Sequence<Int> {
        sequence(first: window.previous[index]) { $0 < 0 ? nil : window.previous[$0] }.lazy.prefix { $0 >= 0 }
    }

    /// The events of the same task after one, nearest first.
    private func forward(from index: Int) -> some Sequence<Int> {
        let task = window.tasks[index]
        return window.rows.indices.dropFirst(index + 1).lazy.filter { window.tasks[$0] == task }
    }

    /// Acquire and release of each lock held at an access.
    private func locks(around index: Int) -> [Int] {
        let held = order.locksets.sets[Int(order.locksetOfRow[window.rows[index]])].prefix(3)
        return held.flatMap { member -> [Int] in
            let name = order.locks[Int(member >> 1)].name
            func isLock(_ other: Int, _ operation: Operation) -> Bool {
                let row = window.rows[other]
                return batch.operations[row] == operation && batch.objects[row] == name
            }
            let acquire = back(from: index).first { isLock($0, .lockAcquire) }
            let release = forward(from: index).first { isLock($0, .lockRelease) }
            return [acquire, release].compactMap(\.self)
        }
    }

    /// The last lock operation before an access: it almost ordered the two, or did not last long enough.
    private func lastSync(upTo index: Int) -> Int? {
        back(from: index).first { other in
            let operation = batch.operations[window.rows[other]]
            return operation == .lockRelease || operation == .lockAcquire
        }
    }

    /// Where order from another task last came in.
    private func lastArrival(upTo index: Int) -> Int? {
        if !window.sources[index].isEmpty { return index }
        return back(from: index).first { !window.sources[$0].isEmpty }
    }

    /// Where order to another task first goes out.
    private func departure(from index: Int) -> Int? {
        if window.isSource[index] { return index }
        return forward(from: index).first { window.isSource[$0] }
    }

    /// The request or call that an access belongs to.
    private func frame(of index: Int) -> Int? {
        let trace = batch.traces[window.rows[index]]
        var found: Int?
        for other in back(from: index) where batch.traces[window.rows[other]] == trace {
            switch batch.kinds[window.rows[other]] {
            case .httpRequest, .spanStart, .taskStart: return other
            case .functionCall: found = found ?? other
            default: break
            }
        }
        return found
    }

    // MARK: - Drawing

    private func lane(_ task: Int) -> RaceView.Lane {
        let access = episode.accesses.filter { window.tasks[$0.index] == task }
        let service = batch.symbols[batch.processes[Int(order.tasks[task].process)].service]
        let trace = access.first.map { batch.traces[$0.row] } ?? .zero
        return RaceView.Lane(
            label: Printable.text(scene.labels.task(order.tasks[task]), limit: 80),
            service: Printable.text(service, limit: 80),
            trace: trace == .zero ? "" : trace.description,
            role: access.first { $0.mark > 0 }?.mark ?? 0
        )
    }

    private func moment(
        _ event: Int,
        row: Int,
        lane: Int,
        lanes: Int,
        laneOf: [Int],
        pasts: [UInt64]
    ) -> RaceView.Moment {
        let source = window.rows[event]
        let wording = EventWording(batch, row: source)
        var past = [Int](repeating: -1, count: lanes)
        var future = [Int](repeating: laneOf.count, count: lanes)
        for other in laneOf.indices {
            if pasts[row] & (1 << UInt64(other)) != 0 { past[laneOf[other]] = max(past[laneOf[other]], other) }
            if pasts[other] & (1 << UInt64(row)) != 0 { future[laneOf[other]] = min(future[laneOf[other]], other) }
        }
        return RaceView.Moment(
            lane: lane,
            shape: wording.shape,
            label: wording.label,
            mark: event == episode.first ? 1 : event == episode.second ? 2 : 0,
            event: scene.labels.event(source),
            index: scene.labels.index(source),
            location: Printable.text(batch.symbols[batch.locations[source]]),
            time: batch.flags[source].contains(.totallyOrdered) ? nil : batch.timestamps[source],
            past: past,
            future: future
        )
    }

    /// The transitive reduction of the order between the rows; what runs along a lane is not an edge.
    private func edges(_ events: [Int], laneOf: [Int], pasts: [UInt64]) -> [RaceView.Edge] {
        var result: [RaceView.Edge] = []
        for to in events.indices {
            var covered: UInt64 = 0
            for middle in events.indices where pasts[to] & (1 << UInt64(middle)) != 0 { covered |= pasts[middle] }
            for from in events.indices where pasts[to] & ~covered & (1 << UInt64(from)) != 0 {
                if laneOf[from] == laneOf[to] { continue }
                let isDirect = window.sources[events[to]].contains(events[from])
                // What sends the order says what it is; a plain access or step does not.
                let sender = EventWording(batch, row: window.rows[events[from]])
                let wording =
                    sender.edgeKind == "order" || sender.edgeKind == "call"
                    ? EventWording(batch, row: window.rows[events[to]]) : sender
                result.append(
                    RaceView.Edge(
                        from: from,
                        to: to,
                        kind: isDirect ? wording.edgeKind : "order",
                        label: isDirect ? wording.edgeLabel : ""
                    )
                )
            }
        }
        return result
    }

    private func folds(_ events: [Int], laneOf: [Int], lanes: [Int]) -> [RaceView.Fold] {
        lanes.indices.flatMap { lane -> [RaceView.Fold] in
            let positions = scene.lane(of: lanes[lane])
            var result: [RaceView.Fold] = []
            var last = 0
            for row in events.indices where laneOf[row] == lane {
                let place = scene.place(of: scene.position(of: window.rows[events[row]]), in: positions)
                if place > last { result.append(RaceView.Fold(lane: lane, before: row, count: place - last)) }
                last = place + 1
            }
            if positions.count > last {
                result.append(RaceView.Fold(lane: lane, before: events.count, count: positions.count - last))
            }
            return result
        }
    }
}
