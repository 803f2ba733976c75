import IngestEngine
import Testing
import TraceModel
import TraceStore

@Suite(.timeLimit(.minutes(2))) struct DurableEngineTests {
    static func options(
        partitions: Int = 2,
        parallelism: Int = 2,
        batchSize: Int = 50,
        admission: AdmissionLimits = AdmissionLimits(timeout: .seconds(30)),
        log: LogOptions = LogOptions(segmentBytes: 64 << 10, bytesMax: 1 << 20)
    ) -> IngestOptions {
        IngestOptions(
            admission: admission,
            parallelism: parallelism,
            batchSize: batchSize,
            flushInterval: .milliseconds(5),
            partitions: partitions,
            retryInitial: .milliseconds(1),
            retryMax: .milliseconds(20),
            log: log
        )
    }

    static func open(
        _ directory: FaultyDirectory,
        _ store: FakeDurableStore?,
        _ options: IngestOptions = options(),
        live: MemoryLimits = MemoryLimits()
    ) async throws -> IngestEngine {
        try await IngestEngine.open(directory: directory, holding: nil, durable: store, live: live, options: options)
    }

    /// What a store holds that was given the same batches and nothing happened.
    static func expected(_ batches: [EventBatch]) async throws -> [String] {
        let store = MemoryStore()
        for batch in batches { try await store.append(batch) }
        return try await store.contents
    }

    static func batches(_ count: Int, traces: Int = 7) -> [EventBatch] {
        (0..<count).map { number in
            var batch = Sample.batch(trace: number % traces, events: (number * 10)..<(number * 10 + 6))
            Sample.add(to: &batch, trace: (number + 3) % traces, events: (number * 10 + 6)..<(number * 10 + 10))
            return batch
        }
    }

    @Test func `what is acknowledged is visible at once and comes into the store`() async throws {
        let store = FakeDurableStore()
        let engine = try await Self.open(FaultyDirectory(), store)
        let batches = Self.batches(40)
        for (index, batch) in batches.enumerated() {
            try await engine.ingest(batch)
            let trace = try await engine.store.trace(batch.traces[0])
            #expect(trace?.batch.ids.contains(batch.ids[0]) == true)
            #expect(try await engine.store.counts().events == (index + 1) * 10)
        }
        try await engine.flush()
        #expect(try await store.contents == Self.expected(batches))
        #expect(try await engine.store.contents == Self.expected(batches))
        #expect(engine.totals.stored == 400)
        #expect(engine.totals.inFlight == 0)
        #expect(engine.totals.isBalanced)
        #expect(await engine.drain(within: .seconds(10)).pendingEvents == 0)
    }

    @Test(arguments: [1, 2, 8]) func `the number of lanes and partitions changes nothing`(count: Int) async throws {
        let store = FakeDurableStore()
        let engine = try await Self.open(
            FaultyDirectory(),
            store,
            Self.options(partitions: count, parallelism: count, batchSize: 500)
        )
        let big = (0..<6).map { number in
            var batch = EventBatch()
            for trace in 0..<20 { Sample.add(to: &batch, trace: trace, events: (number * 100)..<(number * 100 + 50)) }
            return batch
        }
        for batch in big { try await engine.ingest(batch) }
        let live = try await engine.store.snapshot().batch.described
        let alone = MemoryStore()
        for batch in big { try await alone.append(batch) }
        #expect(try await live == alone.snapshot().batch.described)
        try await engine.flush()
        #expect(try await store.contents == Self.expected(big))
        #expect(engine.totals.isBalanced)
    }

    @Test func `a client that sends everything three times changes only counters`() async throws {
        let store = FakeDurableStore()
        let engine = try await Self.open(FaultyDirectory(), store)
        let batches = Self.batches(20)
        for _ in 0..<3 {
            for batch in batches { try await engine.ingest(batch) }
        }
        try await engine.flush()
        #expect(try await store.contents == Self.expected(batches))
        let totals = engine.totals
        #expect(totals.offered == 600)
        #expect(totals.stored == 200)
        #expect(totals.duplicates == 400)
        #expect(totals.isBalanced)
    }

    @Test func `a store that is away for a while is seen by nobody`() async throws {
        let store = FakeDurableStore()
        let engine = try await Self.open(FaultyDirectory(), store)
        store.setDown(true)
        let batches = Self.batches(50)
        for batch in batches { try await engine.ingest(batch) }
        #expect(try await eventually { engine.readiness.findings.contains { $0.condition == .storeUnavailable } })
        #expect(engine.readiness.isReady)
        #expect(engine.totals.inFlight == 500)
        #expect(try await engine.store.trace(Sample.trace(1)) != nil)
        #expect(try await engine.store.counts().events == 500)
        #expect(engine.totals.isBalanced)
        store.setDown(false)
        try await engine.flush()
        #expect(engine.readiness.findings.isEmpty)
        #expect(try await store.contents == Self.expected(batches))
        #expect(engine.totals.isBalanced)
    }

    @Test func `a commit whose answer was lost is not done twice`() async throws {
        let store = FakeDurableStore()
        let engine = try await Self.open(FaultyDirectory(), store, Self.options(partitions: 1))
        store.inject(.answerLost, .unavailable, .answerLost, .full)
        let batches = Self.batches(30)
        for batch in batches { try await engine.ingest(batch) }
        #expect(try await eventually { engine.totals.inFlight == 0 })
        #expect(try await store.contents == Self.expected(batches))
        #expect(engine.totals.stored == 300)
        #expect(store.flushes.reduce(0, +) == 300)
        #expect(engine.totals.isBalanced)
    }

    @Test func `a row that the store refuses goes to the dead letters, its neighbours are stored`() async throws {
        let store = FakeDurableStore()
        store.refusePoison()
        let directory = FaultyDirectory()
        let engine = try await Self.open(directory, store, Self.options(partitions: 1, batchSize: 1_000))
        let batch = Sample.batch(events: 0..<100, poison: [13, 77])
        try await engine.ingest(batch)
        try await engine.flush()
        let totals = engine.totals
        #expect(totals.deadLettered == 2)
        #expect(totals.stored == 98)
        #expect(totals.isBalanced)
        let letters = String(decoding: directory.files["deadletter.jsonl"] ?? [], as: UTF8.self)
        #expect(letters.split(separator: "\n").count == 2)
        #expect(letters.contains(Sample.id(13).description))
        #expect(letters.contains("\"reason\":\"poison\""))
        // The log is let go of all the same, and what follows is stored.
        try await engine.ingest(Sample.batch(events: 200..<210))
        try await engine.flush()
        #expect(engine.totals.stored == 108)
    }

    @Test func `a log that another process took over takes nothing more`() async throws {
        let store = FakeDurableStore()
        let engine = try await Self.open(FaultyDirectory(), store)
        store.fence()
        try await engine.ingest(Sample.batch(events: 0..<10))
        #expect(try await eventually { !engine.readiness.isReady })
        #expect(engine.readiness.findings.first?.condition == .fenced)
        let refusal = await #expect(throws: IngestRefusal.self) {
            try await engine.ingest(Sample.batch(events: 10..<20))
        }
        #expect(refusal?.code == .fenced)
        #expect(engine.totals.isBalanced)
    }

    @Test func `at the log's limit requests are refused with nothing enqueued, and taken again when the store is back`()
        async throws
    {
        let store = FakeDurableStore()
        let options = Self.options(
            admission: AdmissionLimits(timeout: .milliseconds(30)),
            log: LogOptions(segmentBytes: 8 << 10, bytesMax: 32 << 10)
        )
        let engine = try await Self.open(FaultyDirectory(), store, options)
        store.setDown(true)
        let batches = Self.batches(200)
        var acknowledged: [EventBatch] = []
        var refusal: IngestRefusal?
        for batch in batches {
            do {
                try await engine.ingest(batch)
                acknowledged.append(batch)
            } catch { refusal = error }
            #expect(engine.totals.isBalanced)
            if engine.readiness.findings.contains(where: { $0.condition == .logFull && $0.refuses }) { break }
        }
        #expect(refusal?.code == .overloaded)
        #expect(refusal?.retryAfterSeconds == 1)
        // A smaller batch would fit what is left, and nobody waits any more: several probes later it is still said.
        for number in 0..<5 {
            await #expect(throws: IngestRefusal.self) {
                try await engine.ingest(Sample.batch(trace: 99, events: (90_000 + number)..<(90_001 + number)))
            }
            #expect(engine.readiness.findings.contains { $0.condition == .logFull })
            try await Task.sleep(for: .milliseconds(60))
            #expect(engine.readiness.findings.contains { $0.condition == .logFull })
        }
        #expect(acknowledged.count < batches.count)
        #expect(engine.totals.inFlight == acknowledged.count * 10)
        store.setDown(false)
        try await engine.flush()
        #expect(try await eventually { engine.readiness.isReady })
        #expect(try await store.contents == Self.expected(acknowledged))
        // What a client does: it sends again what was refused.
        for batch in batches {
            #expect(try await eventually { (try? await engine.ingest(batch)) != nil })
        }
        try await engine.flush()
        #expect(try await store.contents == Self.expected(batches))
        #expect(engine.totals.isBalanced)
    }

    @Test func `a disk that is full refuses, and takes again without a restart`() async throws {
        let store = FakeDurableStore()
        let directory = FaultyDirectory()
        let options = Self.options(
            admission: AdmissionLimits(timeout: .milliseconds(20)),
            log: LogOptions(segmentBytes: 4_096, bytesMax: 1 << 20)
        )
        let engine = try await Self.open(directory, store, options)
        directory.limit(bytes: 4_200)
        store.setDown(true)
        var acknowledged: [EventBatch] = []
        for batch in Self.batches(30) where (try? await engine.ingest(batch)) != nil {
            acknowledged.append(batch)
        }
        #expect(acknowledged.count < 30)
        #expect(engine.readiness.findings.contains { $0.condition == .diskFull && $0.refuses })
        directory.limit(bytes: .max)
        #expect(try await eventually { engine.readiness.isReady })
        store.setDown(false)
        let more = Sample.batch(trace: 50, events: 1...10)
        #expect(try await eventually { (try? await engine.ingest(more)) != nil })
        try await engine.flush()
        #expect(try await store.contents == Self.expected(acknowledged + [more]))
        #expect(engine.totals.isBalanced)
    }

    @Test func `what memory forgets is read from the store, and late events find the rest of their trace`() async throws
    {
        let store = FakeDurableStore()
        let engine = try await Self.open(FaultyDirectory(), store, live: MemoryLimits(eventsMax: 100))
        for trace in 1...20 {
            try await engine.ingest(Sample.batch(trace: trace, events: 0..<20))
            try await engine.flush()
        }
        #expect(try await engine.store.trace(Sample.trace(1))?.batch.count == 20)
        #expect(try await engine.store.counts().events == 400)
        try await engine.ingest(Sample.batch(trace: 1, events: 20..<25))
        #expect(try await engine.store.trace(Sample.trace(1))?.batch.count == 25)
        #expect(try await engine.store.summary(of: Sample.trace(1))?.eventCount == 25)
        #expect(try await engine.store.summaries(TraceQuery()).total == 20)
        let snapshot = try await engine.store.snapshot()
        #expect(snapshot.batch.count <= 125)
        #expect(snapshot.counts.evictedEvents == 405 - snapshot.batch.count)
    }

    @Test func `draining stores everything and refuses what comes later`() async throws {
        let store = FakeDurableStore()
        let options = Self.options(batchSize: 100_000)
        let engine = try await Self.open(FaultyDirectory(), store, options)
        try await engine.ingest(Sample.batch(events: 0..<10))
        let report = await engine.drain(within: .seconds(10))
        #expect(report.pendingEvents == 0)
        #expect(engine.totals.stored == 10)
        #expect(engine.readiness.findings.first?.condition == .draining)
        let refusal = await #expect(throws: IngestRefusal.self) {
            try await engine.ingest(Sample.batch(events: 10..<20))
        }
        #expect(refusal?.code == .draining)
        #expect(engine.totals.isBalanced)
    }
}
