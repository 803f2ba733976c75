import IngestEngine
import Synchronization
import Testing
import TraceModel
import TraceStore

/// How the traces of the process before come into memory.
@Suite(.timeLimit(.minutes(5))) struct WarmingTests {
    typealias Engine = DurableEngineTests

    private static func filled(traces: Int, pages: Int) async throws -> FakeDurableStore {
        let store = FakeDurableStore()
        for trace in 1...traces {
            _ = try await store.append(Sample.batch(trace: trace, events: (trace * 10)..<(trace * 10 + 10)))
        }
        store.setRecentPages(of: pages)
        return store
    }

    @Test func `what the start did not wait for is in memory soon, once`() async throws {
        let store = try await Self.filled(traces: 9, pages: 2)
        let engine = try await Engine.open(FaultyDirectory(), store)
        #expect(try await engine.store.trace(Sample.trace(1))?.batch.count == 10)
        try await engine.ingest(Sample.batch(trace: 3, events: 500..<510))
        #expect(try await eventually(within: .seconds(120)) { try await engine.store.snapshot().batch.count == 100 })
        try await engine.flush()
        #expect(try await engine.store.contents == store.contents)
        _ = await engine.drain(within: .seconds(5))
    }

    @Test func `events that come while their trace is read are kept`() async throws {
        let store = try await Self.filled(traces: 5, pages: 1)
        let box = Mutex<IngestEngine?>(nil)
        let sent = Atomic<Int>(0)
        let pages = Atomic<Int>(0)
        store.setRecentPages(of: 1) { page in
            // The start waits for the first page; the others come when there is an engine.
            if pages.add(1, ordering: .relaxed).oldValue == 0 { return }
            _ = try? await eventually(within: .seconds(120)) { box.withLock { $0 } != nil }
            guard let engine = box.withLock({ $0 }), let trace = page.records.first?.summary.id.low else { return }
            let first = 1_000 + 10 * Int(trace)
            let batch = Sample.batch(trace: Int(trace), events: first..<(first + 5))
            if (try? await engine.ingest(batch)) != nil { sent.add(5, ordering: .relaxed) }
            try? await engine.flush()
        }
        let engine = try await Engine.open(FaultyDirectory(), store)
        box.withLock { $0 = engine }
        #expect(try await eventually(within: .seconds(120)) { try await engine.store.snapshot().batch.count >= 50 + 5 })
        try await engine.flush()
        #expect(
            try await eventually(within: .seconds(120)) {
                try await engine.store.snapshot().batch.count == 50 + sent.load(ordering: .relaxed)
            }
        )
        #expect(try await engine.store.contents == store.contents)
        box.withLock { $0 = nil }
        _ = await engine.drain(within: .seconds(5))
    }

    @Test func `a store without room for the past serves it all the same`() async throws {
        let store = try await Self.filled(traces: 20, pages: 3)
        let engine = try await Engine.open(FaultyDirectory(), store, live: MemoryLimits(tracesMax: 4))
        for trace in 21...30 {
            try await engine.ingest(Sample.batch(trace: trace, events: (trace * 10)..<(trace * 10 + 10)))
        }
        for trace in 1...30 { #expect(try await engine.store.trace(Sample.trace(trace))?.batch.count == 10) }
        _ = await engine.drain(within: .seconds(5))
    }
}

/// When memory may say that it has all of a trace.
@Suite struct AdoptionTests {
    private static func record(_ trace: Int, events: Range<Int>) async throws -> TraceRecord {
        let store = MemoryStore()
        try await store.append(Sample.batch(trace: trace, events: events))
        return try #require(try await store.trace(Sample.trace(trace)))
    }

    @Test func `a trace that came and gave way since the durable store was read is here in part`() async throws {
        let live = MemoryStore(limits: MemoryLimits(tracesMax: 1))
        live.assumeMoreElsewhere()
        let old = try await Self.record(1, events: 0..<10)
        let moment = live.moment()
        try await live.append(Sample.batch(trace: 1, events: 10..<20))
        try await live.append(Sample.batch(trace: 2, events: 20..<30))
        live.adopt(old, asOf: moment)
        #expect(live.isWhole(Sample.trace(1)) == false)
        // What is read now has everything.
        live.adopt(try await Self.record(1, events: 0..<20), asOf: live.moment(of: Sample.trace(1)))
        #expect(live.isWhole(Sample.trace(1)) == true)
        #expect(try await live.trace(Sample.trace(1))?.batch.count == 20)
    }

    @Test func `other traces that give way prove nothing against a trace that stayed`() async throws {
        let live = MemoryStore(limits: MemoryLimits(tracesMax: 2))
        live.assumeMoreElsewhere()
        for trace in 1...2 {
            try await live.append(Sample.batch(trace: trace, events: (trace * 10)..<(trace * 10 + 5)))
        }
        let moment = live.moment(of: Sample.trace(2))
        try await live.append(Sample.batch(trace: 3, events: 30..<35))
        #expect(live.evictedTraces == 1)
        live.adopt(try await Self.record(2, events: 20..<30), asOf: moment)
        #expect(live.isWhole(Sample.trace(2)) == true)
    }

    @Test func `a trace that does not fit is here in part`() async throws {
        let live = MemoryStore(limits: MemoryLimits(eventsMax: 5))
        live.adopt(try await Self.record(1, events: 0..<10), asOf: live.moment())
        #expect(live.isWhole(Sample.trace(1)) == false)
    }
}
