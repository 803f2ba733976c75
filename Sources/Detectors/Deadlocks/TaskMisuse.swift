import Causality
import TraceModel

/// Finds waits that nobody signalled, and tasks that nobody waited for.
struct TaskMisuse {
    private let source: WindowSource
    private let labels: Labels
    private let endings: TaskEndings
    private let isComplete: Bool

    /// - Parameter isComplete: nothing that could change a verdict is missing from the events.
    init(_ source: WindowSource, labels: Labels, endings: TaskEndings, isComplete: Bool) {
        self.source = source
        self.labels = labels
        self.endings = endings
        self.isComplete = isComplete
    }

    private struct Name: Hashable {
        var process: UInt32
        var name: Symbol
    }

    /// A task that starts others.
    private struct Family: Hashable {
        var trace: TraceID
        var parent: UInt32
    }

    /// - Complexity: O(rows).
    func report(to ledger: inout AnomalyLedger) {
        guard source.survey.has(.wait, .fork) else { return }
        let batch = source.batch
        var signalled: Set<Name> = []
        var spawned: [(row: Int, family: Family, name: Name)] = []
        var finished: Set<Name> = []
        var families: Set<Family> = []
        var parents: [Name: Family] = [:]
        for row in source.order.rows {
            let row = Int(row)
            let name = Name(process: batch.processIndices[row], name: batch.objects[row])
            let subject = Name(process: batch.processIndices[row], name: batch.subjects[row])
            switch batch.operations[row] {
            case .signal: signalled.insert(name)
            case .wait where !signalled.contains(name) && !batch.flags[row].contains(.failed): reportWait(row, &ledger)
            case .fork where !subject.name.isEmpty:
                let family = Family(trace: batch.traces[row], parent: source.order.taskOfRow[row])
                spawned.append((row, family, subject))
                parents[subject] = family
            case .taskEnd where !subject.name.isEmpty: finished.insert(subject)
            case .join, .await:
                finished.insert(subject)
                // Whoever waits for one of its tasks means to wait for all of them.
                if let family = parents[subject] { families.insert(family) }
            default: break
            }
        }
        let threads = Dictionary(
            source.order.tasks.enumerated().map { (Name(process: $1.process, name: $1.thread), UInt32($0)) },
            uniquingKeysWith: { first, _ in first }
        )
        for spawn in spawned where families.contains(spawn.family) && !finished.contains(spawn.name) {
            if let task = threads[spawn.name], endings.isOver(task, after: 0) { continue }
            reportTask(spawn.row, &ledger)
        }
    }

    private func reportWait(_ row: Int, _ ledger: inout AnomalyLedger) {
        let object = source.batch.symbols[source.batch.objects[row]]
        let task = labels.task(source.order.tasks[Int(source.order.taskOfRow[row])])
        ledger.add(
            .init(
                kind: "wait_without_signal",
                grade: isComplete && !source.order.taintOfRow[row] ? .feasible : .candidate,
                severity: .medium,
                verdict:
                    "\(task) waits for \(object)\(labels.at(row)), which nobody signalled before: the wait ended by itself, "
                    + "or its signal is lost",
                object: object,
                places: [labels.location(row)],
                events: [labels.event(row)],
                details: [.init("task", text: task)]
            )
        )
    }

    private func reportTask(_ row: Int, _ ledger: inout AnomalyLedger) {
        let batch = source.batch
        let name = batch.symbols[batch.subjects[row]]
        let parent = labels.task(source.order.tasks[Int(source.order.taskOfRow[row])])
        ledger.add(
            .init(
                kind: "leaked_task",
                grade: .candidate,
                severity: .low,
                verdict:
                    "\(parent) starts \(name)\(labels.at(row)), waits for others that it started and never for this one, "
                    + "and its end was not seen",
                object: name,
                places: [labels.location(row)],
                events: [labels.event(row)],
                details: [.init("parent", text: parent)]
            )
        )
    }
}
