import Causality
import Detectors
import Testing
import TraceModel

/// What the product must satisfy on any input, however broken, and under any order of arrival.
@Suite struct InvarianceTests {
    private let property = Property(filter: "InvarianceTests")

    @Test(arguments: ProgramKind.allCases)
    func `arrival order, duplicates and batch boundaries change nothing`(kind: ProgramKind) {
        property.check(kind.make) { program in
            var random = SplitMix64(seed: UInt64(program.count))
            let expected = OrderSummary(EventBatch(program))
            for variant in Self.arrivals(of: program, &random) {
                if let difference = expected.difference(from: OrderSummary(variant)) { return difference }
            }
            return nil
        }
    }

    /// The same events shuffled, shuffled with some sent twice, and put together from several batches.
    private static func arrivals(of program: [EventSpec], _ random: inout SplitMix64) -> [EventBatch] {
        let shuffled = program.shuffled(using: &random)
        let doubled = (program + program.filter { _ in random.chance(30) }).shuffled(using: &random)
        var joined = EventBatch()
        var rest = program.shuffled(using: &random)[...]
        while !rest.isEmpty {
            let size = random.number(1...rest.count)
            joined.append(contentsOf: EventBatch(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return [EventBatch(shuffled), EventBatch(doubled), joined]
    }

    @Test(arguments: ProgramKind.allCases)
    func `happens-before is a partial order that the sequence of events respects`(kind: ProgramKind) {
        property.check(kind.make) { program in
            let order = CausalOrder(EventBatch(program))
            let probe = ClockProbe(order.program, events: Set(order.rows))
            let rows = Array(order.rows)
            for (place, later) in rows.enumerated() {
                for (before, earlier) in rows.enumerated() where probe.happensBefore(earlier, later) {
                    if before > place { return "row \(earlier) happened before row \(later), which comes first" }
                    for first in rows where probe.happensBefore(first, earlier) {
                        if !probe.happensBefore(first, later) {
                            return "not transitive: \(first), \(earlier), \(later)"
                        }
                    }
                }
            }
            return nil
        }
    }

    @Test(arguments: ProgramKind.allCases)
    func `a task's events are in program order`(kind: ProgramKind) {
        property.check(kind.make) { program in
            let batch = EventBatch(program)
            let comparison = Comparison(batch)
            let reference = comparison.reference
            let sequence = comparison.product.rows.map { reference.indexOfRow[Int($0)] }
            for task in reference.tasks.indices {
                let members = sequence.filter { reference.taskOf[$0] == task }
                if members != reference.tasks[task] { return "product \(members), reference \(reference.tasks[task])" }
            }
            return nil
        }
    }

    @Test(arguments: ProgramKind.allCases)
    func `a bound on the width of clocks may hide races and never invents one`(kind: ProgramKind) {
        property.check(kind.make) { program in
            let batch = EventBatch(program)
            let order = CausalOrder(batch)
            let exact = ClockProbe(order.program, events: Set(order.rows))
            let narrow = ClockProbe(order.program, events: Set(order.rows), widthMax: 2)
            for a in order.rows {
                for b in order.rows where exact.happensBefore(a, b) && !narrow.happensBefore(a, b) {
                    return "row \(a) before row \(b) is forgotten"
                }
            }
            func races(_ widthMax: Int) -> Set<String> {
                let options = AnalysisOptions(detectors: [.races], clockWidthMax: widthMax)
                return Set(Analyzer.analyze(batch, order: order, spans: [], options: options).races.map(\.fingerprint))
            }
            let invented = races(2).subtracting(races(4_096))
            return invented.isEmpty ? nil : "invented \(invented.sorted())"
        }
    }

    @Test(arguments: ProgramKind.allCases)
    func `what schedulable happens-before reports, happens-before reports`(kind: ProgramKind) {
        property.check(kind.make) { program in
            let compiled = CausalOrder(EventBatch(program)).program
            let plain = Set(RaceEngine.racyEvents(compiled, order: .hb))
            let schedulable = Set(RaceEngine.racyEvents(compiled, order: .shb))
            return schedulable.isSubset(of: plain) ? nil : "only SHB: \(schedulable.subtracting(plain))"
        }
    }
}

/// What the product says about a batch, by the identities of events instead of rows.
private struct OrderSummary {
    private var sequence: [String]
    private var pairs: Set<String> = []
    private var missing: MissingEdges
    private var races: [[String]]

    init(_ batch: EventBatch) {
        func name(_ row: UInt32) -> String { "\(batch.traces[Int(row)].low)/\(batch.ids[Int(row)].low)" }
        let order = CausalOrder(batch)
        sequence = order.rows.map(name)
        missing = order.missing
        races = RaceEngine.Order.allCases.map { RaceEngine.racyEvents(order.program, order: $0).map(name) }
        let probe = ClockProbe(order.program, events: Set(order.rows))
        for a in order.rows {
            for b in order.rows where probe.happensBefore(a, b) { pairs.insert(name(a) + " < " + name(b)) }
        }
    }

    func difference(from other: OrderSummary) -> String? {
        if sequence != other.sequence { return "sequence \(sequence), then \(other.sequence)" }
        if missing != other.missing { return "missing \(missing), then \(other.missing)" }
        if pairs != other.pairs { return "order differs at \(pairs.symmetricDifference(other.pairs).sorted())" }
        return races == other.races ? nil : "races \(races), then \(other.races)"
    }
}
