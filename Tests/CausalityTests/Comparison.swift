import Causality
import Detectors
import TraceModel

/// The product and the reference on one batch.
struct Comparison {
    let reference: ReferenceOrder
    let product: CausalOrder
    private let batch: EventBatch

    init(_ batch: EventBatch) {
        self.batch = batch
        reference = ReferenceOrder(batch)
        product = CausalOrder(batch)
    }

    /// The first thing about the order that the two disagree about. Of an input that contradicts itself only the kept
    /// events are compared: which of its edges give way is the product's choice.
    var orderDifference: String? {
        rowDifference ?? (reference.isConsistent ? countDifference ?? pairDifference ?? clockDifference : nil)
    }

    /// The first difference between the racy events of the two, taken in the product's order of events.
    var raceDifference: String? {
        guard reference.isConsistent, rowDifference == nil else { return nil }
        let races = ReferenceRaces(reference, sequence: product.rows.map(index)) { ObjectKey($0, in: batch) }
        for (order, expected) in [(RaceEngine.Order.hb, races.happensBefore), (.shb, races.schedulable)] {
            let found = RaceEngine.racyEvents(product.program, order: order).map(index)
            if Set(found) == expected { continue }
            let names = (Set(found).sorted(), expected.sorted())
            return "\(order): product \(names.0.map(name)), reference \(names.1.map(name))"
        }
        return nil
    }

    /// What an access concerns: names reach as far as a service unless the event says otherwise.
    private struct ObjectKey: Hashable {
        var name: Symbol
        var service: Symbol?
        var process: UInt32?

        init(_ event: Event, in batch: EventBatch) {
            name = event.object
            if event.flags.contains(.globalScope) || [.dataRead, .dataWrite].contains(event.kind) { return }
            if event.flags.contains(.processScope) || event.flags.contains(.totallyOrdered) {
                process = event.process
            } else {
                service = batch.processes[Int(event.process)].service
            }
        }
    }

    private func index(_ row: UInt32) -> Int { reference.indexOfRow[Int(row)] }

    /// Name of an event in messages.
    private func name(_ index: Int) -> String { "#\(reference.events[index].id.low)" }

    private var rowDifference: String? {
        let indices = product.rows.map(index)
        if indices.sorted() != Array(reference.events.indices) { return "kept \(indices.map(name))" }
        for (row, index) in zip(product.rows, indices)
        where batch.timestamps[Int(row)] != reference.events[index].timestamp {
            return "of the duplicates \(name(index)) another is kept"
        }
        return nil
    }

    private var countDifference: String? {
        let missing = product.missing
        let counts = ReferenceOrder.Counts(
            missingParents: missing.parents,
            missingTasks: missing.tasks,
            missingMessages: missing.messages,
            missingSpans: missing.spans,
            ties: missing.ties,
            unmatchedReleases: missing.unmatchedReleases,
            cycles: missing.cycles
        )
        return counts == reference.counts ? nil : "product \(counts), reference \(reference.counts)"
    }

    private var pairDifference: String? {
        let probe = ClockProbe(product.program, events: Set(product.rows))
        for later in product.rows {
            for earlier in product.rows {
                let found = probe.happensBefore(earlier, later)
                let expected = reference.happensBefore(index(earlier), index(later))
                if found != expected {
                    return """
                        \(name(index(earlier))) before \(name(index(later))): product \(found), reference \(expected)
                        """
                }
            }
        }
        return nil
    }

    private var clockDifference: String? {
        let tasks = Dictionary(
            product.rows.map { (product.taskOfRow[Int($0)], reference.taskOf[index($0)]) },
            uniquingKeysWith: { first, _ in first }
        )
        var difference: String?
        VectorClocks.forEach(product) { row, _, clock in
            let found = Dictionary(uniqueKeysWithValues: clock.map { (tasks[$0.task] ?? -1, Int($0.count)) })
            let expected = reference.clock(index(row))
            if found != expected, difference == nil {
                difference = "clock of \(name(index(row))): product \(found), reference \(expected)"
            }
        }
        return difference
    }
}
