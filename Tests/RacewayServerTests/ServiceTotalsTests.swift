import Synchronization
import Testing
import TraceModel
import TraceStore

@testable import RacewayServer

/// A store that counts how often its services were added up.
private final class AddingStore: TraceStore {
    private let base = MemoryStore()
    private let count = Mutex(0)
    private let broken = Mutex(false)

    var additions: Int { count.withLock { $0 } }
    var capabilities: StoreCapabilities { base.capabilities }

    func breakDown(_ isBroken: Bool) { broken.withLock { $0 = isBroken } }

    func append(_ batch: EventBatch) async throws(StoreError) -> AppendReceipt { try await base.append(batch) }
    func trace(_ id: TraceID) async throws(StoreError) -> TraceRecord? { try await base.trace(id) }
    func summary(of id: TraceID) async throws(StoreError) -> TraceSummary? { try await base.summary(of: id) }
    func summaries(_ query: TraceQuery) async throws(StoreError) -> TracePage { try await base.summaries(query) }
    func services(activeSince moment: Int64) async throws(StoreError) -> [ServiceSummary] {
        count.withLock { $0 += 1 }
        guard !broken.withLock({ $0 }) else { throw StoreError(.unavailable, "away") }
        return try await base.services(activeSince: moment)
    }
    func counts() async throws(StoreError) -> StoreCounts { try await base.counts() }
    func snapshot() async throws(StoreError) -> StoreSnapshot { try await base.snapshot() }
}

@Suite struct `Sums over all services` {
    private let store = AddingStore()

    /// One event of a service in a trace of its own.
    private func add(_ service: String, at moment: Int64) async throws {
        var batch = EventBatch()
        var event = Event()
        event.id = EventID(high: 0, low: 1)
        event.trace = TraceID(high: 1, low: UInt64(moment))
        event.timestamp = moment
        let name = batch.symbols.intern(service)
        event.process = batch.intern(ProcessKey(service: name, instance: .empty, processID: 0))
        batch.append(event)
        _ = try await store.append(batch)
    }

    @Test func `of a large store are the last ones while newer ones are made, and then the newer ones`() async throws {
        let totals = ServiceTotals(store, eventsMin: 2, costMin: .zero)
        try await add("web", at: 10)
        #expect(try await totals.recent(activeSince: .min).services.map(\.traceCount) == [1])
        try await add("web", at: 20)
        let late = try await totals.recent(activeSince: .min)
        #expect(late.services.map(\.traceCount) == [1] && late.age > .zero)
        // Who wants all of it waits for it.
        #expect(try await totals.services(activeSince: .min).map(\.traceCount) == [2])
        #expect(try await totals.recent(activeSince: .min).age == .zero)
        try await add("web", at: 30)
        while try await totals.recent(activeSince: .min).services[0].traceCount < 3 { await Task.yield() }
        #expect(store.additions == 3)
    }

    @Test func `of a small store, or made fast, are never behind`() async throws {
        for totals in [
            ServiceTotals(store, eventsMin: 1_000, costMin: .zero),
            ServiceTotals(store, eventsMin: 1, costMin: .seconds(1_000)),
        ] {
            for moment in 1...5 {
                try await add("web", at: Int64(moment))
                let recent = try await totals.recent(activeSince: .min)
                let exact = try await store.services(activeSince: .min)
                #expect(recent.services.map(\.traceCount) == exact.map(\.traceCount) && recent.age == .zero)
            }
        }
    }

    @Test func `are made once for all who ask, and again when something changed`() async throws {
        let totals = ServiceTotals(store)
        try await add("web", at: 10)
        for _ in 0..<5 { #expect(try await totals.services(activeSince: .min).map(\.traceCount) == [1]) }
        #expect(store.additions == 1)
        try await add("web", at: 20)
        let answers = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 { group.addTask { try await totals.services(activeSince: .min)[0].traceCount } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0 == 2 })
        #expect(store.additions == 2)
    }

    @Test func `hold for a window until it passes an activity`() async throws {
        let totals = ServiceTotals(store)
        for (service, moment) in [("web", 10), ("shop", 20), ("web", 30)] as [(String, Int64)] {
            try await add(service, at: moment)
        }
        func names(_ moment: Int64) async throws -> [String] {
            let services = try await totals.services(activeSince: moment)
            #expect(services == (try await store.services(activeSince: moment)))
            return services.map { "\($0.share.name) \($0.traceCount)" }
        }
        #expect(try await names(5) == ["shop 1", "web 2"])
        let before = store.additions
        for moment in [Int64(7), 10] { #expect(try await names(moment) == ["shop 1", "web 2"]) }
        // Only the questions of this test itself.
        #expect(store.additions == before + 2)
        #expect(try await names(11) == ["shop 1", "web 1"])
        #expect(try await names(21) == ["web 1"])
        #expect(try await names(31) == [])
        for moment in [Int64(5), .min] { #expect(try await names(moment) == ["shop 1", "web 2"]) }
    }

    @Test func `fail when the store does, and are right again after it`() async throws {
        let totals = ServiceTotals(store)
        try await add("web", at: 10)
        store.breakDown(true)
        await #expect(throws: StoreError.self) { try await totals.services(activeSince: .min) }
        store.breakDown(false)
        #expect(try await totals.services(activeSince: .min).count == 1)
    }
}
