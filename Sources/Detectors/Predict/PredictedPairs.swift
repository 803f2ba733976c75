import Causality
import TraceModel

/// Decides candidate pairs in windows and keeps the first predictable instance of each static pair, with its schedule.
struct PredictedPairs {
    /// Events of a window; a pair further apart is not decided.
    static let windowEvents = 50_000
    /// Windows overlap by half, so that every pair closer than that is inside one.
    static let windowStep = windowEvents / 2
    /// Closure steps a run may take before the remaining candidates are given up: some tens of milliseconds, more for more events.
    static let stepsFloor = 4_000_000
    /// Events that may be put into windows besides a quarter of all.
    static let eventsFloor = 400_000

    /// Events of all schedules together: thousands of pairs of one window, each with most of the window as its schedule, would fill
    /// gigabytes. A window of schedules of the largest size is 160 pairs.
    static let scheduledMax = 8_000_000

    /// A predictable instance, by position in the causal order.
    struct Pair {
        var key: StaticPairs.Key
        var first: Int
        var second: Int
        /// The two accesses come last; positions before `start` ran as observed.
        var schedule: ContiguousArray<Int>
        var start: Int
    }

    /// A question: can the access at `second`, by `task`, come right after one of its static pair by `partner`?
    private struct Question {
        var window: Int
        var task: UInt32
        var partner: UInt32
        var second: Int
        var group: Int
    }

    private let source: WindowSource
    private let keys: StaticPairs.Naming
    private let groups: ContiguousArray<RaceCandidates.Group>
    private(set) var statistics = PredictionStatistics()
    /// What is left of ``scheduledMax``.
    private var room = Self.scheduledMax
    /// The window of a small input, where one was made.
    private var whole: TraceWindow?

    init(_ source: WindowSource, keys: StaticPairs.Naming, known: Set<StaticPairs.Key>) {
        self.source = source
        self.keys = keys
        var candidates =
            RaceCandidates(source.order, source.batch, survey: source.survey, keys: keys, known: known)
        if source.count <= SyncPreservingEngine.exactMax {
            whole = Self.decideAll(source, keys, known, &candidates)
        }
        groups = candidates.groups
        statistics.candidates = groups.count
    }

    /// Small inputs afford every pair: what is predictable at all is asked about, unless a great many tasks share objects. Returns the
    /// window that took, when there was anything to ask.
    private static func decideAll(
        _ source: WindowSource,
        _ keys: StaticPairs.Naming,
        _ known: Set<StaticPairs.Key>,
        _ candidates: inout RaceCandidates
    ) -> TraceWindow? {
        let open = OpenAccesses(source, keys: keys, known: known)
        if open.isEmpty { return nil }
        var scratch = WindowScratch(source.order)
        let window = TraceWindow(source, 0..<source.count, scratch: &scratch)
        var search = ExhaustiveSearch(
            window,
            WindowAccesses(source, window, where: open.contains),
            stepsMax: stepsFloor
        )
        for race in search.races() {
            let second = source.row(at: race.second)
            let object = Int(source.order.objectOfRow[second])
            let key = keys.key(UInt32(source.row(at: race.first)), UInt32(second), object: object)
            guard !known.contains(key) else { continue }
            candidates.insist(key, .init(task: source.task(at: race.first), second: UInt32(race.second)))
        }
        return window
    }

    /// The predictable pairs, at most one a static pair, in the order of the candidates.
    mutating func search() -> [Pair] {
        let questions = self.questions()
        guard !questions.isEmpty else { return [] }
        var found: [Int: Pair] = [:]
        var scratch = WindowScratch(source.order)
        var budget = max(Self.stepsFloor, source.count)
        var events = Self.eventsFloor + source.count / 4
        // Windows that can decide most come first, until the work that a run may cost is done.
        for (start, asked) in Self.byWindow(questions) {
            let open = asked.filter { found[$0.group] == nil }
            if open.isEmpty { continue }
            let range = start..<min(start + Self.windowEvents, source.count)
            if budget <= 0 || events <= 0 || room <= 0 {
                statistics.undecided += Set(open.map(\.group)).count
                continue
            }
            let window = whole ?? TraceWindow(source, range, scratch: &scratch)
            statistics.windows += 1
            events -= range.count
            budget -= decide(open, window, budget, &found)
        }
        statistics.predicted = found.count
        return groups.indices.compactMap { found[$0] }
    }

    /// Questions by window, those windows first in which most groups are asked about.
    private static func byWindow(_ questions: [Question]) -> [(start: Int, questions: [Question])] {
        var windows: [Int: [Question]] = [:]
        for question in questions { windows[question.window, default: []].append(question) }
        return windows.map { ($0.key, $0.value, Set($0.value.map(\.group)).count) }
            .sorted { $0.2 != $1.2 ? $0.2 > $1.2 : $0.0 < $1.0 }
            .map { ($0.0, $0.1) }
    }

    /// Instances by window, then by the later access's task and position, so that closures build on each other.
    private mutating func questions() -> [Question] {
        var questions: [Question] = []
        for (number, group) in groups.enumerated() {
            for instance in group.instances {
                let second = Int(instance.second)
                // The window in whose later half the access lies has the most that came before it.
                let start = max(0, second / Self.windowStep - 1) * Self.windowStep
                questions.append(
                    Question(
                        window: source.count <= Self.windowEvents ? 0 : start,
                        task: source.task(at: second),
                        partner: instance.task,
                        second: second,
                        group: number
                    )
                )
            }
        }
        return questions.sorted {
            ($0.window, $0.task, $0.second, $0.partner, $0.group)
                < ($1.window, $1.task, $1.second, $1.partner, $1.group)
        }
    }

    /// Answers the questions of one window; returns the steps taken.
    private mutating func decide(
        _ questions: [Question],
        _ window: TraceWindow,
        _ budget: Int,
        _ found: inout [Int: Pair]
    ) -> Int {
        var closure = SyncPreservingClosure(window)
        let empty = closure.checkpoint()
        let runs = AccessRuns(source, window, objects: Set(questions.map { object(at: $0.second) }))
        var task = UInt32.max
        for (number, question) in questions.enumerated() where found[question.group] == nil {
            if closure.steps > budget || room <= 0 {
                statistics.undecided += Set(questions[number...].map(\.group)).count
                break
            }
            if question.task != task {
                closure.rollback(to: empty)
                task = question.task
            }
            let second = question.second - window.range.lowerBound
            closure.prepare(second)
            let before = closure.checkpoint()
            let firsts = runs.positions(of: object(at: question.second), by: question.partner)
            var next = firsts.startIndex
            while true {
                next = Self.skip(firsts, from: next, in: closure)
                guard next < firsts.endIndex, firsts[next] < second else { break }
                let first = firsts[next]
                next += 1
                guard matches(question, first + window.range.lowerBound) else { continue }
                closure.prepare(first)
                statistics.decided += 1
                if closure.contains(second) { break }
                if closure.contains(first) { continue }
                let schedule = closure.members() + [first, second]
                room -= schedule.count
                found[question.group] = Pair(
                    key: groups[question.group].key,
                    first: first + window.range.lowerBound,
                    second: question.second,
                    schedule: ContiguousArray(schedule.map { $0 + window.range.lowerBound }),
                    start: window.range.lowerBound
                )
                break
            }
            closure.rollback(to: before)
        }
        return closure.steps
    }

    /// The first place at or after `start` whose access is not in the closure; those that are make a prefix.
    private static func skip(_ firsts: [Int], from start: Int, in closure: borrowing SyncPreservingClosure) -> Int {
        var low = start
        var high = firsts.count
        while low < high {
            let middle = (low + high) / 2
            if closure.contains(firsts[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func object(at position: Int) -> UInt32 { source.order.objectOfRow[source.row(at: position)] }

    /// Whether the access at `first` makes the question's static pair with its later access.
    private func matches(_ question: Question, _ first: Int) -> Bool {
        let key = keys.key(
            UInt32(source.row(at: first)),
            UInt32(source.row(at: question.second)),
            object: Int(object(at: question.second))
        )
        return key == groups[question.group].key
    }
}

/// Where the tasks of a window access a few chosen objects.
private struct AccessRuns {
    private struct Key: Hashable {
        var object: UInt32
        var task: UInt32
    }

    private var runs: [Key: [Int]] = [:]

    init(_ source: borrowing WindowSource, _ window: borrowing TraceWindow, objects: Set<UInt32>) {
        for position in window.range {
            let row = source.row(at: position)
            let object = source.order.objectOfRow[row]
            guard object != .max, objects.contains(object) else { continue }
            let key = Key(object: object, task: source.order.taskOfRow[row])
            runs[key, default: []].append(position - window.range.lowerBound)
        }
    }

    /// Window-relative positions, ascending.
    func positions(of object: UInt32, by task: UInt32) -> [Int] { runs[Key(object: object, task: task)] ?? [] }
}
