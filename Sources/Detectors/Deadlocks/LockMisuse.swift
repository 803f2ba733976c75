import Causality
import TraceModel

/// Finds locks that are used wrongly without any cycle: kept for ever, taken twice, given back by somebody else.
struct LockMisuse {
    private let source: WindowSource
    private let labels: Labels
    private let endings: TaskEndings
    private let isComplete: Bool
    private let traces: Int

    /// - Parameter coverage: tells whether anything that could change a verdict is missing from the events.
    init(_ source: WindowSource, labels: Labels, endings: TaskEndings, coverage: Coverage) {
        self.source = source
        self.labels = labels
        self.endings = endings
        isComplete = coverage.complete
        traces = coverage.traces
    }

    /// - Complexity: O(lock operations), and O(rows) when some lock is never given back.
    func report(to ledger: inout AnomalyLedger) {
        var open: [UInt64: LockStep] = [:]
        var reentries: [UInt64: LockStep] = [:]
        for step in source.order.lockSteps {
            let claim = UInt64(step.holder) << 32 | UInt64(step.lock)
            switch step.effect {
            case .acquired: open[claim] = step
            case .reentered: reentries[claim] = step
            case .released, .unwound:
                reentries[claim] = nil
                if step.holder != source.order.taskOfRow[Int(step.row)], let acquire = open[claim] {
                    reportForeign(step, acquire, &ledger)
                }
                if step.effect == .released { open[claim] = nil }
            // A release of what nobody holds is what a wait on a condition looks like when its own lock operations are not logged.
            case .unmatched, .refused: break
            }
        }
        let regular = open.values.filter { !source.order.irregularLocks.contains($0.lock) }
        if isComplete, !regular.isEmpty {
            let requests = RequestEndings(source, traces: traces)
            for step in regular.sorted(by: { $0.row < $1.row }) { reportLeak(step, requests, &ledger) }
        }
        for step in reentries.values.sorted(by: { $0.row < $1.row }) { reportReentry(step, &ledger) }
    }

    // MARK: Kept for ever

    private func reportLeak(_ step: LockStep, _ requests: RequestEndings, _ ledger: inout AnomalyLedger) {
        let row = Int(step.row)
        let position = source.position(of: step.row)
        // An acquire that is logged beforehand and followed by nothing is still waiting.
        if source.batch.flags[row].contains(.advisory), endings.last(of: step.holder) == position { return }
        let consequence: String
        if endings.isOver(step.holder, after: position) {
            consequence = "ended while holding it"
        } else if requests[position] {
            consequence = "was done with its request while holding it"
        } else {
            return
        }
        let lock = labels.lock(step.lock, source.order)
        ledger.add(
            .init(
                kind: "leaked_lock",
                grade: .feasible,
                severity: .high,
                verdict: "\(task(step.holder)) took \(lock)\(labels.at(row)) and \(consequence): whoever wants it next "
                    + "waits for ever",
                object: lock,
                places: [labels.location(row)],
                events: [labels.event(row)],
                details: [.init("task", text: task(step.holder))]
            )
        )
    }

    // MARK: Taken twice

    /// A second acquire that its task never came back from; one that succeeded is re-entrancy, which is normal.
    private func reportReentry(_ step: LockStep, _ ledger: inout AnomalyLedger) {
        let row = Int(step.row)
        let type = LockType(source.batch.symbols[source.batch.subjects[row]])
        guard isComplete, type != .reentrant, endings.last(of: step.holder) == source.position(of: step.row) else {
            return
        }
        let lock = labels.lock(step.lock, source.order)
        ledger.add(
            .init(
                kind: "double_acquire",
                grade: type == .plain ? .feasible : .candidate,
                severity: .high,
                verdict:
                    "\(task(step.holder)) takes \(lock) a second time\(labels.at(row)) and never goes on: unless the lock "
                    + "is re-entrant it waits for itself",
                object: lock,
                places: [labels.location(row)],
                events: [labels.event(row)],
                details: [.init("task", text: task(step.holder))]
            )
        )
    }

    // MARK: Given back by somebody else

    private func reportForeign(_ step: LockStep, _ acquire: LockStep, _ ledger: inout AnomalyLedger) {
        let row = Int(step.row)
        let from = Int(acquire.row)
        // A request that moves to another worker takes its locks along.
        if !source.order.isTotal, source.batch.traces[row] == source.batch.traces[from] { return }
        guard LockType(source.batch.symbols[source.batch.subjects[row]]) != .semaphore else { return }
        let lock = labels.lock(step.lock, source.order)
        let releaser = task(source.order.taskOfRow[row])
        ledger.add(
            .init(
                kind: "foreign_release",
                grade: .feasible,
                severity: .medium,
                verdict:
                    "\(releaser) releases \(lock)\(labels.at(row)), which \(task(step.holder)) holds since it took it"
                    + "\(labels.at(from)): the holder believes that it is alone",
                object: lock,
                places: [labels.location(row), labels.location(from)],
                events: [labels.event(from), labels.event(row)],
                details: [.init("holder", text: task(step.holder)), .init("task", text: releaser)]
            )
        )
    }

    private func task(_ number: UInt32) -> String { labels.task(source.order.tasks[Int(number)]) }
}

/// What the name of a lock's type says about taking it twice.
enum LockType: Equatable {
    case reentrant
    /// Not re-entrant, by its name.
    case plain
    case semaphore
    case unknown

    /// Reads a type as senders write it: `ReentrantLock`, `RLock`, `Mutex`, `Semaphore`.
    init(_ name: String) {
        let name = name.lowercased()
        if name.contains("semaphore") {
            self = .semaphore
        } else if name.contains("nonreentrant") || name.contains("non-reentrant") || name.contains("non_reentrant") {
            self = .plain
        } else if name.contains("recursive") || name.contains("reentrant") || name == "rlock" {
            self = .reentrant
        } else if name.contains("mutex") || name.contains("spin") {
            self = .plain
        } else {
            self = .unknown
        }
    }
}
