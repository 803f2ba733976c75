import Causality
import TraceModel

/// A stretch of the causal order in the form that closures walk: what each event requires, task by task.
///
/// Everything before the window counts as executed as observed. Tasks, and the places of events within them, are numbered
/// from zero inside the window.
struct TraceWindow {
    /// A stretch of holding a lock, in window terms.
    struct Section {
        /// Lock, numbered within the window.
        var lock: UInt32
        var task: UInt32
        /// Position of the acquire; may lie before the window.
        var acquire: UInt32
        /// Window-relative position of the release; ``LockSections/never`` when there is none here.
        var release: UInt32
        var key: UInt32
        var shared: Bool
    }

    /// Positions covered.
    let range: Range<Int>
    /// Local task of each position, and the event's place in that task.
    private(set) var task: ContiguousArray<UInt32>
    private(set) var place: ContiguousArray<UInt32>
    /// Positions of each task's events: `members[memberStarts[t]..<memberStarts[t + 1]]`, relative to the window.
    private(set) var members: ContiguousArray<UInt32>
    private(set) var memberStarts: ContiguousArray<UInt32>
    /// Window-relative positions that each event needs besides its predecessor; the explicit ones come first, lists of them as in
    /// ``ExplicitEdges``.
    private(set) var needs: ContiguousArray<UInt32>
    /// The links of those lists, their events as window-relative positions.
    private(set) var links: ContiguousArray<ExplicitEdges.Link> = []
    private(set) var needStarts: ContiguousArray<UInt32>
    /// Section that begins at each position, or -1.
    private(set) var sectionAt: ContiguousArray<Int32>
    private(set) var sections: ContiguousArray<Section> = []
    /// Sections that are open when the window begins.
    private(set) var openSections: ContiguousArray<UInt32> = []
    private(set) var lockCount = 0
    /// Per task, the places of events that need something or take a lock.
    private(set) var stops: ContiguousArray<UInt32>
    private(set) var stopStarts: ContiguousArray<UInt32>
    /// Explicit edges by target, for the seeds of a closure: how many of `needs` of a position are explicit.
    private(set) var explicitNeeds: ContiguousArray<UInt32>

    var count: Int { range.count }
    var taskCount: Int { memberStarts.count - 1 }

    /// Builds the window.
    ///
    /// - Complexity: O(events and explicit edges of the window, plus locks held across its start).
    init(_ source: borrowing WindowSource, _ range: Range<Int>, scratch: inout WindowScratch) {
        self.range = range
        let count = range.count
        task = ContiguousArray(repeating: 0, count: count)
        place = ContiguousArray(repeating: 0, count: count)
        sectionAt = ContiguousArray(repeating: -1, count: count)
        var sizes: ContiguousArray<UInt32> = []
        scratch.begin()
        for index in 0..<count {
            let local = scratch.localTask(source.task(at: range.lowerBound + index))
            if Int(local) == sizes.count { sizes.append(0) }
            task[index] = local
            place[index] = sizes[Int(local)]
            sizes[Int(local)] += 1
        }
        memberStarts = Self.starts(sizes)
        members = ContiguousArray(repeating: 0, count: count)
        for index in 0..<count {
            members[Int(memberStarts[Int(task[index])] + place[index])] = UInt32(index)
        }
        (needs, needStarts, explicitNeeds) = ([], [], [])
        (stops, stopStarts) = ([], [])
        link(source, &scratch)
        addSections(source, scratch)
        findStops(sizes.count)
    }

    /// The window-relative position of a task's n-th event.
    func member(_ task: UInt32, _ place: UInt32) -> Int { Int(members[Int(memberStarts[Int(task)] + place)]) }

    private static func starts(_ sizes: ContiguousArray<UInt32>) -> ContiguousArray<UInt32> {
        var starts = ContiguousArray<UInt32>(repeating: 0, count: sizes.count + 1)
        for (index, size) in sizes.enumerated() { starts[index + 1] = starts[index] + size }
        return starts
    }

    /// Collects explicit edges, then the writers that reads see.
    private mutating func link(_ source: borrowing WindowSource, _ scratch: inout WindowScratch) {
        var from: ContiguousArray<UInt32> = []
        var to: ContiguousArray<UInt32> = []
        let base = UInt32(range.lowerBound)
        let edges = source.explicitEdges(in: range)
        links = edges.links
        for index in links.indices { links[index].event = source.position(of: links[index].event) - base }
        for index in edges.from.indices {
            let isList = ExplicitEdges.list(edges.from[index]) != nil
            from.append(isList ? edges.from[index] : source.position(of: edges.from[index]) - base)
            to.append(source.position(of: edges.to[index]) - base)
        }
        for refusal in source.refusals(in: range) {
            let obstacle = source.sections.sections[refusal.section]
            if obstacle.acquire >= base {
                from.append(obstacle.acquire - base)
                to.append(refusal.position - base)
            }
            if obstacle.release < UInt32(range.upperBound) {
                from.append(refusal.position - base)
                to.append(obstacle.release - base)
            }
        }
        let explicit = from.count
        for index in 0..<count {
            if let writer = source.observedWriter(at: range.lowerBound + index, from: range.lowerBound, &scratch),
                task[writer - range.lowerBound] != task[index]
            {
                from.append(UInt32(writer) - base)
                to.append(UInt32(index))
            }
        }
        var sizes = ContiguousArray<UInt32>(repeating: 0, count: count)
        explicitNeeds = sizes
        for (index, target) in to.enumerated() {
            sizes[Int(target)] += 1
            if index < explicit { explicitNeeds[Int(target)] += 1 }
        }
        needStarts = Self.starts(sizes)
        needs = ContiguousArray(repeating: 0, count: from.count)
        var next = needStarts
        for (index, target) in to.enumerated() {
            needs[Int(next[Int(target)])] = from[index]
            next[Int(target)] += 1
        }
    }

    private mutating func addSections(_ source: borrowing WindowSource, _ scratch: borrowing WindowScratch) {
        var locks: [UInt32: UInt32] = [:]
        for section in source.sections.overlapping(range) {
            // A task without events in the window neither moves nor releases: nobody else can have taken its locks.
            guard let task = scratch.knownTask(section.task) else { continue }
            let lock = locks[section.lock] ?? UInt32(locks.count)
            locks[section.lock] = lock
            var release = LockSections.never
            if section.release != LockSections.never, section.release < UInt32(range.upperBound) {
                release = section.release - UInt32(range.lowerBound)
            }
            let number = sections.count
            sections.append(
                Section(
                    lock: lock,
                    task: task,
                    acquire: section.acquire,
                    release: release,
                    key: section.key,
                    shared: section.shared
                )
            )
            if section.acquire >= UInt32(range.lowerBound) {
                sectionAt[Int(section.acquire) - range.lowerBound] = Int32(number)
            } else {
                openSections.append(UInt32(number))
            }
        }
        lockCount = locks.count
    }

    /// How many of a task's events lie at or before a position of the whole order.
    func place(after position: UInt32, _ task: UInt32) -> UInt32 {
        let relative = Int(position) - range.lowerBound
        guard relative >= 0 else { return 0 }
        var low = memberStarts[Int(task)]
        var high = memberStarts[Int(task) + 1]
        while low < high {
            let middle = (low + high) / 2
            if Int(members[Int(middle)]) <= relative { low = middle + 1 } else { high = middle }
        }
        return low - memberStarts[Int(task)]
    }

    private mutating func findStops(_ tasks: Int) {
        var sizes = ContiguousArray<UInt32>(repeating: 0, count: tasks)
        func isStop(_ index: Int) -> Bool { needStarts[index + 1] > needStarts[index] || sectionAt[index] >= 0 }
        for index in 0..<count where isStop(index) { sizes[Int(task[index])] += 1 }
        stopStarts = Self.starts(sizes)
        stops = ContiguousArray(repeating: 0, count: Int(stopStarts[tasks]))
        var next = stopStarts
        for index in 0..<count where isStop(index) {
            stops[Int(next[Int(task[index])])] = place[index]
            next[Int(task[index])] += 1
        }
    }
}
