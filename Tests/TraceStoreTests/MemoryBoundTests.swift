import Testing
import TraceModel
import TraceStore

@Suite struct MemoryBoundTests {
    @Test func `the traces that were appended to longest ago are forgotten and counted`() async throws {
        let store = MemoryStore(limits: MemoryLimits(tracesMax: 3))
        for trace in 1...3 { try await store.append(Sample.batch(trace: trace, events: 1...trace)) }
        // Trace 1 is touched again, so trace 2 is the oldest now.
        try await store.append(Sample.batch(trace: 1, events: [9]))
        try await store.append(Sample.batch(trace: 4, events: [1]))
        let left = try await store.summaries(TraceQuery()).traces.map(\.id.low).sorted()
        #expect(left == [1, 3, 4])
        let counts = try await store.counts()
        #expect(counts.traces == 3)
        #expect(counts.events == 2 + 3 + 1)
        #expect(counts.evictedTraces == 1)
        #expect(counts.evictedEvents == 2)
    }

    @Test func `a timestamp in the future keeps no trace alive`() async throws {
        let store = MemoryStore(limits: MemoryLimits(tracesMax: 2))
        try await store.append(Sample.batch(trace: 1, events: [1]) { event, _ in event.timestamp = .max })
        for trace in 2...3 { try await store.append(Sample.batch(trace: trace, events: [1])) }
        #expect(try await store.summary(of: Sample.trace(1)) == nil)
    }

    @Test func `events are bounded whatever their traces`() async throws {
        let store = MemoryStore(limits: MemoryLimits(eventsMax: 100))
        for trace in 1...50 {
            try await store.append(Sample.batch(trace: trace, events: 0..<10))
            #expect(try await store.counts().events <= 100)
        }
        let counts = try await store.counts()
        #expect(counts.events + counts.evictedEvents == 500)
        #expect(try await store.summary(of: Sample.trace(50)) != nil)
    }

    @Test func `one trace larger than the store keeps its beginning and refuses the rest`() async throws {
        let store = MemoryStore(limits: MemoryLimits(eventsMax: 100))
        try await store.append(Sample.batch(trace: 1, events: 0..<10))
        let receipt = try await store.append(Sample.batch(trace: 2, events: 0..<250))
        #expect(receipt.stored == 100)
        #expect(receipt.refused == 150)
        #expect(try await store.counts().events == 100)
        #expect(try await store.counts().refusedEvents == 150)
        #expect(try await store.summary(of: Sample.trace(1)) == nil)
        // Duplicates are still recognised.
        #expect(try await store.append(Sample.batch(trace: 2, events: 0..<10)).duplicates == 10)
    }

    @Test func `bytes are bounded`() async throws {
        let store = MemoryStore(limits: MemoryLimits(bytesMax: 1 << 20))
        for trace in 1...200 {
            try await store.append(
                Sample.batch(trace: trace, events: 0..<10) { event, batch in
                    event.metadataPayload = batch.appendPayload([UInt8](repeating: 0x20, count: 5_000))
                }
            )
            #expect(try await store.counts().bytes <= 1 << 20)
        }
        let counts = try await store.counts()
        #expect(counts.evictedTraces > 150)
        #expect(counts.events == counts.traces * 10)
    }

    @Test func `an emptied store accounts for nothing`() async throws {
        let store = MemoryStore(limits: MemoryLimits(tracesMax: 1))
        try await store.append(Sample.batch(trace: 1, events: 0..<5_000))
        try await store.append(Sample.batch(trace: 2, events: [1]))
        let small = MemoryStore()
        try await small.append(Sample.batch(trace: 2, events: [1]))
        // The allocator decides how much room an array gets, so two equal traces may differ a little.
        let difference = try await store.counts().bytes - small.counts().bytes
        #expect(difference.magnitude < 2_048)
    }

    @Test func `appending to one trace for long does not crowd out the others`() async throws {
        let store = MemoryStore(limits: MemoryLimits(tracesMax: 10))
        for trace in 1...10 { try await store.append(Sample.batch(trace: trace, events: [0])) }
        for round in 1...2_000 {
            try await store.append(Sample.batch(trace: 1 + round % 10, events: [round]))
        }
        let counts = try await store.counts()
        #expect(counts.traces == 10)
        #expect(counts.evictedTraces == 0)
        #expect(counts.events == 2_010)
    }
}
