public import Causality
public import TraceModel

/// Replays schedules before and after they are reported.
public enum WitnessReplay {
    /// A finding whose schedule is not an execution of the program: a mistake of ours, never of the input.
    public struct Failure: Error, Sendable, Hashable {
        /// Id of the finding.
        public var finding: String
        public var reason: WitnessFailure
    }

    /// Which of `witnesses` replay; the others are counted, and whoever proposed them drops what they were to prove.
    ///
    /// - Complexity: O(events up to the last start + events of the schedules).
    static func replaying(
        _ witnesses: [Witness],
        _ batch: EventBatch,
        _ order: CausalOrder,
        _ statistics: inout PredictionStatistics
    ) -> Set<Int> {
        guard !witnesses.isEmpty else { return [] }
        var checker = WitnessChecker(batch, order: order)
        var good: Set<Int> = []
        // Ascending starts share the replay of what was observed before.
        for index in witnesses.indices.sorted(by: { (witnesses[$0].start, $0) < (witnesses[$1].start, $1) }) {
            statistics.replayed += 1
            do throws(WitnessFailure) {
                try checker.replay(witnesses[index])
                good.insert(index)
            } catch {
                statistics.rejected += 1
            }
        }
        return good
    }

    /// Replays every schedule of a finished analysis once more, from its report alone.
    ///
    /// - Parameter order: the causal order of the same batch and options.
    /// - Returns: how many schedules there were, and those that do not replay.
    /// - Complexity: as the schedules' lengths, and O(events) for a checker of its own.
    public static func audit(
        _ analysis: Analysis,
        of batch: EventBatch,
        order: CausalOrder
    ) -> (replayed: Int, failures: [Failure]) {
        var witnesses: [(finding: String, witness: Witness)] = []
        for race in analysis.races {
            guard let rows = race.witness else { continue }
            witnesses.append((race.id, Witness(start: race.witnessStart, rows: rows, ending: .race)))
        }
        let confirmed = analysis.deadlocks.filter { $0.grade == .confirmed }
        let rowOfEvent =
            confirmed.isEmpty ? [:] : rows(named: Set(confirmed.flatMap { $0.cycle.map(\.event) }), batch, order)
        for deadlock in confirmed {
            let acquires = deadlock.cycle.map { rowOfEvent[$0.event] ?? -1 }
            let witness = Witness(start: deadlock.witnessStart, rows: deadlock.witness, ending: .deadlock(acquires))
            witnesses.append((deadlock.id, witness))
        }
        guard !witnesses.isEmpty else { return (0, []) }
        var failures: [Failure] = []
        var checker = WitnessChecker(batch, order: order)
        for (finding, witness) in witnesses.sorted(by: {
            ($0.witness.start, $0.finding) < ($1.witness.start, $1.finding)
        }) {
            do throws(WitnessFailure) {
                if case .deadlock(let acquires) = witness.ending, acquires.contains(-1) { throw .unknownEvent(row: -1) }
                try checker.replay(witness)
            } catch {
                failures.append(Failure(finding: finding, reason: error))
            }
        }
        return (witnesses.count, failures)
    }

    private static func rows(named names: Set<String>, _ batch: EventBatch, _ order: CausalOrder) -> [String: Int] {
        let labels = Labels(batch, order: order)
        var rows: [String: Int] = [:]
        for step in order.lockSteps {
            let name = labels.event(Int(step.row))
            if names.contains(name) { rows[name] = Int(step.row) }
        }
        return rows
    }
}
