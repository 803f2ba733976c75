import HTTPTypes
import Synchronization
import Testing
import TraceStore

@testable import RacewayServer

/// Holds what an analysis reads for as long as a test wants.
private final class Hold: Sendable {
    private let isHeld = Mutex(false)
    private let begun = Mutex(0)

    func hold(_ held: Bool) { isHeld.withLock { $0 = held } }
    /// Analyses that began.
    var analyses: Int { begun.withLock { $0 } }

    func wait() async {
        begun.withLock { $0 += 1 }
        while isHeld.withLock({ $0 }) { await Task.yield() }
    }

    var store: HookedStore { HookedStore(beforeSnapshot: { await self.wait() }) }
}

/// Where the analysis of everything takes long, nobody waits for the next one.
@Suite(.timeLimit(.minutes(2))) struct `Answers of a large store` {
    /// A server that waits for analyses for longer than a test may take, but for stores from a size on.
    private static func server(_ store: HookedStore, eventsMin: Int, analysisMin: Duration = .zero) -> TestServer {
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
        let hold = Hold()
        let store = hold.store
        let server = Self.server(store, eventsMin: 1)
        try await server.post(Fixture.transfer())
        let first = try await server.get("/api/races")
        let revision = try #require(try first.json["revision"].integer)
        #expect(try first.json["races"].count == 1)

        hold.hold(true)
        try await server.post(Fixture.transfer(trace: Fixture.id(1)))
        let analyses = hold.analyses
        for path in ["/api/races", "/api/deadlocks", "/api/anomalies", "/api/variables"] {
            let stale = try await server.get(path)
            #expect(stale.status == 200)
            #expect(try stale.json["revision"].integer == revision, "\(path)")
        }
        #expect(try await server.get("/api/analyze/global").status == 200)
        // The newest event is in the store, and somebody asked: the next analysis is under way.
        #expect(try await store.counts().revision > UInt64(revision))
        #expect(try await server.get("/api/races", headers: [.ifNoneMatch: first.headers[.eTag] ?? ""]).status == 304)
        while hold.analyses == analyses { await Task.yield() }

        hold.hold(false)
        while try await server.get("/api/races").json["revision"].integer == revision { await Task.yield() }
        #expect(try await server.get("/api/races").headers[.eTag] != first.headers[.eTag])
    }

    @Test func `of a small one, or one that is analysed fast, wait for the newest events`() async throws {
        for (events, analysis) in [(1_000_000, Duration.zero), (1, .seconds(1_000))] {
            let hold = Hold()
            let server = Self.server(hold.store, eventsMin: events, analysisMin: analysis)
            try await server.post(Fixture.transfer())
            let before = try #require(try await server.get("/api/races").json["revision"].integer)
            hold.hold(true)
            try await server.post(Fixture.transfer(trace: Fixture.id(1)))
            let analyses = hold.analyses
            async let answer = server.get("/api/races").json["revision"].integer
            while hold.analyses == analyses { await Task.yield() }
            hold.hold(false)
            #expect(try #require(try await answer) > before)
        }
    }

    @Test func `the bounds are a hundred thousand events and a second`() {
        let limits = ServerLimits()
        #expect(limits.staleEventsMin == 100_000 && limits.staleAnalysisMin == .seconds(1))
    }
}
