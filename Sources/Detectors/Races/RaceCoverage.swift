import Causality

/// Race coverage (EventRacer; Raychev, Vechev, Sridharan, OOPSLA 2013): a race whose accesses would be ordered once those
/// of another race are is filed under that one, so that one missing synchronisation is one report.
enum RaceCoverage {
    /// Most findings compared with each other; beyond that none is filed under another.
    static let findingsMax = 512

    /// Sets `coveredBy` where a finding of at least the same grade covers another of the same causal direction.
    ///
    /// - Complexity: O(findings²) clock comparisons, bounded by ``findingsMax``.
    static func mark(
        _ findings: inout [RaceFinding],
        _ groups: ContiguousArray<StaticPairs.Group>,
        _ probe: borrowing ClockProbe
    ) {
        guard findings.count > 1, findings.count <= findingsMax else { return }
        let ranked = findings.indices.sorted { RaceDetector.precedes(findings[$0], findings[$1]) }
        for (place, covered) in ranked.enumerated() {
            let inner = groups[covered].best
            for candidate in ranked[..<place] where findings[candidate].coveredBy == nil {
                let outer = groups[candidate].best
                guard findings[candidate].grade >= findings[covered].grade else { continue }
                let starts = inner.first == outer.first || probe.happensBefore(inner.first, outer.first)
                let ends = inner.second == outer.second || probe.happensBefore(outer.second, inner.second)
                if (starts && ends) || isCheck(findings[covered], of: findings[candidate]) {
                    findings[covered].coveredBy = findings[candidate].id
                    break
                }
            }
        }
    }

    /// True when `check` is the read half of the collision that values prove in `act`: same object, same write.
    private static func isCheck(_ check: RaceFinding, of act: RaceFinding) -> Bool {
        guard act.grade == .manifested, act.kind == .writeWrite, check.pattern == .checkThenAct,
            check.grade != .manifested, act.object == check.object
        else { return false }
        let write = check.first.kind == "read" ? check.second : check.first
        return write.location == act.first.location || write.location == act.second.location
    }
}
