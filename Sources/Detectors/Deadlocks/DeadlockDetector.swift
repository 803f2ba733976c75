import Causality
import TraceModel

/// Finds lock cycles and says of each whether a schedule of this execution reaches it.
///
/// A cycle is *confirmed* with a schedule, *suspected* when its acquires are not ordered by forks, joins or messages but no
/// schedule was found, or when one task alone took the locks in both orders: two tasks running that code would meet. Cycles whose
/// tasks are ordered otherwise are not reported.
struct DeadlockDetector {
    /// What a run found.
    struct Result {
        /// Confirmed ones first, then by id.
        var findings: [DeadlockFinding] = []
        var statistics = PredictionStatistics()
    }

    /// Most findings that are only suspected.
    static let suspectedMax = 256
    /// Choices tried for one cycle, of tasks and of acquires.
    private static let triesMax = 10_000
    /// Acquires of a member that are compared with the other members' before a cycle counts as ordered.
    private static let samplesMax = 3

    private let source: WindowSource
    private let options: AnalysisOptions
    private let labels: Labels

    init(_ source: WindowSource, options: AnalysisOptions, labels: Labels) {
        self.source = source
        self.options = options
        self.labels = labels
    }

    /// - Complexity: O(lock operations) without cycles; with cycles also the windows that they lie in.
    func detect() -> Result {
        let dependencies = LockDependencies(source).dependencies
        let found = LockCycles(dependencies)
        guard !found.cycles.isEmpty else { return Result() }
        var patterns: [DeadlockSearch.Pattern] = []
        for (number, cycle) in found.cycles.enumerated() {
            let isRegular = cycle.allSatisfy { !source.order.irregularLocks.contains(dependencies[$0].wanted) }
            for choice in assignments(cycle.map { dependencies[$0].tasks.map(\.task) }) {
                let members = zip(cycle, choice).map { dependencies[$0].tasks[$1] }
                patterns.append(DeadlockSearch.Pattern(cycle: number, members: members, isRegular: isRegular))
            }
        }
        var search = DeadlockSearch(source)
        var confirmed = search.search(patterns.filter(\.isRegular))
        var result = Result(statistics: search.statistics)
        if !found.isExhaustive { result.statistics.undecided += 1 }
        if options.verifyWitnesses { verify(&confirmed, &result.statistics) }
        let writer = DeadlockWriter(source, labels: labels, dependencies: dependencies)
        var seen: [String: Int] = [:]
        func add(_ finding: DeadlockFinding) {
            if seen.updateValue(result.findings.count, forKey: finding.id) == nil { result.findings.append(finding) }
        }
        for (number, instance) in confirmed.sorted(by: { $0.key < $1.key }) {
            let isTainted = instance.acquires.contains { source.order.taintOfRow[source.row(at: $0)] }
            add(writer.finding(found.cycles[number], instance, grade: isTainted ? .suspected : .confirmed))
        }
        let open = found.cycles.indices.filter { confirmed[$0] == nil }
        for suspect in suspects(open, found.cycles, patterns, dependencies) {
            if result.findings.count >= confirmed.count + Self.suspectedMax { break }
            add(writer.finding(found.cycles[suspect.cycle], suspect, grade: .suspected))
        }
        result.findings.sort {
            $0.grade != $1.grade ? $0.grade == .confirmed : $0.id < $1.id
        }
        return result
    }

    /// Ways to choose a different task for each member, as indices into its tasks, at most ``DeadlockSearch/assignmentsMax``.
    private func assignments(_ tasks: [[UInt32]]) -> [[Int]] {
        var result: [[Int]] = []
        var used: Set<UInt32> = []
        var choice: [Int] = []
        // Members that share too few tasks have as many ways to fail as those tasks can be ordered in.
        var tries = Self.triesMax
        func choose() {
            tries -= 1
            if result.count == DeadlockSearch.assignmentsMax || tries <= 0 { return }
            if choice.count == tasks.count { return result.append(choice) }
            for (index, task) in tasks[choice.count].enumerated() where used.insert(task).inserted {
                choice.append(index)
                choose()
                if tries <= 0 { return }
                choice.removeLast()
                used.remove(task)
            }
        }
        choose()
        return result
    }

    private func verify(_ confirmed: inout [Int: DeadlockSearch.Instance], _ statistics: inout PredictionStatistics) {
        let instances = confirmed.values.sorted { $0.cycle < $1.cycle }
        let witnesses = instances.map { instance in
            Witness(
                start: instance.start,
                rows: instance.schedule.map { source.row(at: $0) },
                ending: .deadlock(instance.acquires.map { source.row(at: $0) })
            )
        }
        let replays = WitnessReplay.replaying(witnesses, source.batch, source.order, &statistics)
        for (index, instance) in instances.enumerated() where !replays.contains(index) {
            statistics.predicted -= 1
            confirmed[instance.cycle] = nil
        }
    }

    // MARK: Suspected cycles

    /// Instances of the unconfirmed cycles that nothing but locks orders.
    private func suspects(
        _ cycles: [Int],
        _ members: [[Int]],
        _ patterns: [DeadlockSearch.Pattern],
        _ dependencies: [LockDependencies.Dependency]
    ) -> [DeadlockSearch.Instance] {
        let wanted = Set(cycles)
        let chosen = patterns.filter { wanted.contains($0.cycle) }
        var instances: [Int: [Int]] = [:]
        if !chosen.isEmpty {
            var rows: Set<UInt32> = []
            for pattern in chosen {
                for member in pattern.members {
                    for position in samples(member.positions) { rows.insert(UInt32(source.row(at: position))) }
                }
            }
            let program = source.order.program
            let probe = ClockProbe(
                program,
                without: program.lockCells,
                events: rows,
                widthMax: options.clockWidthMax
            )
            for pattern in chosen where instances[pattern.cycle] == nil {
                instances[pattern.cycle] = unordered(pattern.members.map { samples($0.positions) }, probe)
            }
        }
        // One task that took the locks in every order.
        let withTasks = Set(patterns.map(\.cycle))
        for cycle in cycles where !withTasks.contains(cycle) {
            let tasks = members[cycle].map { Set(dependencies[$0].tasks.map(\.task)) }
            let all = tasks.reduce(into: Set<UInt32>()) { $0.formUnion($1) }
            guard all.count == 1 else { continue }
            instances[cycle] = members[cycle].map { Int(dependencies[$0].tasks[0].positions[0]) }
        }
        return cycles.compactMap { cycle in
            instances[cycle].map { DeadlockSearch.Instance(cycle: cycle, acquires: $0, schedule: [], start: 0) }
        }
    }

    /// The first, the middle and the last of a member's acquires.
    private func samples(_ positions: ContiguousArray<UInt32>) -> [Int] {
        let last = positions.count - 1
        return Set([0, last / 2, last]).sorted().map { Int(positions[$0]) }
    }

    /// One acquire a member, pairwise unordered.
    private func unordered(_ samples: [[Int]], _ probe: borrowing ClockProbe) -> [Int]? {
        var choice: [Int] = []
        var tries = 0
        func choose(_ probe: borrowing ClockProbe) -> Bool {
            if choice.count == samples.count { return true }
            for position in samples[choice.count] {
                tries += 1
                if tries > Self.triesMax { return false }
                let row = UInt32(source.row(at: position))
                let isFree = choice.allSatisfy { other in
                    let known = UInt32(source.row(at: other))
                    return !probe.happensBefore(row, known) && !probe.happensBefore(known, row)
                }
                guard isFree else { continue }
                choice.append(position)
                if choose(probe) { return true }
                choice.removeLast()
            }
            return false
        }
        return choose(probe) ? choice : nil
    }
}
