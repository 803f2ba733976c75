import Testing
import TraceModel

/// The two references against each other, and the reference against what any happens-before must satisfy.
@Suite struct ReferencePropertyTests {
    private let property = Property(filter: "ReferencePropertyTests")

    @Test(arguments: [true, false])
    func `graph and clocks agree on every totally ordered program`(isLawful: Bool) {
        property.check(isLawful ? OperationProgram.make : OperationProgram.makeLawless) { program in
            let batch = EventBatch(program)
            let order = ReferenceOrder(batch)
            let clocks = OperationClocks(batch, schedulable: false)
            for (index, clock) in clocks.clocks.enumerated() {
                var named: [String: Int] = [:]
                for (task, known) in order.clock(index) {
                    named[order.text(order.events[order.tasks[task][0]].thread)] = known
                }
                if named != clock { return "event \(index + 1): \(named) by edges, \(clock) by clocks" }
            }
            return nil
        }
    }

    @Test func `races by edges and by clocks agree on every totally ordered program`() {
        property.check(OperationProgram.make) { program in
            let batch = EventBatch(program)
            let order = ReferenceOrder(batch)
            let races = ReferenceRaces(order, sequence: Array(order.events.indices)) { $0.object }
            let plain = OperationClocks(batch, schedulable: false).racy
            let schedulable = OperationClocks(batch, schedulable: true).racy
            if races.happensBefore != plain { return "HB: \(races.happensBefore) by edges, \(plain) by clocks" }
            if races.schedulable != schedulable {
                return "SHB: \(races.schedulable) by edges, \(schedulable) by clocks"
            }
            return schedulable.isSubset(of: plain) ? nil : "SHB reports what HB does not"
        }
    }

    @Test(arguments: [true, false])
    func `the order of arrival decides nothing`(isChaotic: Bool) {
        property.check(isChaotic ? ChaosProgram.make : WireProgram.make) { program in
            func summary(_ events: [EventSpec]) -> ReferenceSummary { ReferenceSummary(EventBatch(events)) }
            var random = SplitMix64(seed: UInt64(program.count))
            let shuffled = program.shuffled(using: &random)
            return summary(program) == summary(shuffled + shuffled.prefix(3)) ? nil : "order depends on arrival"
        }
    }

    @Test func `simulated programs use every rule and seldom contradict themselves`() {
        var random = SplitMix64(seed: 7)
        var consistent = 0
        var uses: [ReferenceEdge.Rule: Int] = [:]
        for _ in 0..<200 {
            let order = ReferenceOrder(EventBatch(WireProgram.make(&random)))
            if order.isConsistent { consistent += 1 }
            for rule in Set(order.edges.map(\.rule)) { uses[rule, default: 0] += 1 }
        }
        #expect(consistent > 150)
        for rule in ReferenceEdge.Rule.allCases where rule != .log {
            #expect(uses[rule, default: 0] > 20, "\(rule)")
        }
    }
}

/// An order by the identities of events, comparable between batches.
struct ReferenceSummary: Equatable {
    private struct Identity: Hashable {
        var trace: TraceID
        var event: EventID
    }

    private var past: [Identity: Set<Identity>] = [:]
    private var counts: ReferenceOrder.Counts

    init(_ batch: EventBatch) {
        let order = ReferenceOrder(batch)
        let identities = order.events.map { Identity(trace: $0.trace, event: $0.id) }
        counts = order.counts
        for (index, identity) in identities.enumerated() {
            past[identity] = Set(identities.indices.filter { order.happensBefore($0, index) }.map { identities[$0] })
        }
    }
}
