import Detectors
import Testing
import TraceModel

/// The versions of objects: a few of them, and all at once, must tell what all of one would.
@Suite struct `Versions of an object` {
    /// Accesses of two objects by two services in no order of time.
    private static func batch(_ seed: UInt64, accesses: Int) -> EventBatch {
        var random = SplitMix(seed: seed)
        var batch = EventBatch()
        let processes = ["web", "shop"].map { name in
            let service = batch.symbols.intern(name)
            return batch.intern(ProcessKey(service: service, instance: .empty, processID: 0))
        }
        for number in 0..<accesses {
            var event = Event()
            event.id = EventID(high: 0, low: UInt64(number))
            event.trace = TraceID(high: 0, low: 1)
            event.timestamp = Int64(random.next() % UInt64(accesses))
            event.process = processes[Int(random.next() % 2)]
            event.operation = random.next() % 3 == 0 ? .read : .write
            event.object = batch.symbols.intern(random.next() % 4 == 0 ? "b" : "a")
            event.newValue = batch.appendPayload(String(random.next() % 50).utf8)
            event.oldValue = batch.appendPayload(String(random.next() % 50).utf8)
            batch.append(event)
        }
        return batch
    }

    @Test(arguments: 1...20) func `the first ones are the same, however many are listed`(seed: Int) {
        let batch = Self.batch(UInt64(seed), accesses: 500)
        let all = VersionGraph(batch, name: "a", service: nil, limit: .max / 4)
        for limit in [0, 1, 7, 100] {
            let some = VersionGraph(batch, name: "a", service: nil, limit: limit)
            #expect(some.writes == all.writes && some.reads == all.reads && some.services == all.services)
            #expect(some.origin == all.origin && some.versions.count == limit)
            #expect(some.readsElsewhere + some.versions.reduce(0) { $0 + $1.reads } == all.reads)
            for (one, other) in zip(some.versions, all.versions) {
                #expect((one.event, one.value, one.parent) == (other.event, other.value, other.parent))
                #expect(one.skipsVersions == other.skipsVersions && one.number == other.number)
            }
        }
    }

    @Test func `several at once are what each is alone, as far as there is room`() {
        let batch = Self.batch(1, accesses: 300)
        let graphs = VersionGraphs(batch, names: ["a", "nothing", "b", "a"], limit: 20)
        for name in ["a", "b"] {
            let alone = VersionGraph(batch, name: name, service: nil, limit: 20)
            #expect(graphs[name]?.versions == alone.versions && graphs[name]?.reads == alone.reads)
        }
        #expect(graphs["nothing"] == nil)
        let first = VersionGraphs(batch, names: ["b", "a"], limit: 20, bytesMax: 5_000)
        #expect(first["b"] != nil && first["a"] == nil)
        #expect(VersionGraphs(batch, names: ["b"], limit: 20, bytesMax: 100)["b"] == nil)
    }

    @Test(arguments: 1...5) func `events that come several times count once`(seed: Int) {
        let batch = Self.batch(UInt64(seed), accesses: 200)
        var again = batch
        // The later halves of a log that was read twice, and one of its events as often as there is a row.
        again.append(batch, rows: 100..<200, keeping: .all)
        again.append(batch, rows: Array(repeating: 7, count: 200), keeping: .all)
        for (name, limit) in [("a", 10), ("a", 1_000), ("b", 3)] {
            let once = VersionGraph(batch, name: name, service: nil, limit: limit)
            let twice = VersionGraph(again, name: name, service: nil, limit: limit)
            #expect(twice.versions == once.versions && twice.writes == once.writes && twice.reads == once.reads)
            #expect(twice.readsElsewhere == once.readsElsewhere && twice.origin == once.origin)
        }
        // The same id in another trace is another event.
        var other = batch
        for row in 0..<batch.count {
            var event = other[row]
            event.trace = TraceID(high: 0, low: 2)
            other.append(event)
        }
        let one = VersionGraph(batch, name: "a", service: nil, limit: 1)
        let both = VersionGraph(other, name: "a", service: nil, limit: 1)
        #expect(both.writes == 2 * one.writes && both.reads == 2 * one.reads)
    }

    @Test func `one service sees its own accesses only`() {
        let batch = Self.batch(3, accesses: 200)
        let parts = ["web", "shop"].map { VersionGraph(batch, name: "a", service: $0, limit: 10) }
        let all = VersionGraph(batch, name: "a", service: nil, limit: 10)
        #expect(parts.map(\.services) == [["web"], ["shop"]])
        #expect(parts.reduce(0) { $0 + $1.writes } == all.writes)
        #expect(VersionGraph(batch, name: "x", service: nil, limit: 10).writes == 0)
    }
}
