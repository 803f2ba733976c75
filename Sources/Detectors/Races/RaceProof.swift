import TraceModel

/// What values prove about a pair, worded for a report.
struct RaceProof {
    var evidence: ValueEvidence
    var pattern: RaceFinding.Pattern

    /// Most versions shown.
    static let versionsMax = 16

    init(_ damage: ValueHistory.Damage, stale: Bool, _ batch: EventBatch) {
        let writes = damage.history.map { Int($0) }
        var versions = [batch.text(damage.base)]
        for row in writes.prefix(Self.versionsMax - 1) { versions.append(batch.text(batch.newValues[row])) }
        let observed = ValueText.number(damage.observed, batch)
        var serial = Self.serial(damage, batch)
        if stale {
            pattern = .staleRead
            serial = nil
        } else if damage.fromNothing {
            pattern = .doubleInit
            serial = nil
        } else if ValueText.number(damage.base, batch) == nil {
            pattern = .checkThenAct
        } else if let total = serial, let observed, total < 0, observed >= 0 {
            // Nobody decrements a stock below nothing on purpose: the read was a check, and a later request would have refused.
            pattern = .checkThenAct
            serial = nil
        } else {
            pattern = .lostUpdate
        }
        evidence = ValueEvidence(
            serialOutcomes: serial.map { [ValueText.text($0)] } ?? [],
            observed: damage.observed.isEmpty ? nil : batch.text(damage.observed),
            versions: versions,
            lostUpdates: damage.lost.count
        )
    }

    /// Where every serial order ends when each write adds what it added: the sum does not depend on the order.
    private static func serial(_ damage: ValueHistory.Damage, _ batch: EventBatch) -> Double? {
        guard var total = ValueText.number(damage.base, batch), !damage.history.isEmpty,
            damage.history.count < ValueHistory.pairsMax
        else { return nil }
        var previous = damage.base
        for row in damage.history {
            let replaced = batch.oldValues[Int(row)].isEmpty ? previous : batch.oldValues[Int(row)]
            let old = damage.origins[row] ?? replaced
            guard let from = ValueText.number(old, batch), let to = ValueText.number(batch.newValues[Int(row)], batch)
            else { return nil }
            total += to - from
            previous = damage.base
        }
        return total
    }
}
