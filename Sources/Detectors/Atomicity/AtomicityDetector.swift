import Causality
import TraceModel

/// Judges what ``AtomicityScan`` saw: an interleaving counts when nothing but luck put the other task's access there.
///
/// Luck is the order of locks and of atomic accesses; forks, joins, messages and signals are asked for by name. A read that
/// precedes its task's write may well look at what another task wrote meanwhile, so *read-write-write* asks only that the
/// intruder is unordered with the write; the others ask that it is unordered with both ends. Pairs that are reported as races are not
/// reported a second time.
struct AtomicityDetector {
    private let batch: EventBatch
    private let order: CausalOrder
    private let survey: Survey
    private let options: AnalysisOptions
    private let labels: Labels

    init(batch: EventBatch, order: CausalOrder, survey: Survey, options: AnalysisOptions, labels: Labels) {
        self.batch = batch
        self.order = order
        self.survey = survey
        self.options = options
        self.labels = labels
    }

    /// Reports what holds.
    ///
    /// - Parameters:
    ///   - keys: names static pairs.
    ///   - known: pairs that are reported as races.
    /// - Complexity: O(rows), and one pass of clocks when there is anything to judge.
    func report(to ledger: inout AnomalyLedger, keys: StaticPairs.Naming, known: Set<StaticPairs.Key>) {
        let scan = AtomicityScan(order, batch, survey: survey, keys: keys)
        let open = scan.candidates.filter { candidate in
            let object = Int(order.objectOfRow[row(candidate.remote)])
            let before = order.rows[Int(candidate.before)]
            let remote = order.rows[Int(candidate.remote)]
            let after = order.rows[Int(candidate.after)]
            return !known.contains(keys.key(before, remote, object: object))
                && !known.contains(keys.key(remote, after, object: object)) && !isValidated(candidate)
        }
        guard !open.isEmpty else { return }
        var wanted: Set<UInt32> = []
        for candidate in open {
            for position in [candidate.before, candidate.remote, candidate.after] {
                wanted.insert(order.rows[Int(position)])
            }
        }
        let probe = ClockProbe(withoutLuckIn: order.program, events: wanted, widthMax: options.clockWidthMax)
        for candidate in open where isLuck(candidate, probe) { ledger.add(entry(candidate)) }
    }

    private func row(_ position: UInt32) -> Int { Int(order.rows[Int(position)]) }

    /// A compare-and-swap that found what its task had read: nothing relevant lay between. Inputs that know atomic accesses only as
    /// reads and writes cannot tell one from a store.
    private func isValidated(_ candidate: AtomicityScan.Candidate) -> Bool {
        let after = row(candidate.after)
        guard batch.operations[after].isAtomic, candidate.pattern == .readWriteWrite else { return false }
        let old = batch.oldValues[after]
        let seen = value(row(candidate.before))
        if old.isEmpty || seen.isEmpty { return order.isTotal || batch.operations[after] == .atomicReadModifyWrite }
        return ValueText.same(old, seen, batch)
    }

    /// What an access left behind or saw.
    private func value(_ row: Int) -> ByteRange {
        batch.newValues[row].isEmpty ? batch.oldValues[row] : batch.newValues[row]
    }

    private func isLuck(_ candidate: AtomicityScan.Candidate, _ probe: borrowing ClockProbe) -> Bool {
        let before = UInt32(row(candidate.before))
        let remote = UInt32(row(candidate.remote))
        let after = UInt32(row(candidate.after))
        // Two requests that take turns on one thread: only its scheduler ordered them.
        if order.taskOfRow[Int(before)] == order.taskOfRow[Int(remote)] { return true }
        let freeBefore = !probe.happensBefore(before, remote)
        let freeAfter = !probe.happensBefore(remote, after)
        switch (candidate.pattern, candidate.region) {
        case (.readWriteWrite, _): return freeAfter
        case (_, .transaction): return freeBefore || freeAfter
        default: return freeBefore && freeAfter
        }
    }

    private func entry(_ candidate: AtomicityScan.Candidate) -> AnomalyLedger.Entry {
        let before = row(candidate.before)
        let remote = row(candidate.remote)
        let after = row(candidate.after)
        let rows = [before, remote, after]
        let isCheck = candidate.pattern == .readWriteWrite
        let name = batch.symbols[batch.objects[after]]
        return AnomalyLedger.Entry(
            kind: isCheck ? "check_then_act" : "atomicity_violation",
            grade: grade(before, remote, after),
            severity: isCheck && isStale(before, after) ? .high : .medium,
            verdict: verdict(candidate, name),
            object: name,
            places: rows.map(labels.location),
            events: rows.map(labels.event),
            details: [
                .init("pattern", text: candidate.pattern.rawValue),
                .init("region", text: candidate.region.rawValue),
                .init("tasks", texts: [task(before), task(remote)]),
                .init("locations", texts: rows.map(labels.location)),
                .init("locks", texts: rows.map(locks)),
                .init("values", texts: rows.map { batch.text(value($0)) }),
            ]
        )
    }

    private func grade(_ before: Int, _ remote: Int, _ after: Int) -> Grade {
        let rows = [before, remote, after]
        if rows.contains(where: { order.taintOfRow[$0] || batch.flags[$0].contains(.inferred) }) { return .candidate }
        // Whether it lay between is only as good as the clocks of two processes.
        if batch.processIndices[before] != batch.processIndices[remote] {
            let margin = min(
                batch.timestamps[remote] &- batch.timestamps[before],
                batch.timestamps[after] &- batch.timestamps[remote]
            )
            if margin < order.skewNanoseconds { return .candidate }
        }
        return .feasible
    }

    /// True when values show that the decision rested on what was no longer there.
    private func isStale(_ before: Int, _ after: Int) -> Bool {
        let seen = value(before)
        let old = batch.oldValues[after]
        return !seen.isEmpty && !old.isEmpty && !ValueText.same(seen, old, batch)
    }

    private func task(_ row: Int) -> String { labels.task(order.tasks[Int(order.taskOfRow[row])]) }

    private func locks(_ row: Int) -> String {
        order.locksets.sets[Int(order.locksetOfRow[row])].map { labels.lock($0 >> 1, order) }.sorted()
            .joined(separator: ", ")
    }

    private func verdict(_ candidate: AtomicityScan.Candidate, _ name: String) -> String {
        let before = row(candidate.before)
        let remote = row(candidate.remote)
        let after = row(candidate.after)
        let does = { (row: Int) in self.batch.operations[row].changes ? "writes" : "reads" }
        let consequence =
            switch candidate.pattern {
            case .readWriteWrite: "what it decided on no longer held"
            case .readWriteRead: "its two reads do not belong to one state"
            case .writeReadWrite: "a state was seen that was never meant to be"
            case .writeWriteRead: "it reads back something else than it wrote"
            }
        let other =
            order.taskOfRow[before] == order.taskOfRow[remote] ? "another request on the same thread" : task(remote)
        return "\(task(before)) \(does(before)) \(name)\(labels.at(before)), \(other) "
            + "\(batch.operations[remote].changes ? "writes" : "reads") it\(labels.at(remote)), then the first "
            + "\(does(after)) it\(labels.at(after)): \(consequence)"
    }
}
