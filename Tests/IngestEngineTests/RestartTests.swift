import FoundationEssentials
import IngestEngine
import Testing
import TraceModel
import TraceStore

/// What the next process makes of what this one left, wherever it was killed.
@Suite(.timeLimit(.minutes(3))) struct RestartTests {
    typealias Engine = DurableEngineTests

    @Test func `killed after any acknowledgement, everything acknowledged is in the store exactly once`() async throws {
        let batches = Engine.batches(30)
        for kill in stride(from: 1, through: 30, by: 3) {
            let store = FakeDurableStore()
            let directory = FaultyDirectory()
            let engine = try await Engine.open(directory, store)
            // The store takes some of it and not the rest.
            for (index, batch) in batches.prefix(kill).enumerated() {
                if index == kill / 2 {
                    try await engine.flush()
                    store.setDown(true)
                }
                try await engine.ingest(batch)
            }
            let left = directory.durableFiles
            store.setDown(false)
            // The killed process lives on as a zombie while the next one starts: only the store's position keeps them apart.
            let next = try await Engine.open(FaultyDirectory(files: left), store)
            #expect(try await next.store.contents == Engine.expected(Array(batches.prefix(kill))))
            try await next.flush()
            _ = await engine.drain(within: .milliseconds(50))
            #expect(try await store.contents == Engine.expected(Array(batches.prefix(kill))))
            #expect(next.totals.isBalanced)
            #expect(next.recovery.isClean)
            #expect(next.totals.recovered <= kill * 10)
            for batch in batches { try await next.ingest(batch) }
            try await next.flush()
            #expect(try await store.contents == Engine.expected(batches))
            #expect(next.totals.isBalanced)
        }
    }

    @Test func `a zombie that wakes up after the next process began cannot store anything`() async throws {
        let store = FakeDurableStore()
        let directory = FaultyDirectory()
        let zombie = try await Engine.open(directory, store, Engine.options(partitions: 1))
        try await zombie.ingest(Sample.batch(events: 0..<10))
        try await zombie.flush()
        let next = try await Engine.open(
            FaultyDirectory(files: directory.durableFiles),
            store,
            Engine.options(partitions: 1)
        )
        try await next.ingest(Sample.batch(events: 10..<20))
        try await next.flush()
        try await zombie.ingest(Sample.batch(trace: 5, events: 20..<30))
        #expect(try await eventually { !zombie.readiness.isReady })
        #expect(try await store.trace(Sample.trace(5)) == nil)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `whatever fails and whenever it is killed, acknowledged means stored once`(
        seed: UInt64
    ) async throws {
        var random = SplitMix(seed)
        let store = FakeDurableStore()
        var directory = FaultyDirectory()
        let options = Engine.options(
            admission: AdmissionLimits(timeout: .milliseconds(20)),
            log: LogOptions(segmentBytes: 8 << 10, bytesMax: 128 << 10)
        )
        var engine = try await Engine.open(directory, store, options)
        let batches = Engine.batches(120)
        var acknowledged: Set<Int> = []
        for (index, batch) in batches.enumerated() {
            switch Int.random(in: 0..<14, using: &random) {
            case 0: store.inject(.answerLost)
            case 1: store.inject(.unavailable, .answerLost)
            case 2: store.setDown(Bool.random(using: &random))
            case 3: directory.inject(.sync)
            case 4: directory.inject(.write(percent: 30))
            case 5:
                let left = directory.durableFiles
                store.setDown(true)
                _ = await engine.drain(within: .zero)
                store.setDown(false)
                directory = FaultyDirectory(files: left)
                engine = try await Engine.open(directory, store, options)
            case 6: try? await engine.flush(within: .milliseconds(50))
            default: break
            }
            for _ in 0..<Int.random(in: 1...3, using: &random)
            where (try? await engine.ingest(batch)) != nil { acknowledged.insert(index) }
            #expect(engine.totals.isBalanced)
        }
        store.setDown(false)
        // Failures that are still to come are dealt with like all others.
        #expect(try await eventually { engine.totals.inFlight == 0 })
        let stored = Set(try await store.contents)
        let acked = try await Engine.expected(acknowledged.sorted().map { batches[$0] })
        #expect(Set(acked).isSubset(of: stored))
        // What was refused may have been written all the same; nothing else may be there.
        #expect(stored.isSubset(of: Set(try await Engine.expected(batches))))
        #expect(try await store.contents.count == stored.count)
        #expect(acknowledged.count > 60)
        #expect(engine.totals.isBalanced)
    }

    @Test func `with another number of partitions nothing is lost and nothing is there twice`() async throws {
        let store = FakeDurableStore()
        var directory = FaultyDirectory()
        let batches = Engine.batches(40)
        for (round, partitions) in [1, 4, 2, 8].enumerated() {
            let engine = try await Engine.open(directory, store, Engine.options(partitions: partitions))
            for batch in batches[(round * 10)..<(round * 10 + 10)] { try await engine.ingest(batch) }
            directory = FaultyDirectory(files: directory.durableFiles)
            _ = await engine.drain(within: .seconds(5))
        }
        #expect(try await store.contents == Engine.expected(batches))
    }

    @Test func `segments that vanish before they are stored are counted, those that were stored are not`() async throws
    {
        let options = Engine.options(
            partitions: 1,
            log: LogOptions(segmentBytes: 8 << 10, bytesMax: 1 << 20, sparesMax: 0)
        )
        let store = FakeDurableStore()
        let directory = FaultyDirectory()
        let engine = try await Engine.open(directory, store, options)
        try await engine.ingest(Sample.batch(events: 0..<10))
        try await engine.flush()
        store.setDown(true)
        for batch in Engine.batches(40) { try await engine.ingest(batch) }
        var left = directory.durableFiles
        store.setDown(false)
        let whole = try await Engine.open(FaultyDirectory(files: left), store, options)
        #expect(whole.recovery.isClean)
        try await whole.flush()
        // Another number of partitions does not know these positions by their name.
        let parted = try await Engine.open(FaultyDirectory(files: left), store, Engine.options(partitions: 2))
        #expect(parted.recovery.isClean)
        let segments = left.keys.filter { $0.hasSuffix(".seg") }.sorted()
        #expect(segments.count > 3)
        for segment in segments.prefix(2) { left[segment] = nil }
        let empty = FakeDurableStore()
        let robbed = try await Engine.open(FaultyDirectory(files: left), empty, options)
        #expect(robbed.recovery.lostRecords > 0)
        try await robbed.flush()
        #expect(try await empty.counts().events > 0)
        #expect(try await Engine.open(FaultyDirectory(files: left), store, options).recovery.isClean)
    }

    @Test func `rows that memory has no room for are read from the log again`() async throws {
        let store = FakeDurableStore()
        var options = Engine.options()
        options.pendingBytesMax = 0
        let engine = try await Engine.open(FaultyDirectory(), store, options)
        store.setDown(true)
        let batches = Engine.batches(60)
        for batch in batches + batches { try await engine.ingest(batch) }
        store.setDown(false)
        try await engine.flush()
        #expect(try await store.contents == Engine.expected(batches))
        #expect(engine.totals.lost == 0)
        #expect(engine.totals.isBalanced)
    }

    @Test func `memory with a log is the same after a restart, as far as the log reaches`() async throws {
        let directory = FaultyDirectory()
        let options = Engine.options(log: LogOptions(segmentBytes: 16 << 10, bytesMax: 64 << 10))
        let engine = try await Engine.open(directory, nil, options)
        let batches = Engine.batches(8)
        for batch in batches { try await engine.ingest(batch) }
        let next = try await Engine.open(FaultyDirectory(files: directory.durableFiles), nil, options)
        #expect(try await next.store.contents == Engine.expected(batches))
        #expect(next.totals.recovered == 80)
        #expect(next.totals.isBalanced)
        // A ring never refuses.
        for number in 0..<300 { try await next.ingest(Sample.batch(trace: number, events: 0..<10)) }
        #expect(next.totals.isBalanced)
        #expect(next.gauges.logBytes <= 64 << 10)
    }

    @Test func `a second process is told that the log is in use`() async throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let engine = try await IngestEngine.open(logPath: path, durable: nil)
        let error = await #expect(throws: OpeningError.self) {
            try await IngestEngine.open(logPath: path, durable: nil)
        }
        guard case .log(let log) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(log.code == .inUse)
        #expect(log.message.contains("another process"))
        try await engine.ingest(Sample.batch(events: 0..<10))
        _ = await engine.drain(within: .seconds(1))
    }

    @Test func `real files hold what was acknowledged`() async throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let store = FakeDurableStore()
        let batches = Engine.batches(50)
        store.setDown(false)
        do {
            let engine = try await IngestEngine.open(logPath: path, durable: store, options: Engine.options())
            store.setDown(true)
            for batch in batches { try await engine.ingest(batch) }
            _ = await engine.drain(within: .zero)
        }
        store.setDown(false)
        // The lock goes with the last task that holds the engine.
        var next: IngestEngine?
        _ = try await eventually {
            next = try? await IngestEngine.open(logPath: path, durable: store, options: Engine.options())
            return next != nil
        }
        try await #require(next).flush()
        #expect(try await store.contents == Engine.expected(batches))
    }
}
