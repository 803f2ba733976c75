import Testing
import TraceModel

@Suite struct EventBatchTests {
    private func sample(_ name: String) -> EventBatch {
        var batch = EventBatch()
        var event = Event()
        event.id = EventID(high: 1, low: 2)
        event.trace = TraceID(high: 3, low: 4)
        event.thread = batch.symbols.intern("thread-" + name)
        event.object = batch.symbols.intern(name)
        event.process = batch.intern(
            ProcessKey(service: batch.symbols.intern("svc"), instance: batch.symbols.intern(name), processID: 7)
        )
        event.kindPayload = batch.appendPayload(#"{"old":10,"new":15}"#.utf8)
        event.oldValue = ByteRange(start: event.kindPayload.start + 7, length: 2)
        event.newValue = ByteRange(start: event.kindPayload.start + 16, length: 2)
        event.vector = batch.appendVector([VectorEntry(component: event.thread, value: 9)])
        batch.append(event)
        return batch
    }

    @Test func `appending a batch translates symbols, processes and ranges`() {
        var all = sample("a")
        all.append(contentsOf: sample("b"))
        #expect(all.count == 2)
        let second = all[1]
        #expect(all.symbols[second.object] == "b")
        #expect(all.symbols[second.thread] == "thread-b")
        #expect(all.symbols[all.processes[Int(second.process)].instance] == "b")
        #expect(all.text(second.oldValue) == "10")
        #expect(all.text(second.newValue) == "15")
        #expect(all.symbols[all.vectorEntries[second.vector.indices.lowerBound].component] == "thread-b")
        #expect(all.payload.count == 38)
        #expect(all.equal(all[0].newValue, second.newValue))
        #expect(!all.equal(all[0].newValue, second.oldValue))
    }
}
