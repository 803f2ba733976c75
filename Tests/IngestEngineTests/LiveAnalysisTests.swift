import Detectors
import IngestEngine
import Synchronization
import Testing
import TraceModel
import TraceStore

@Suite(.timeLimit(.minutes(5))) struct LiveAnalysisTests {
    private static func batch(_ events: Range<Int>, trace: Int = 1) -> EventBatch {
        var batch = EventBatch()
        for number in events {
            var event = Event()
            event.id = EventID(high: 1, low: UInt64(number))
            event.trace = TraceID(high: 1, low: UInt64(trace))
            event.timestamp = Int64(number)
            event.process = batch.intern(ProcessKey(service: .empty, instance: .empty, processID: 1))
            event.thread = batch.symbols.intern("t\(number)")
            event.kind = .stateChange
            event.operation = .write
            event.object = batch.symbols.intern("x")
            batch.append(event)
        }
        return batch
    }

    @Test func `an answer covers everything that was stored before it was asked`() async throws {
        let store = MemoryStore()
        let analysis = LiveAnalysis(store: store)
        for round in 1...5 {
            try await store.append(Self.batch((round * 10)..<(round * 10 + 10)))
            let program = try #require(try await analysis.program(waitingAtMost: .seconds(30)))
            #expect(program.counts.events == round * 10)
            #expect(program.analysis.coverage.events == round * 10)
        }
    }

    @Test func `many who ask at once share one computation`() async throws {
        let store = GatedStore()
        try await store.append(Self.batch(0..<10))
        let analysis = LiveAnalysis(store: store)
        let counts = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<20 {
                group.addTask { try? await analysis.program(waitingAtMost: .seconds(30))?.counts.events }
            }
            await store.waitUntilAsked()
            store.open()
            return await group.reduce(into: [Int?]()) { $0.append($1) }
        }
        #expect(counts.count == 20)
        #expect(counts.allSatisfy { $0 == 10 })
        #expect(store.snapshots == 1)
    }

    @Test func `events are taken while an analysis runs`() async throws {
        let store = GatedStore()
        try await store.append(Self.batch(0..<10))
        let engine = IngestEngine(store: store)
        let analysis = LiveAnalysis(store: store)
        async let waiting = analysis.program(waitingAtMost: .seconds(30))
        await store.waitUntilAsked()
        let receipt = try await engine.ingest(Self.batch(10..<20))
        #expect(receipt.stored == 10)
        store.open()
        #expect(try await waiting != nil)
    }

    @Test func `after the wait there is the last answer, and none before the first`() async throws {
        let store = GatedStore()
        try await store.append(Self.batch(0..<10))
        let analysis = LiveAnalysis(store: store)
        let impatient = try await analysis.program(waitingAtMost: .milliseconds(1))
        #expect(impatient == nil)
        store.open()
        let patient = try #require(try await analysis.program(waitingAtMost: .seconds(30)))
        store.close()
        try await store.append(Self.batch(10..<20))
        let stale = try #require(try await analysis.program(waitingAtMost: .milliseconds(1)))
        #expect(stale.counts.revision == patient.counts.revision)
        store.open()
    }

    @Test func `a trace is absent, ready, and absent again when it was forgotten`() async throws {
        let store = MemoryStore(limits: MemoryLimits(tracesMax: 1))
        let analysis = LiveAnalysis(store: store)
        func state() async throws -> String {
            switch try await analysis.trace(TraceID(high: 1, low: 1), waitingAtMost: .seconds(30)) {
            case .ready(let insight): "ready \(insight.batch.count)"
            case .absent: "absent"
            case .pending: "pending"
            }
        }
        #expect(try await state() == "absent")
        try await store.append(Self.batch(0..<3))
        #expect(try await state() == "ready 3")
        try await store.append(Self.batch(0..<1, trace: 2))
        #expect(try await state() == "absent")
    }

    @Test func `what the store forgot makes a verdict incomplete`() async throws {
        let store = MemoryStore(limits: MemoryLimits(tracesMax: 1))
        for trace in 1...3 { try await store.append(Self.batch(0..<2, trace: trace)) }
        let analysis = LiveAnalysis(store: store)
        let program = try #require(try await analysis.program(waitingAtMost: .seconds(30)))
        #expect(program.analysis.coverage.reasons[.evicted] == 4)
        #expect(!program.analysis.coverage.complete)
    }

    @Test func `stopping answers everybody who waits`() async throws {
        let store = GatedStore()
        try await store.append(Self.batch(0..<10))
        let analysis = LiveAnalysis(store: store)
        async let waiting = analysis.program(waitingAtMost: .seconds(30))
        await store.waitUntilAsked()
        analysis.stop()
        #expect(try await waiting == nil)
        store.open()
    }

    @Test func `the engine counts what became of every event`() async throws {
        let engine = IngestEngine(store: MemoryStore(limits: MemoryLimits(eventsMax: 15)))
        try await engine.ingest(Self.batch(0..<10))
        try await engine.ingest(Self.batch(5..<20))
        engine.noteUndecoded(3)
        let totals = engine.totals
        #expect(totals.offered == 25)
        #expect(totals.stored == 15)
        #expect(totals.duplicates == 5)
        #expect(totals.refused == 5)
        #expect(totals.undecoded == 3)
        #expect(totals.isBalanced)
    }
}

/// A memory store whose snapshots wait behind a gate.
private final class GatedStore: TraceStore {
    private struct State {
        var isOpen = false
        var snapshots = 0
        var passing: [CheckedContinuation<Void, Never>] = []
        var watching: [CheckedContinuation<Void, Never>] = []
    }

    private let inner = MemoryStore()
    private let state = Mutex(State())

    var capabilities: StoreCapabilities { inner.capabilities }
    var snapshots: Int { state.withLock { $0.snapshots } }

    func open() {
        let passing = state.withLock { state in
            state.isOpen = true
            defer { state.passing = [] }
            return state.passing
        }
        for continuation in passing { continuation.resume() }
    }

    func close() { state.withLock { $0.isOpen = false } }

    /// Returns when a snapshot was asked for.
    func waitUntilAsked() async {
        await withCheckedContinuation { continuation in
            let asked = state.withLock { state in
                if state.snapshots == 0 { state.watching.append(continuation) }
                return state.snapshots > 0
            }
            if asked { continuation.resume() }
        }
    }

    func snapshot() async throws(StoreError) -> StoreSnapshot {
        let watching = state.withLock { state in
            state.snapshots += 1
            defer { state.watching = [] }
            return state.watching
        }
        for continuation in watching { continuation.resume() }
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.passing.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
        return try await inner.snapshot()
    }

    @discardableResult
    func append(_ batch: EventBatch) async throws(StoreError) -> AppendReceipt { try await inner.append(batch) }
    func trace(_ id: TraceID) async throws(StoreError) -> TraceRecord? { try await inner.trace(id) }
    func summary(of id: TraceID) async throws(StoreError) -> TraceSummary? { try await inner.summary(of: id) }
    func summaries(_ query: TraceQuery) async throws(StoreError) -> TracePage { try await inner.summaries(query) }
    func services(activeSince moment: Int64) async throws(StoreError) -> [ServiceSummary] {
        try await inner.services(activeSince: moment)
    }
    func counts() async throws(StoreError) -> StoreCounts { try await inner.counts() }
}
