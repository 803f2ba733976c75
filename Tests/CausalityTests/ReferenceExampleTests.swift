import Testing
import TraceModel

/// The reference against examples worked out by hand, one or more a rule.
@Suite struct ReferenceExampleTests {
    @Test(arguments: OrderExample.all)
    func `the reference orders the example as the page says`(example: OrderExample) {
        let order = ReferenceOrder(EventBatch(example.events))
        func index(_ id: UInt64) -> Int { order.events.firstIndex { $0.id.low == id } ?? -1 }
        for chain in example.chains {
            for (a, b) in zip(chain, chain.dropFirst()) {
                #expect(order.happensBefore(index(a), index(b)), "\(a) before \(b)")
                #expect(!order.happensBefore(index(b), index(a)), "\(b) before \(a)")
            }
        }
        for pair in example.concurrent {
            #expect(order.concurrent(index(pair[0]), index(pair[1])), "\(pair) concurrent")
        }
        #expect(order.counts == example.counts)
    }

    @Test func `clocks count the events of each task`() {
        let events = [step(1, "t", 10), step(2, "t", 20), step(3, "u", 25), step(4, "u", 30, parent: 1)]
        let order = ReferenceOrder(EventBatch(events))
        let clocks = order.events.indices.map { order.clock($0) }
        #expect(clocks == [[0: 1], [0: 2], [1: 1], [0: 1, 1: 2]])
    }
}
