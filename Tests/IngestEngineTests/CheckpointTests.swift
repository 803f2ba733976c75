import IngestEngine
import Synchronization
import Testing
import TraceModel
import TraceStore

@Suite(.timeLimit(.minutes(2))) struct CheckpointTests {
    typealias Engine = DurableEngineTests

    private static func plan(
        _ directory: FaultyDirectory,
        compression: CheckpointCompression = .zstd,
        retainedMax: Int = 3,
        participants: [any CheckpointParticipant] = [],
        restores: Bool = true
    ) -> CheckpointPlan {
        CheckpointPlan(
            store: LocalCheckpointStore(directory: directory),
            interval: .seconds(3_600),
            compression: compression,
            retainedMax: retainedMax,
            participants: participants,
            restores: restores
        )
    }

    private static func open(
        _ log: FaultyDirectory,
        _ plan: CheckpointPlan,
        durable: FakeDurableStore? = nil
    ) async throws -> IngestEngine {
        try await IngestEngine.open(
            directory: log,
            holding: nil,
            durable: durable,
            options: Engine.options(),
            checkpoints: plan
        )
    }

    @Test(arguments: CheckpointCompression.allCases) func `memory is the same after a restart from checkpoint and log`(
        compression: CheckpointCompression
    ) async throws {
        let (log, files) = (FaultyDirectory(), FaultyDirectory())
        let engine = try await Self.open(log, Self.plan(files, compression: compression))
        let batches = Engine.batches(60)
        for (index, batch) in batches.enumerated() {
            try await engine.ingest(batch)
            if index == 10 || index == 25 || index == 40 { #expect(await engine.checkpoint()) }
        }
        let next = try await Self.open(
            FaultyDirectory(files: log.durableFiles),
            Self.plan(FaultyDirectory(files: files.durableFiles))
        )
        #expect(next.checkpointStatus?.restoredNumber == 3)
        #expect(try await next.store.contents == Engine.expected(batches))
        #expect(try await next.store.snapshot().batch.described == engine.store.snapshot().batch.described)
        #expect(next.totals.isBalanced)
        // Without the checkpoint the log alone gives the same, as long as it reaches back.
        let without = try await Self.open(FaultyDirectory(files: log.durableFiles), Self.plan(files, restores: false))
        #expect(try await without.store.contents == Engine.expected(batches))
    }

    @Test func `a damaged checkpoint is set aside and an older one used, with the log behind it`() async throws {
        let (log, files) = (FaultyDirectory(), FaultyDirectory())
        let engine = try await Self.open(log, Self.plan(files))
        let batches = Engine.batches(60)
        for (index, batch) in batches.enumerated() {
            try await engine.ingest(batch)
            if index % 20 == 19 { #expect(await engine.checkpoint()) }
        }
        var random = SplitMix(5)
        let whole = files.durableFiles
        let newest = try #require(whole.keys.max())
        for round in 0..<60 {
            var damaged = whole
            let size = try #require(whole[newest]?.count)
            if round % 3 == 0 {
                damaged[newest] = Array(whole[newest]?.prefix(Int.random(in: 0..<size, using: &random)) ?? [])
            } else {
                damaged[newest]?[Int.random(in: 0..<size, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
            }
            let directory = FaultyDirectory(files: damaged)
            let next = try await Self.open(FaultyDirectory(files: log.durableFiles), Self.plan(directory))
            #expect(next.checkpointStatus?.restoredNumber == 2)
            #expect(next.checkpointStatus?.damaged == 1)
            #expect(directory.files.keys.contains(newest + ".corrupt"))
            #expect(try await next.store.contents == Engine.expected(batches))
        }
    }

    @Test func `where one is required, every start without is refused and finds the damaged ones in their places`()
        async throws
    {
        let names = (1...2).map { "ckpt-0000000000000000000\($0).rwc" }
        let files = FaultyDirectory(files: [names[0]: [1, 2, 3], names[1]: [4, 5, 6]])
        var plan = Self.plan(files)
        plan.isRequired = true
        plan.place = "/var/checkpoints"
        for _ in 0..<2 {
            do {
                _ = try await Self.open(FaultyDirectory(), plan)
                Issue.record("the start was not refused")
            } catch OpeningError.checkpoint(let error) {
                #expect(error.isMisconfigured)
                #expect(error.message.contains("checkpoint.require is set, and of 2 checkpoints in /var/checkpoints"))
                #expect(error.message.contains("the newest: checkpoint 2"))
                #expect(error.message.hasSuffix("start once with --set checkpoint.require=false"))
            }
            #expect(files.files.keys.sorted() == names)
        }
        plan.isRequired = false
        let engine = try await Self.open(FaultyDirectory(), plan)
        #expect(engine.checkpointStatus?.damaged == 2)
        #expect(files.files.keys.sorted() == names.map { $0 + ".corrupt" })
    }

    @Test func `a store that could not be reached at the start is told, and numbered on from when it is there`()
        async throws
    {
        let files = FaultyDirectory()
        let engine = try await Self.open(FaultyDirectory(), Self.plan(files))
        for _ in 0..<2 { #expect(await engine.checkpoint()) }
        var plan = Self.plan(files)
        plan.absence = "Redis cannot be reached"
        let next = try await Self.open(FaultyDirectory(), plan, durable: FakeDurableStore())
        #expect(next.readiness.findings.map(\.condition) == [.checkpointFailed])
        #expect(next.readiness.findings.map(\.message) == ["Redis cannot be reached"])
        #expect(next.readiness.isReady)
        #expect(await next.checkpoint())
        #expect(next.checkpointStatus?.lastNumber == 3)
        #expect(next.readiness.findings.isEmpty)
    }

    @Test func `only as many as wanted are kept, numbered on from the newest`() async throws {
        let files = FaultyDirectory()
        let engine = try await Self.open(FaultyDirectory(), Self.plan(files))
        for _ in 0..<6 { #expect(await engine.checkpoint()) }
        let store = LocalCheckpointStore(directory: files)
        #expect(try await store.list().map(\.number).sorted() == [4, 5, 6])
        let next = try await Self.open(FaultyDirectory(), Self.plan(files))
        #expect(await next.checkpoint())
        #expect(next.checkpointStatus?.lastNumber == 7)
    }

    @Test func `a checkpoint that cannot be written fails alone, is told, and the next one succeeds`() async throws {
        let files = FaultyDirectory()
        let engine = try await Self.open(FaultyDirectory(), Self.plan(files))
        files.inject(.sync)
        #expect(await !engine.checkpoint())
        #expect(engine.readiness.findings.map(\.condition) == [.checkpointFailed])
        #expect(engine.readiness.isReady)
        try await engine.ingest(Sample.batch(events: 0..<10))
        #expect(await engine.checkpoint())
        #expect(engine.readiness.findings.isEmpty)
        #expect(engine.checkpointStatus?.failed == 1)
    }

    @Test func `over a durable store the report is the same with and without a checkpoint`() async throws {
        let store = FakeDurableStore()
        let (log, files) = (FaultyDirectory(), FaultyDirectory())
        let engine = try await Self.open(log, Self.plan(files), durable: store)
        let batches = Engine.batches(30)
        for batch in batches { try await engine.ingest(batch) }
        _ = await engine.drain(within: .seconds(10))
        #expect(engine.checkpointStatus?.succeeded == 1)
        let left = log.durableFiles
        let with = try await Self.open(FaultyDirectory(files: left), Self.plan(files), durable: store)
        let described = try await with.store.snapshot().batch.described
        _ = await with.drain(within: .seconds(1))
        let without = try await Self.open(
            FaultyDirectory(files: left),
            Self.plan(files, restores: false),
            durable: store
        )
        #expect(try await without.store.snapshot().batch.described == described)
        #expect(described.count == 300)
    }

    @Test func `the state of other parts is cut at the same event and comes back`() async throws {
        let (log, files) = (FaultyDirectory(), FaultyDirectory())
        let part = Part()
        let engine = try await Self.open(log, Self.plan(files, participants: [part]))
        part.value.withLock { $0 = [1, 2, 3] }
        #expect(await engine.checkpoint())
        part.value.withLock { $0 = [9] }
        let back = Part()
        _ = try await Self.open(FaultyDirectory(), Self.plan(files, participants: [back]))
        #expect(back.value.withLock { $0 } == [1, 2, 3])
    }

    @Test func `traces with dropped events are still incomplete after a restart`() async throws {
        let (log, files) = (FaultyDirectory(), FaultyDirectory())
        var options = Engine.options(admission: AdmissionLimits(policy: .dropNewest, eventsMax: 4))
        options.parallelism = 1
        let engine = try await IngestEngine.open(
            directory: log,
            holding: nil,
            durable: nil,
            options: options,
            checkpoints: Self.plan(files)
        )
        log.limit(bytes: 0)
        log.inject(.sync)
        _ = try? await engine.ingest(Sample.batch(trace: 3, events: 0..<3))
        _ = try? await engine.ingest(Sample.batch(trace: 3, events: 3..<6))
        log.limit(bytes: .max)
        let dropped = engine.incompleteTraces
        #expect(dropped.total > 0)
        #expect(await engine.checkpoint())
        let next = try await Self.open(FaultyDirectory(files: log.durableFiles), Self.plan(files))
        #expect(next.incompleteTraces == dropped)
    }

    private final class Part: CheckpointParticipant {
        let tag = "part"
        let value = Mutex<[UInt8]>([])

        func capture() -> @Sendable () -> [UInt8] {
            let copy = value.withLock { $0 }
            return { copy }
        }

        func restore(_ bytes: [UInt8]) -> Bool {
            value.withLock { $0 = bytes }
            return true
        }
    }
}
