import Detectors

/// Compares an analysis with what a person claimed, and says in words where they differ.
struct ClaimCheck {
    var side: Claims.Side
    var analysis: Analysis

    /// Every disagreement; empty when the claims hold.
    var disagreements: [String] {
        side.isClean ? findingsInCleanTwin : missing + surplus
    }

    /// A twin is repaired, so there is nothing to report.
    private var findingsInCleanTwin: [String] {
        analysis.races.map { "race on \($0.object.name), \($0.grade): \(describe($0))" }
            + analysis.deadlocks.map { "deadlock \($0.grade) over \($0.cycle.map(\.wants))" }
            + analysis.anomalies.map { "anomaly \($0.kind), \($0.grade), on \($0.object)" }
    }

    private var missing: [String] {
        var found: [String] = []
        for claim in side.races ?? [] where !analysis.races.contains(where: { satisfies($0, claim) }) {
            let near = analysis.races.filter { $0.object.name == claim.object }
            found.append("claimed and not reported: \(claim); on this object: \(near.map(describe))")
        }
        for claim in side.deadlocks ?? []
        where !analysis.deadlocks.contains(where: {
            $0.grade.rawValue == claim.grade && $0.cycle.map(\.wants).sorted() == claim.wants.sorted()
        }) {
            found.append(
                "claimed and not reported: \(claim); reported: \(analysis.deadlocks.map { $0.cycle.map(\.wants) })"
            )
        }
        for claim in side.findings ?? [] where !isReported(claim) {
            found.append("claimed and not reported: \(claim); anomalies: \(analysis.anomalies.map(\.kind))")
        }
        return found
    }

    private var surplus: [String] {
        var found: [String] = []
        let claimed = Set((side.races ?? []).map(\.object) + (side.findings ?? []).compactMap(\.object))
        for race in analysis.races {
            if let limit = side.atMost?[race.object.name].flatMap(Grade.init(rawValue:)), race.grade > limit {
                found.append("stronger than \(limit): \(describe(race))")
            } else if race.grade > .predicted && !claimed.contains(race.object.name) {
                found.append("nobody claimed: \(describe(race))")
            }
        }
        if side.deadlocks == nil {
            found += analysis.deadlocks.map { "nobody claimed: deadlock over \($0.cycle.map(\.wants))" }
        }
        let expected = Set((side.findings ?? []).flatMap(\.names))
        for anomaly in analysis.anomalies where anomaly.grade > .predicted && !expected.contains(anomaly.kind) {
            found.append("nobody claimed: \(anomaly.kind) on \(anomaly.object)")
        }
        return found
    }

    private func satisfies(_ race: RaceFinding, _ claim: Claims.RaceClaim) -> Bool {
        let pair = [place(race.first), place(race.second)].sorted()
        return race.object.name == claim.object
            && (claim.grade ?? race.grade.rawValue) == race.grade.rawValue
            && claim.atLeast.flatMap(Grade.init(rawValue:)).map { race.grade >= $0 } ?? true
            && claim.patterns?.contains(race.pattern.rawValue) ?? true
            && claim.kinds?.contains(race.kind.rawValue) ?? true
            && claim.locations?.contains { $0.sorted() == pair } ?? true
            && (claim.lostUpdates ?? race.evidence?.lostUpdates) == race.evidence?.lostUpdates
            && (claim.serialOutcomes ?? race.evidence?.serialOutcomes) == race.evidence?.serialOutcomes
            && (claim.observed ?? race.evidence?.observed) == race.evidence?.observed
            && claim.locksInCommon ?? race.locksInCommon == race.locksInCommon
    }

    private func isReported(_ claim: Claims.FindingClaim) -> Bool {
        analysis.anomalies.contains { anomaly in
            claim.names.contains(anomaly.kind)
                && (claim.grade.map { $0 == anomaly.grade.rawValue } ?? (anomaly.grade > .predicted))
                && (claim.object ?? anomaly.object) == anomaly.object
        }
            || analysis.races.contains { race in
                claim.names.contains(race.pattern.rawValue) && race.grade > .predicted
                    && (claim.object ?? race.object.name) == race.object.name
            }
    }

    private func place(_ access: AccessEvidence) -> String { "\(access.location) \(access.kind)" }

    private func describe(_ race: RaceFinding) -> String {
        let values = race.evidence.map {
            ", \($0.lostUpdates) lost, serial \($0.serialOutcomes), observed \($0.observed ?? "-")"
        }
        return "\(race.grade) \(race.pattern) \(race.kind) on \(race.object.name): \(place(race.first)) / "
            + "\(place(race.second))\(values ?? "")"
    }
}
