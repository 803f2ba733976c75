import Testing
import TraceModel

@testable import RacewayServer

@Suite struct `The order of traces by their beginning` {
    @Test func `is that of a sort, whatever changed since`() {
        var random = SystemRandomNumberGenerator()
        var starts: [TraceID: Int64] = [:]
        var order = SpanOrder()
        for round in 0..<200 {
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                let id = TraceID(high: 0, low: UInt64.random(in: 0..<60, using: &random))
                let isGone = Bool.random(using: &random)
                starts[id] = isGone ? nil : Int64.random(in: 0..<10, using: &random)
                order.note(id)
            }
            let expected = starts.map { SpanIndex.Key(start: $0.value, id: $0.key) }.sorted()
            let found = order.keys { starts[$0] }
            #expect(found.map(\.id) == expected.map(\.id) && found.map(\.start) == expected.map(\.start), "\(round)")
        }
    }
}
