import Causality
import TraceModel

/// Puts lock cycles into words that reports show.
struct DeadlockWriter {
    private let source: WindowSource
    private let labels: Labels
    private let dependencies: [LockDependencies.Dependency]

    init(_ source: WindowSource, labels: Labels, dependencies: [LockDependencies.Dependency]) {
        self.source = source
        self.labels = labels
        self.dependencies = dependencies
    }

    /// The finding of one instance of a cycle.
    func finding(
        _ cycle: [Int],
        _ instance: DeadlockSearch.Instance,
        grade: DeadlockFinding.Grade
    ) -> DeadlockFinding {
        let members = zip(cycle, instance.acquires).map { member($0, at: $1) }
        // The same cycle may be met from any of its members: begin with the smallest.
        let places = members.map { ObjectPattern.of($0.wants) + " " + Fingerprint.stableLocation($0.location) }
        let start = members.indices.min { (places[$0], members[$0].task) < (places[$1], members[$1].task) } ?? 0
        func rotated<T>(_ list: [T]) -> [T] { Array(list[start...] + list[..<start]) }
        var fingerprint = Fingerprint()
        fingerprint.add("deadlock")
        for place in places.sorted() { fingerprint.add(place) }
        var identity = fingerprint
        let detail = members.map { ObjectPattern.of($0.wants) + " " + $0.location }
        for place in detail.sorted() { identity.add(place) }
        if members.allSatisfy(\.location.isEmpty) {
            for member in members.map(\.wants).sorted() { identity.add(member) }
        }
        var finding = DeadlockFinding(
            id: "d-" + identity.short,
            fingerprint: fingerprint.hex,
            grade: grade,
            cycle: rotated(members),
            witness: instance.schedule.map { source.row(at: $0) }
        )
        finding.witnessStart = instance.start
        return finding
    }

    private func member(_ number: Int, at position: Int) -> DeadlockFinding.Member {
        let row = source.row(at: position)
        return DeadlockFinding.Member(
            task: labels.task(source.order.tasks[Int(source.order.taskOfRow[row])]),
            holds: dependencies[number].held.map { labels.lock($0 >> 1, source.order) }.sorted(),
            wants: labels.lock(dependencies[number].wanted, source.order),
            location: labels.location(row),
            event: labels.event(row)
        )
    }
}
