import TraceModel

/// The definitions of sync-preserving prediction and of correct reordering, written down once more without any thought of speed.
struct NaivePrediction {
    let events: [RandomEvent]
    /// Events that must come before each event besides its predecessor.
    private let causes: [Set<Int>]
    private let observedWriter: [Int?]
    /// For each outermost acquire the matching release, if any.
    private let releases: [Int: Int?]

    init(_ events: [RandomEvent]) {
        self.events = events
        var causes: [Set<Int>] = Array(repeating: [], count: events.count)
        var writers: [Int?] = Array(repeating: nil, count: events.count)
        var releases: [Int: Int?] = [:]
        var cells: [Int: Set<Int>] = [:]
        for (index, event) in events.enumerated() {
            for (earlier, fork) in events[..<index].enumerated()
            where fork.operation == .fork && fork.name == event.task { causes[index].insert(earlier) }
            switch event.operation {
            case .join:
                for (earlier, other) in events[..<index].enumerated() where other.task == event.name {
                    causes[index].insert(earlier)
                }
            case .acquire: causes[index].formUnion(cells[event.name] ?? [])
            case .release: cells[event.name] = [index]
            case .releaseMerge: cells[event.name, default: []].insert(index)
            case .lockAcquire:
                var depth = 1
                for later in events[..<index] where later.task == event.task && later.name == event.name {
                    if later.operation == .lockAcquire { depth += 1 }
                    if later.operation == .lockRelease { depth -= 1 }
                }
                guard depth == 1 else { continue }
                var release: Int?
                var open = 1
                for later in (index + 1)..<max(events.count, index + 1) where release == nil {
                    guard events[later].task == event.task, events[later].name == event.name else { continue }
                    if events[later].operation == .lockAcquire { open += 1 }
                    if events[later].operation == .lockRelease { open -= 1 }
                    if open == 0 { release = later }
                }
                releases[index] = .some(release)
            case .read, .atomicRead:
                writers[index] = events[..<index].lastIndex { $0.operation.isWrite && $0.name == event.name }
            default: break
            }
        }
        self.causes = causes
        observedWriter = writers
        self.releases = releases
    }

    /// The least closed set that contains what must come before the chosen events.
    func ideal(before chosen: [Int]) -> Set<Int> {
        var set: Set<Int> = []
        for event in chosen {
            if let previous = predecessor(event) { set.insert(previous) }
            set.formUnion(causes[event])
        }
        while true {
            var next = set
            for event in set {
                if let previous = predecessor(event) { next.insert(previous) }
                next.formUnion(causes[event])
                if let writer = observedWriter[event] { next.insert(writer) }
            }
            for (first, release) in releases where next.contains(first) {
                for second in releases.keys where second > first && next.contains(second) && exclude(first, second) {
                    if let release { next.insert(release) }
                }
            }
            if next == set { return set }
            set = next
        }
    }

    /// Everything that forks, joins, cells and program order put before an event.
    func causalPast(of event: Int) -> Set<Int> {
        var past: Set<Int> = []
        var open = Array(causes[event]) + [predecessor(event)].compactMap { $0 }
        while let next = open.popLast() {
            guard past.insert(next).inserted else { continue }
            open += causes[next]
            if let previous = predecessor(next) { open.append(previous) }
        }
        return past
    }

    private func predecessor(_ index: Int) -> Int? { events[..<index].lastIndex { $0.task == events[index].task } }

    private func exclude(_ a: Int, _ b: Int) -> Bool {
        events[a].name == events[b].name && events[a].task != events[b].task && !(events[a].shared && events[b].shared)
    }

    func conflict(_ a: Int, _ b: Int) -> Bool {
        let x = events[a].operation
        let y = events[b].operation
        return x.isAccess && y.isAccess && events[a].name == events[b].name && events[a].task != events[b].task
            && (x.isWrite || y.isWrite) && !(x.isAtomic && y.isAtomic)
    }

    /// Every pair of conflicting accesses that a sync-preserving schedule makes adjacent.
    func predictableRaces() -> [(first: Int, second: Int)] {
        var result: [(Int, Int)] = []
        for second in events.indices {
            for first in 0..<second where conflict(first, second) {
                let set = ideal(before: [first, second])
                if !set.contains(first), !set.contains(second) { result.append((first, second)) }
            }
        }
        return result
    }

    // MARK: Every schedule there is

    private struct State: Hashable {
        var done: [Bool]
        var writers: [Int]
    }

    /// Pairs of accesses that some correct reordering makes adjacent, and whether one ends in a deadlock.
    func explore() -> (races: Set<[Int]>, deadlocks: Bool) {
        let objects = (events.map(\.name).max() ?? 0) + 1
        var seen: Set<State> = []
        var stack = [
            State(done: Array(repeating: false, count: events.count), writers: Array(repeating: -1, count: objects))
        ]
        var races: Set<[Int]> = []
        var deadlocks = false
        while let state = stack.popLast() {
            guard seen.insert(state).inserted else { continue }
            let ready = events.indices.filter { index in
                !state.done[index] && (predecessor(index).map { state.done[$0] } ?? true)
                    && causes[index].allSatisfy { state.done[$0] }
            }
            for first in ready {
                for second in ready where first < second && conflict(first, second) { races.insert([first, second]) }
            }
            deadlocks = deadlocks || isDeadlocked(ready, state)
            for index in ready where canRun(index, state) {
                var next = state
                next.done[index] = true
                if events[index].operation.isWrite { next.writers[events[index].name] = index }
                stack.append(next)
            }
        }
        return (races, deadlocks)
    }

    private func canRun(_ index: Int, _ state: State) -> Bool {
        let event = events[index]
        switch event.operation {
        case .lockAcquire: return holders(against: index, state).isEmpty
        case .read, .atomicRead: return state.writers[event.name] == observedWriter[index] ?? -1
        default: return true
        }
    }

    /// Tasks whose claims keep an acquire waiting.
    private func holders(against index: Int, _ state: State) -> Set<Int> {
        var result: Set<Int> = []
        for (acquire, release) in releases
        where state.done[acquire] && exclude(acquire, index) && !(release.map { state.done[$0] } ?? false) {
            result.insert(events[acquire].task)
        }
        return result
    }

    /// A cycle of tasks, each about to take a lock that the next one holds.
    private func isDeadlocked(_ ready: [Int], _ state: State) -> Bool {
        var waits: [Int: Set<Int>] = [:]
        for index in ready where events[index].operation == .lockAcquire && releases[index] != nil {
            waits[events[index].task] = holders(against: index, state)
        }
        return waits.keys.contains { start in
            var reached: Set<Int> = []
            var open = Array(waits[start] ?? [])
            while let task = open.popLast() {
                if reached.insert(task).inserted { open += waits[task] ?? [] }
            }
            return reached.contains(start)
        }
    }
}
