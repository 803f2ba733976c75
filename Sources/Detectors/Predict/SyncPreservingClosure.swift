import Causality

/// The least set of events that any schedule must have run before some chosen events can come next, when the order of
/// lock sections and what every read sees stay as observed.
///
/// The set is closed under thread predecessor, explicit edges (fork, join, messages), the writer that a read saw and, for two
/// acquires of one lock in the set that exclude each other, the release of the earlier (Mathur, Pavlogiannis, Viswanathan, "Optimal
/// Prediction of Synchronization-Preserving Races", POPL 2021). Chosen events are predictable together iff none of them is
/// in the set. As it is a prefix of every task, the set is kept as one frontier a task.
///
/// The closure only grows, so that later questions build on earlier ones; a checkpoint brings an earlier set back.
struct SyncPreservingClosure {
    private enum Slot: UInt8 {
        case frontier
        case cursor
        case lastExclusive
        case waiting
        case following
        case reached
    }

    private struct Change {
        var slot: Slot
        var index: UInt32
        var old: UInt32
    }

    private static let none = UInt32.max

    private let window: TraceWindow
    /// How many events of each task are in the set, and the next of its stops to look at.
    private var frontier: ContiguousArray<UInt32>
    private var cursor: ContiguousArray<UInt32>
    /// The last exclusive section of each lock in the set.
    private var lastExclusive: ContiguousArray<UInt32>
    /// Lists of shared sections in the set after the last exclusive one, by lock.
    private var waiting: ContiguousArray<UInt32>
    private var following: ContiguousArray<UInt32>
    /// The links of lists of needs that are in the set, and with each the rest of its list.
    private var reached: ContiguousArray<UInt32>
    private var agenda: ContiguousArray<UInt32> = []
    private var journal: ContiguousArray<Change> = []
    /// Stops visited so far, the measure of work.
    private(set) var steps = 0

    /// The empty set over a window.
    init(_ window: TraceWindow) {
        self.window = window
        frontier = ContiguousArray(repeating: 0, count: window.taskCount)
        cursor = window.stopStarts
        lastExclusive = ContiguousArray(repeating: Self.none, count: window.lockCount)
        waiting = lastExclusive
        following = ContiguousArray(repeating: Self.none, count: window.sections.count)
        reached = ContiguousArray(repeating: 0, count: window.links.count)
        for section in window.openSections { enter(section) }
        run()
        journal.removeAll()
    }

    // MARK: Questions

    /// True when the event at a window-relative position is in the set.
    func contains(_ index: Int) -> Bool { window.place[index] < frontier[Int(window.task[index])] }

    /// Window-relative positions of the set in causal order, which is a schedule of it.
    ///
    /// - Complexity: O(members log members) for a small set, at most O(events of the window).
    func members() -> [Int] {
        let count = frontier.reduce(0) { $0 + Int($1) }
        guard count < window.count / 16 else { return (0..<window.count).filter(contains) }
        var result: [Int] = []
        result.reserveCapacity(count)
        for task in frontier.indices {
            for place in 0..<frontier[task] { result.append(window.member(UInt32(task), place)) }
        }
        return result.sorted()
    }

    // MARK: Growing

    /// Adds what must come before the event can be next: its predecessor and the sources of its explicit edges.
    mutating func prepare(_ index: Int) {
        require(window.task[index], window.place[index])
        let start = Int(window.needStarts[index])
        for edge in start..<start + Int(window.explicitNeeds[index]) { require(need: window.needs[edge]) }
        run()
    }

    /// The state now, for ``rollback(to:)``.
    func checkpoint() -> Int { journal.count }

    /// Brings back the set as it was at a checkpoint.
    mutating func rollback(to checkpoint: Int) {
        while journal.count > checkpoint {
            let change = journal.removeLast()
            _ = exchange(change.slot, Int(change.index), change.old)
        }
    }

    @inline(__always)
    private mutating func require(need: UInt32) {
        if let list = ExplicitEdges.list(need) { require(list: UInt32(list)) } else { require(event: Int(need)) }
    }

    /// Requires every event of a list; what is reached once is not walked again.
    private mutating func require(list: UInt32) {
        var link = list
        while link != ExplicitEdges.end, reached[Int(link)] == 0 {
            set(.reached, link, 1)
            require(event: Int(window.links[Int(link)].event))
            link = window.links[Int(link)].rest
            steps += 1
        }
    }

    private mutating func require(event index: Int) { require(window.task[index], window.place[index] + 1) }

    private mutating func require(_ task: UInt32, _ count: UInt32) {
        let old = frontier[Int(task)]
        guard old < count else { return }
        journal.append(Change(slot: .frontier, index: task, old: old))
        frontier[Int(task)] = count
        agenda.append(task)
    }

    private mutating func run() {
        while let task = agenda.popLast() {
            let first = cursor[Int(task)]
            let end = window.stopStarts[Int(task) + 1]
            var stop = first
            // A visit can move this task's own frontier, never its cursor: the task is then on the agenda again.
            while stop < end, window.stops[Int(stop)] < frontier[Int(task)] {
                visit(window.member(task, window.stops[Int(stop)]))
                stop += 1
            }
            guard stop > first else { continue }
            steps += Int(stop - first)
            journal.append(Change(slot: .cursor, index: task, old: first))
            cursor[Int(task)] = stop
        }
    }

    private mutating func visit(_ index: Int) {
        // Index by index: a slice would be retained and released for every event.
        var edge = Int(window.needStarts[index])
        let end = Int(window.needStarts[index + 1])
        while edge < end {
            require(need: window.needs[edge])
            edge += 1
        }
        let section = window.sectionAt[index]
        if section >= 0 { enter(UInt32(section)) }
    }

    /// Takes a section into the set: of it and each section of the lock that excludes it, the earlier has to be over.
    ///
    /// Only the last exclusive section and the shared ones after it can still be open, so only they are remembered.
    private mutating func enter(_ number: UInt32) {
        let section = window.sections[Int(number)]
        let lock = section.lock
        let exclusive = lastExclusive[Int(lock)]
        if exclusive != Self.none {
            let other = window.sections[Int(exclusive)]
            if precedes(section, other) { return release(section, before: other) }
            release(other, before: section)
        }
        let shared = waiting[Int(lock)]
        if section.shared {
            set(.following, number, shared)
            set(.waiting, lock, number)
        } else {
            if shared != Self.none { closeShared(before: section) }
            set(.lastExclusive, lock, number)
        }
    }

    /// Releases the shared sections before an exclusive one, or the exclusive one when it is before a shared one.
    private mutating func closeShared(before section: TraceWindow.Section) {
        let lock = section.lock
        var kept = Self.none
        var other = waiting[Int(lock)]
        while other != Self.none {
            let next = following[Int(other)]
            let held = window.sections[Int(other)]
            if precedes(held, section) {
                release(held, before: section)
            } else {
                release(section, before: held)
                set(.following, other, kept)
                kept = other
            }
            other = next
        }
        set(.waiting, lock, kept)
    }

    private func precedes(_ a: TraceWindow.Section, _ b: TraceWindow.Section) -> Bool {
        a.key != b.key ? a.key < b.key : a.acquire < b.acquire
    }

    /// Requires a section's release. When it was never logged it must have come before the later section was taken.
    private mutating func release(_ section: TraceWindow.Section, before later: TraceWindow.Section) {
        if section.release != LockSections.never {
            require(event: Int(section.release))
        } else if later.task != section.task {
            require(section.task, window.place(after: later.acquire, section.task))
        }
    }

    private mutating func set(_ slot: Slot, _ index: UInt32, _ value: UInt32) {
        let old = exchange(slot, Int(index), value)
        journal.append(Change(slot: slot, index: index, old: old))
    }

    private mutating func exchange(_ slot: Slot, _ index: Int, _ value: UInt32) -> UInt32 {
        var old = value
        switch slot {
        case .frontier: swap(&frontier[index], &old)
        case .cursor: swap(&cursor[index], &old)
        case .lastExclusive: swap(&lastExclusive[index], &old)
        case .waiting: swap(&waiting[index], &old)
        case .following: swap(&following[index], &old)
        case .reached: swap(&reached[index], &old)
        }
        return old
    }
}
