import Synchronization
import Testing
import TraceModel
import TraceStore

@testable import RacewayServer

/// A store whose contents cannot be read for an analysis while somebody holds them.
private final class HeldStore: TraceStore {
    private let base = MemoryStore()
    private let isHeld = Mutex(false)
    private let begun = Mutex(0)

    func hold(_ held: Bool) { isHeld.withLock { $0 = held } }
    /// Analyses that began.
    var analyses: Int { begun.withLock { $0 } }

    var capabilities: StoreCapabilities { base.capabilities }
    func append(_ batch: EventBatch) async throws(StoreError) -> AppendReceipt { try await base.append(batch) }
    func trace(_ id: TraceID) async throws(StoreError) -> TraceRecord? { try await base.trace(id) }
    func summary(of id: TraceID) async throws(StoreError) -> TraceSummary? { try await base.summary(of: id) }
    func summaries(_ query: TraceQuery) async throws(StoreError) -> TracePage { try await base.summaries(query) }
    func services(activeSince moment: Int64) async throws(StoreError) -> [ServiceSummary] {
        try await base.services(activeSince: moment)
    }
    func counts() async throws(StoreError) -> StoreCounts { try await base.counts() }
    func snapshot() async throws(StoreError) -> StoreSnapshot {
        begun.withLock { $0 += 1 }
        while isHeld.withLock({ $0 }) { await Task.yield() }
        return try await base.snapshot()
    }
}

/// Where the analysis of everything takes long, nobody waits for the next one.
@Suite(.timeLimit(.minutes(2))) struct `Answers of a large store` {
    /// A server that waits for analyses for longer than a test may take, but for stores from a size on.
    private static func server(_ store: HeldStore, eventsMin: Int, analysisMin: Duration = .zero) -> TestServer {
        var limits = ServerLimits()
        limits.analysisWait = .seconds(600)
        limits.globalWaitOfTrace = .seconds(600)
        limits.staleEventsMin = eventsMin
        limits.staleAnalysisMin = analysisMin
        return TestServer(
            RacewayApplication(
                configuration: ServerConfiguration(limits: limits),
                store: store,
                logger: TestServer.silent
            )
        )
    }

    @Test func `come from the last analysis at once, say of which revision they are, and are renewed`() async throws {
        let store = HeldStore()
        let server = Self.server(store, eventsMin: 1)
        try await server.post(Fixture.transfer())
        let first = try await server.get("/api/races")
        let revision = try #require(try first.json["revision"].integer)
        #expect(try first.json["races"].count == 1)

        store.hold(true)
        try await server.post(Fixture.transfer(trace: Fixture.id(1)))
        let analyses = store.analyses
        for path in ["/api/races", "/api/deadlocks", "/api/anomalies", "/api/variables"] {
            let stale = try await server.get(path)
            #expect(stale.status == 200)
            #expect(try stale.json["revision"].integer == revision, "\(path)")
        }
        #expect(try await server.get("/api/analyze/global").status == 200)
        // The newest event is in the store, and somebody asked: the next analysis is under way.
        #expect(try await store.counts().revision > UInt64(revision))
        #expect(try await server.get("/api/races", headers: [.ifNoneMatch: first.headers[.eTag] ?? ""]).status == 304)
        while store.analyses == analyses { await Task.yield() }

        store.hold(false)
        while try await server.get("/api/races").json["revision"].integer == revision { await Task.yield() }
        #expect(try await server.get("/api/races").headers[.eTag] != first.headers[.eTag])
    }

    @Test func `of a small one, or one that is analysed fast, wait for the newest events`() async throws {
        for (events, analysis) in [(1_000_000, Duration.zero), (1, .seconds(1_000))] {
            let store = HeldStore()
            let server = Self.server(store, eventsMin: events, analysisMin: analysis)
            try await server.post(Fixture.transfer())
            let before = try #require(try await server.get("/api/races").json["revision"].integer)
            store.hold(true)
            try await server.post(Fixture.transfer(trace: Fixture.id(1)))
            let analyses = store.analyses
            async let answer = server.get("/api/races").json["revision"].integer
            while store.analyses == analyses { await Task.yield() }
            store.hold(false)
            #expect(try #require(try await answer) > before)
        }
    }

    @Test func `the bounds are a hundred thousand events and a second`() {
        let limits = ServerLimits()
        #expect(limits.staleEventsMin == 100_000 && limits.staleAnalysisMin == .seconds(1))
    }
}
