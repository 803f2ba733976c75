import Causality

/// Decides which lock cycles some sync-preserving schedule reaches (Tunç, Mathur, Pavlogiannis, Viswanathan, "Sound Dynamic
/// Deadlock Prediction in Linear Time", PLDI 2023).
///
/// A cycle over given tasks is an abstract pattern with a list of acquires for each member. The closures of its instances, taken in
/// growing order, only grow: an acquire that is in the closure once is out for good, so each acquire is asked about once.
struct DeadlockSearch {
    /// Events of a window; members further apart are not decided.
    static let windowEvents = 262_144
    static let windowStep = windowEvents / 2
    /// Windows tried for a cycle, and ways to give its members distinct tasks.
    static let windowsMax = 4
    static let assignmentsMax = 32
    static let stepsFloor = 20_000_000
    /// Events of all schedules together.
    static let scheduledMax = PredictedPairs.scheduledMax

    /// A cycle over distinct tasks.
    struct Pattern {
        /// Number of the cycle.
        var cycle: Int
        /// For each member, its task and the positions of its acquires, ascending.
        var members: [(task: UInt32, positions: ContiguousArray<UInt32>)]
        /// All its locks behaved like locks, so that a schedule can say something.
        var isRegular: Bool
    }

    /// A reachable instance, by position.
    struct Instance {
        var cycle: Int
        var acquires: [Int]
        var schedule: ContiguousArray<Int>
        var start: Int
    }

    private let source: WindowSource
    private(set) var statistics = PredictionStatistics()
    /// What is left of ``scheduledMax``.
    private var room = Self.scheduledMax

    init(_ source: WindowSource) { self.source = source }

    /// At most one instance a cycle, by cycle.
    mutating func search(_ patterns: [Pattern]) -> [Int: Instance] {
        statistics.candidates = Set(patterns.map(\.cycle)).count
        var windows: [Int: [Int]] = [:]
        for (number, pattern) in patterns.enumerated() {
            for start in Self.windows(of: pattern, count: source.count) {
                windows[start, default: []].append(number)
            }
        }
        var found: [Int: Instance] = [:]
        var scratch = WindowScratch(source.order)
        var budget = max(Self.stepsFloor, source.count)
        for (start, numbers) in windows.sorted(by: { $0.key < $1.key }) {
            let open = numbers.filter { found[patterns[$0].cycle] == nil }
            if open.isEmpty { continue }
            if budget <= 0 || room <= 0 {
                statistics.undecided += open.count
                continue
            }
            let window = TraceWindow(source, start..<min(start + Self.windowEvents, source.count), scratch: &scratch)
            statistics.windows += 1
            var closure = SyncPreservingClosure(window)
            let empty = closure.checkpoint()
            for number in open where found[patterns[number].cycle] == nil {
                if closure.steps > budget || room <= 0 {
                    statistics.undecided += 1
                    continue
                }
                closure.rollback(to: empty)
                if let instance = decide(patterns[number], window, &closure) { found[instance.cycle] = instance }
            }
            budget -= closure.steps
        }
        statistics.predicted = found.count
        return found
    }

    /// Starts of windows in which every member has an acquire.
    private static func windows(of pattern: Pattern, count: Int) -> [Int] {
        if count <= windowEvents { return [0] }
        var common: Set<Int>?
        for member in pattern.members {
            var starts: Set<Int> = []
            for position in member.positions {
                let step = Int(position) / windowStep
                starts.insert(step)
                if step > 0 { starts.insert(step - 1) }
            }
            common = common?.intersection(starts) ?? starts
        }
        return (common ?? []).sorted().prefix(windowsMax).map { $0 * windowStep }
    }

    private mutating func decide(
        _ pattern: Pattern,
        _ window: TraceWindow,
        _ closure: inout SyncPreservingClosure
    ) -> Instance? {
        let base = window.range.lowerBound
        let lists = pattern.members.map { member in
            member.positions.lazy.map { Int($0) }.filter(window.range.contains).map { $0 - base }
        }
        var next = [Int](repeating: 0, count: lists.count)
        for (member, list) in lists.enumerated() {
            guard let first = list.first else { return nil }
            closure.prepare(first)
            next[member] = 0
        }
        statistics.decided += 1
        while let blocked = lists.indices.first(where: { closure.contains(lists[$0][next[$0]]) }) {
            while next[blocked] < lists[blocked].count, closure.contains(lists[blocked][next[blocked]]) {
                next[blocked] += 1
            }
            if next[blocked] == lists[blocked].count { return nil }
            closure.prepare(lists[blocked][next[blocked]])
        }
        let schedule = closure.members()
        room -= schedule.count
        return Instance(
            cycle: pattern.cycle,
            acquires: lists.indices.map { lists[$0][next[$0]] + base },
            schedule: ContiguousArray(schedule.map { $0 + base }),
            start: base
        )
    }
}
