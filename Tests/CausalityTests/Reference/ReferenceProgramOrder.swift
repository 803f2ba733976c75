import TraceModel

/// Rule 1: the events of each task in the order in which the task did them.
struct ReferenceProgramOrder {
    private(set) var tasks: [[Int]] = []
    private(set) var ties = 0

    private let events: [Event]
    private let parents: [Int?]

    private struct TaskKey: Hashable {
        var process: UInt32
        var thread: Symbol
    }

    private struct SegmentKey: Hashable {
        var trace: TraceID
        var span: Symbol
    }

    private enum Key {
        case sequence
        case ownClock
        case timestamp
    }

    init(_ population: ReferencePopulation) {
        events = population.events
        parents = population.parents
        var members: [TaskKey: [Int]] = [:]
        var names: [TaskKey] = []
        for (index, event) in events.enumerated() {
            let key = TaskKey(process: event.process, thread: event.thread)
            if members[key] == nil { names.append(key) }
            members[key, default: []].append(index)
        }
        for name in names {
            let indices = members[name] ?? []
            tasks.append(population.totallyOrdered ? indices : order(indices))
        }
    }

    private mutating func order(_ indices: [Int]) -> [Int] {
        if indices.allSatisfy({ events[$0].sequence >= 0 }) { return segment(indices) }
        let bySpan = Dictionary(grouping: indices) { SegmentKey(trace: events[$0].trace, span: events[$0].span) }
        var segments: [[Int]] = []
        for members in bySpan.values { segments.append(segment(members)) }
        return Self.merge(segments, events)
    }

    /// Merges ordered lists by (effective time, trace, id of the list's first event, place), effective time being the
    /// largest timestamp of the list so far.
    static func merge(_ lists: [[Int]], _ events: [Event]) -> [Int] {
        var keyed: [(time: Int64, trace: TraceID, first: EventID, place: Int, index: Int)] = []
        for list in lists {
            var time = Int64.min
            for (place, index) in list.enumerated() {
                time = max(time, events[index].timestamp)
                keyed.append((time, events[list[0]].trace, events[list[0]].id, place, index))
            }
        }
        return keyed.sorted { ($0.time, $0.trace, $0.first, $0.place) < ($1.time, $1.trace, $1.first, $1.place) }
            .map(\.index)
    }

    private mutating func segment(_ indices: [Int]) -> [Int] {
        let kind: Key =
            if indices.allSatisfy({ events[$0].sequence >= 0 }) {
                .sequence
            } else if indices.contains(where: { events[$0].ownClock >= 0 }) {
                .ownClock
            } else {
                .timestamp
            }
        func key(_ index: Int) -> Int64 {
            switch kind {
            case .sequence: events[index].sequence
            case .ownClock: max(0, events[index].ownClock)
            case .timestamp: events[index].timestamp
            }
        }
        let sorted = indices.sorted { a, b in
            (key(a), events[a].timestamp, events[a].id, events[a].trace)
                < (key(b), events[b].timestamp, events[b].id, events[b].trace)
        }
        let ordered = parentsFirst(sorted) { child, parent in kind == .timestamp || key(child) == key(parent) }
        for (a, b) in zip(ordered, ordered.dropFirst()) where key(a) == key(b) {
            let linked = parents[b] == a || parents[a] == b
            if events[a].timestamp == events[b].timestamp && !linked { ties += 1 }
        }
        return ordered
    }

    /// Moves a parent that follows its child to just before the child, its own parents first, where `mayMove` allows.
    private func parentsFirst(_ sorted: [Int], mayMove: (_ child: Int, _ parent: Int) -> Bool) -> [Int] {
        let members = Set(sorted)
        var placed: Set<Int> = []
        var result: [Int] = []
        func place(_ index: Int) {
            guard placed.insert(index).inserted else { return }
            if let parent = parents[index], members.contains(parent), mayMove(index, parent) { place(parent) }
            result.append(index)
        }
        for index in sorted { place(index) }
        return result
    }
}
