import Causality
import TraceModel

/// Decides grade, severity and pattern of a pair from its evidence.
struct RaceJudge {
    /// What was decided.
    struct Verdict {
        var grade: Grade
        var severity: Severity
        var pattern: RaceFinding.Pattern
        var reasons: [String]
    }

    let batch: EventBatch
    let order: CausalOrder
    let timing: RequestTiming
    /// Proof by values, when there is one.
    let proof: RaceProof?
    /// One side is a read that feeds a later write of its task.
    let feeds: Bool
    /// The pair was ordered by locks, and a schedule shows it adjacent.
    var isPredicted = false

    /// Judges the pair of rows `a` and `b`.
    func judge(_ a: Int, _ b: Int, kind: RaceFinding.Kind) -> Verdict {
        var reasons: [String] = []
        let grade = grade(a, b, kind, &reasons)
        let pattern = proof?.pattern ?? (kind == .readWrite && feeds ? .checkThenAct : .unorderedAccess)
        return Verdict(grade: grade, severity: severity(a, b, kind, grade), pattern: pattern, reasons: reasons)
    }

    private func grade(_ a: Int, _ b: Int, _ kind: RaceFinding.Kind, _ reasons: inout [String]) -> Grade {
        if proof != nil { return .manifested }
        if batch.flags[a].contains(.inferred) || batch.flags[b].contains(.inferred) {
            reasons.append("inferred")
            return .candidate
        }
        if order.taintOfRow[a] || order.taintOfRow[b] {
            reasons.append("missing_edge")
            return .candidate
        }
        if kind == .writeWrite, sameValue(a, b) {
            reasons.append("same_value")
            return .benign
        }
        switch timing.overlap(a, b, batch) {
        case .observed: return isPredicted ? .predicted : .feasible
        case .unknown:
            reasons.append("clock_skew")
            return .predicted
        case .near, .none:
            reasons.append("no_overlap")
            return .predicted
        }
    }

    private func severity(_ a: Int, _ b: Int, _ kind: RaceFinding.Kind, _ grade: Grade) -> Severity {
        if let proof { return proof.pattern == .staleRead ? .high : .critical }
        if grade == .benign { return .info }
        let base: Severity
        if kind == .writeWrite {
            base = batch.newValues[a].isEmpty || batch.newValues[b].isEmpty ? .medium : .high
        } else {
            base = feeds ? .medium : .low
        }
        guard grade < .feasible else { return base }
        switch base {
        case .critical, .high: return .medium
        case .medium: return .low
        case .low, .info: return .info
        }
    }

    private func sameValue(_ a: Int, _ b: Int) -> Bool {
        !batch.newValues[a].isEmpty && !batch.newValues[b].isEmpty
            && ValueText.same(batch.newValues[a], batch.newValues[b], batch)
    }
}
