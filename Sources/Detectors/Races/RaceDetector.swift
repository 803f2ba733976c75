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

    /// What a run found.
    struct Result {
        /// In canonical order.
        var findings: [RaceFinding] = []
        /// Slots retired by force.
        var retired = 0
        /// The static pairs found, and what names them.
        var naming: StaticPairs.Naming
        var keys: Set<StaticPairs.Key> = []
        var statistics = PredictionStatistics()
    }

    /// Finds the observed races and, given what windows are cut from, the predicted ones.
    func detect(predictingFrom source: WindowSource? = nil) -> Result {
        let timing = RequestTiming(batch, order: order, nearMiss: options.nearMissNanoseconds)
        let patterns = ObjectPatterns(order, batch, labels)
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
        var result = Result(retired: engine.clocks.retired, naming: naming)
        let observed = collector.pairs.groups
        var schedules: [PredictedPairs.Pair] = []
        if let source {
            let known = Set(observed.lazy.map(\.key))
            (schedules, result.statistics) = predict(source, naming, known: known)
        }
        let groups = observed + schedules.map { StaticPairs.Group($0, batch, order) }
        guard !groups.isEmpty else { return result }
        result.keys = Set(groups.lazy.map(\.key))
        let feeding = FeedingReads(groups, order: order, batch: batch)
        var wanted: Set<UInt32> = []
        for group in groups {
            wanted.insert(group.best.first)
            wanted.insert(group.best.second)
        }
        let probe = ClockProbe(order.program, events: wanted, widthMax: options.clockWidthMax)
        for (number, group) in groups.enumerated() {
            let schedule = number < observed.count ? nil : schedules[number - observed.count]
            let judge = RaceJudge(
                batch: batch,
                order: order,
                timing: timing,
                proof: proofs[number],
                feeds: feeding.contains(group),
                isPredicted: schedule != nil
            )
            var finding = finding(group, judge, patterns, timing, probe)
            if let schedule {
                finding.witness = schedule.schedule.map { source?.row(at: $0) ?? $0 }
                finding.witnessStart = schedule.start
            }
            result.findings.append(finding)
        }
        var first = Array(result.findings[..<observed.count])
        RaceCoverage.mark(&first, observed, probe)
        result.findings.replaceSubrange(..<observed.count, with: first)
        result.findings.sort(by: Self.precedes)
        return result
    }

    /// The pairs that a schedule proves, and what it took.
    private func predict(
        _ source: WindowSource,
        _ naming: StaticPairs.Naming,
        known: Set<StaticPairs.Key>
    ) -> ([PredictedPairs.Pair], PredictionStatistics) {
        var pairs = PredictedPairs(source, keys: naming, known: known)
        let found = pairs.search()
        var statistics = pairs.statistics
        guard options.verifyWitnesses, !found.isEmpty else { return (found, statistics) }
        let witnesses = found.map { pair in
            Witness(start: pair.start, rows: pair.schedule.map { source.row(at: $0) }, ending: .race)
        }
        let replays = WitnessReplay.replaying(witnesses, batch, order, &statistics)
        statistics.predicted = replays.count
        return (found.indices.filter(replays.contains).map { found[$0] }, statistics)
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

extension StaticPairs.Group {
    /// A predicted pair stands alone: its other instances were not looked at.
    fileprivate init(_ pair: PredictedPairs.Pair, _ batch: EventBatch, _ order: CausalOrder) {
        let instance = StaticPairs.Instance(first: order.rows[pair.first], second: order.rows[pair.second])
        self.init(key: pair.key, best: instance, bestRank: 0)
        count = 1
        firstSeen = batch.timestamps[Int(instance.second)]
        lastSeen = firstSeen
    }
}

extension Operation {
    /// True for everything that changes the object, stores included.
    var changes: Bool { isWrite || self == .dataWrite }
}
