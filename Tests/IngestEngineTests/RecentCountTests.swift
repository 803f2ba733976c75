import Testing
import TraceModel
import TraceStore

@testable import IngestEngine

/// How often a durable store is asked what it holds, and who may be told late.
@Suite(.timeLimit(.minutes(5))) struct `Counts of a shared store` {
    private static func mark(_ memory: UInt64) -> RecentCount.Mark {
        RecentCount.Mark(memory: memory, bumps: 0, released: 0)
    }

    private static func counts(_ revision: UInt64) -> StoreCounts {
        var counts = StoreCounts()
        counts.revision = revision
        return counts
    }

    @Test func `an answer stands for a while, and until this process changes something`() {
        var recent = RecentCount(fresh: .milliseconds(20))
        let start = ContinuousClock.now
        #expect(recent.take(Self.mark(1), now: start) == nil)
        recent.note(Self.counts(7), asked: start, as: Self.mark(1))
        #expect(recent.take(Self.mark(1), now: start + .milliseconds(19))?.revision == 7)
        #expect(recent.take(nil, now: start + .milliseconds(19))?.revision == 7)
        #expect(recent.take(Self.mark(2), now: start + .milliseconds(1)) == nil)
        recent.note(Self.counts(8), asked: start + .milliseconds(1), as: Self.mark(2))
        #expect(recent.take(Self.mark(2), now: start + .milliseconds(20))?.revision == 8)
        #expect(recent.take(Self.mark(2), now: start + .milliseconds(21)) == nil)
    }

    @Test func `while one asks, the others are told what was known, but not for long`() {
        var recent = RecentCount(fresh: .milliseconds(20))
        let start = ContinuousClock.now
        _ = recent.take(Self.mark(1), now: start)
        recent.note(Self.counts(1), asked: start, as: Self.mark(1))
        #expect(recent.take(Self.mark(1), now: start + .milliseconds(30)) == nil)
        #expect(recent.take(Self.mark(1), now: start + .milliseconds(49))?.revision == 1)
        #expect(recent.take(Self.mark(1), now: start + .milliseconds(50)) == nil)
        // Both come back, the later question first.
        recent.note(Self.counts(3), asked: start + .milliseconds(50), as: Self.mark(1))
        recent.note(Self.counts(2), asked: start + .milliseconds(30), as: Self.mark(1))
        #expect(recent.take(Self.mark(1), now: start + .milliseconds(60))?.revision == 3)
        #expect(recent.last?.revision == 3)
    }

    @Test func `a store that does not answer is asked again, and what it said last stays`() {
        var recent = RecentCount(fresh: .milliseconds(20))
        let start = ContinuousClock.now
        _ = recent.take(nil, now: start)
        recent.note(Self.counts(5), asked: start, as: nil)
        #expect(recent.take(nil, now: start + .seconds(1)) == nil)
        recent.note(nil, asked: start + .seconds(1), as: nil)
        #expect(recent.take(nil, now: start + .seconds(1)) == nil)
        #expect(recent.last?.revision == 5)
        // Of no mark at all: who wants exact counts asks.
        #expect(recent.take(Self.mark(1), now: start) == nil)
    }

    /// A layer over a store that two servers share; what is "fresh" never ends by itself.
    private static func layer(_ store: FakeDurableStore, fresh: Duration) async throws -> LayeredStore {
        LayeredStore(
            live: MemoryStore(),
            durable: store,
            counts: try await store.counts(),
            recent: RecentCount(fresh: fresh),
            flush: { nil }
        )
    }

    @Test func `a thousand questions are one to the store, and own changes are seen at once`() async throws {
        let store = FakeDurableStore()
        store.share()
        let (one, other) = (
            try await Self.layer(store, fresh: .seconds(3_600)), try await Self.layer(store, fresh: .seconds(3_600))
        )
        let empty = try await one.counts()
        let asked = store.questions
        for _ in 0..<1_000 { #expect(try await one.counts() == empty) }
        #expect(store.questions == asked)
        #expect(try await other.counts() == empty)

        let receipt = try await one.append(Sample.batch(trace: 1, events: 0..<5))
        let after = try await one.counts()
        #expect(after.events == 5 && after.revision > empty.revision && receipt.revision == after.revision)
        // The other server has not asked since, as long as its answer is fresh.
        #expect(try await other.counts() == empty)
        // Its own change makes it ask, and then it knows both.
        try await other.append(Sample.batch(trace: 2, events: 0..<3))
        #expect(try await other.counts().events == 8)
    }

    @Test func `what another server wrote is seen as soon as nothing is fresh`() async throws {
        let store = FakeDurableStore()
        store.share()
        let (one, other) = (try await Self.layer(store, fresh: .zero), try await Self.layer(store, fresh: .zero))
        for number in 1...20 {
            let before = try await other.counts().revision
            try await one.append(Sample.batch(trace: number, events: 0..<5))
            let seen = try await other.counts()
            #expect(seen.events == 5 * number && seen.revision > before)
        }
    }
}
