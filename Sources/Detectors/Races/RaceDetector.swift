import Causality
import TraceModel

/// Runs the race engine over a causal order and turns what it saw into findings.
struct RaceDetector {
    private let batch: EventBatch
    private let order: CausalOrder
    private let options: AnalysisOptions
    private let labels: Labels

    init(batch: EventBatch, order: CausalOrder, options: AnalysisOptions, labels: Labels) {
        self.batch = batch
        self.order = order
        self.options = options
        self.labels = labels
    }

    /// Findings in canonical order, and how many slots were retired by force.
    func detect() -> (findings: [RaceFinding], retired: Int) {
        let timing = RequestTiming(batch, order: order, nearMiss: options.nearMissNanoseconds)
        let patterns = ObjectPatterns(order, batch)
        let naming = StaticPairs.Naming(batch, patternOfObject: patterns.ofObject)
        var collector = RaceCollector(
            batch: batch,
            order: order,
            timing: timing,
            naming: naming
        )
        var engine = RaceEngine(order.program, order: .shb, widthMax: options.clockWidthMax)
        engine.run(order.program, &collector)
        let proofs = attachProofs(&collector)
        let groups = collector.pairs.groups
        guard !groups.isEmpty else { return ([], engine.clocks.retired) }
        let feeding = FeedingReads(groups, order: order, batch: batch)
        var wanted: Set<UInt32> = []
        for group in groups {
            wanted.insert(group.best.first)
            wanted.insert(group.best.second)
        }
        let probe = ClockProbe(order.program, events: wanted, widthMax: options.clockWidthMax)
        var findings: [RaceFinding] = []
        for (number, group) in groups.enumerated() {
            let judge = RaceJudge(
                batch: batch,
                order: order,
                timing: timing,
                proof: proofs[number],
                feeds: feeding.contains(group)
            )
            findings.append(finding(group, judge, patterns, timing, probe))
        }
        RaceCoverage.mark(&findings, groups, probe)
        findings.sort(by: Self.precedes)
        return (findings, engine.clocks.retired)
    }

    /// Canonical order: strongest evidence first, then severity, count and id.
    static func precedes(_ a: RaceFinding, _ b: RaceFinding) -> Bool {
        if a.grade != b.grade { return a.grade > b.grade }
        if a.severity != b.severity { return a.severity > b.severity }
        if (a.coveredBy == nil) != (b.coveredBy == nil) { return a.coveredBy == nil }
        if a.count != b.count { return a.count > b.count }
        return a.id < b.id
    }

    /// Adds the pairs that values prove, and returns the proof of each group that has one.
    private func attachProofs(_ collector: inout RaceCollector) -> [Int: RaceProof] {
        var proofs: [Int: RaceProof] = [:]
        for (object, damage) in collector.values.damages {
            for (pairs, isStale) in [(damage.pairs, false), (damage.stalePairs, true)] {
                for pair in pairs {
                    collector.addProven(pair.first, pair.second, object: Int(object))
                    let key = collector.key(pair.first, pair.second, object: Int(object))
                    guard let group = collector.pairs.find(key), proofs[group] == nil else { continue }
                    proofs[group] = RaceProof(damage, stale: isStale, batch)
                }
            }
        }
        return proofs
    }

    private func finding(
        _ group: StaticPairs.Group,
        _ judge: RaceJudge,
        _ patterns: ObjectPatterns,
        _ timing: RequestTiming,
        _ probe: borrowing ClockProbe
    ) -> RaceFinding {
        let a = Int(group.best.first)
        let b = Int(group.best.second)
        let kind: RaceFinding.Kind =
            batch.operations[a].changes && batch.operations[b].changes ? .writeWrite : .readWrite
        let object = Int(order.objectOfRow[b])
        let name = patterns.name(object)
        let verdict = judge.judge(a, b, kind: kind)
        var fingerprint = Fingerprint()
        fingerprint.add(kind.rawValue)
        fingerprint.add(name.pattern)
        let places = [labels.location(a), labels.location(b)]
        for place in places.map(Fingerprint.stableLocation).sorted() { fingerprint.add(place) }
        var identity = fingerprint
        for place in places.sorted() { identity.add(place) }
        identity.add(name.scope)
        if places.allSatisfy(\.isEmpty) { identity.add(name.name) }
        return RaceFinding(
            id: "r-" + identity.short,
            fingerprint: fingerprint.hex,
            kind: kind,
            pattern: verdict.pattern,
            grade: verdict.grade,
            severity: verdict.severity,
            object: name,
            first: labels.access(a, seenBy: b, order: order, probe),
            second: labels.access(b, seenBy: a, order: order, probe),
            crossTrace: batch.traces[a] != batch.traces[b],
            overlap: timing.overlap(a, b, batch),
            count: group.count,
            firstSeen: group.firstSeen,
            lastSeen: group.lastSeen,
            exemplars: group.exemplars.filter { $0.first != group.best.first || $0.second != group.best.second }
                .prefix(StaticPairs.exemplarsMax)
                .map { RaceFinding.Exemplar(first: labels.event(Int($0.first)), second: labels.event(Int($0.second))) },
            evidence: judge.proof?.evidence,
            witness: nil,
            locksInCommon: order.locksets.common(order.locksetOfRow[a], order.locksetOfRow[b])
                .map { labels.lock($0, order) },
            coveredBy: nil,
            reasons: verdict.reasons,
            traces: group.traces.sorted()
        )
    }
}

extension Operation {
    /// True for everything that changes the object, stores included.
    var changes: Bool { isWrite || self == .dataWrite }
}
