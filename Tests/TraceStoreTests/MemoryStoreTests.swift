import Testing
import TraceModel
import TraceStore

@Suite struct MemoryStoreTests {
    private let store = MemoryStore()

    @Test func `an empty store has nothing`() async throws {
        #expect(try await store.trace(Sample.trace(1)) == nil)
        #expect(try await store.summary(of: Sample.trace(1)) == nil)
        #expect(try await store.summaries(TraceQuery()) == TracePage(total: 0, traces: []))
        #expect(try await store.services(activeSince: .min).isEmpty)
        #expect(try await store.counts() == StoreCounts())
        #expect(try await store.snapshot().batch.isEmpty)
    }

    @Test func `what was appended comes back with its payload`() async throws {
        let receipt = try await store.append(Sample.batch(trace: 1, events: 1...3))
        #expect(receipt == AppendReceipt(stored: 3, duplicates: 0, refused: 0, revision: 1))
        let record = try #require(try await store.trace(Sample.trace(1)))
        #expect(record.batch.payloads == ["{\"n\":1}", "{\"n\":2}", "{\"n\":3}"])
        #expect(record.batch.text(record.batch.newValues[1]) == "2")
        #expect(record.summary.eventCount == 3)
    }

    @Test func `a batch of several traces is taken apart`() async throws {
        var batch = Sample.batch(trace: 1, events: [1, 2])
        Sample.add(to: &batch, trace: 2, events: [1])
        Sample.add(to: &batch, trace: 1, events: [3], service: "db")
        let receipt = try await store.append(batch)
        #expect(receipt.stored == 4)
        #expect(try await store.trace(Sample.trace(1))?.batch.ids.map(\.low) == [1, 2, 3])
        #expect(try await store.trace(Sample.trace(2))?.batch.ids.map(\.low) == [1])
        #expect(try await store.summary(of: Sample.trace(1))?.services.map(\.name) == ["db", "web"])
    }

    @Test func `an event that is there already changes nothing`() async throws {
        try await store.append(Sample.batch(trace: 1, events: 1...3))
        let before = try await store.counts()
        let receipt = try await store.append(Sample.batch(trace: 1, events: [2, 3, 4, 4]))
        #expect(receipt.stored == 1)
        #expect(receipt.duplicates == 3)
        #expect(try await store.summary(of: Sample.trace(1))?.eventCount == 4)
        let again = try await store.append(Sample.batch(trace: 1, events: 1...4))
        #expect(again.stored == 0)
        let after = try await store.counts()
        #expect(after.revision == before.revision + 1, "duplicates alone are no change")
        #expect(after.duplicates == 7)
    }

    @Test func `the same id in another trace is another event`() async throws {
        try await store.append(Sample.batch(trace: 1, events: [1]))
        #expect(try await store.append(Sample.batch(trace: 2, events: [1])).stored == 1)
    }

    @Test(arguments: [[1, 2], [2, 1]])
    func `of two versions of an event the same one counts in whatever order they came`(order: [Int]) async throws {
        for version in order {
            try await store.append(
                Sample.batch(trace: 1, events: [1, 2]) { event, batch in
                    guard event.id == Sample.id(1) else { return }
                    event.timestamp = Int64(version) * 1_000
                    event.duration = Int64(version)
                    event.kindPayload = batch.appendPayload("{\"version\":\(version)}".utf8)
                }
            )
        }
        let record = try #require(try await store.trace(Sample.trace(1)))
        #expect(Set(record.batch.payloads) == ["{\"version\":1}", "{\"n\":2}"])
        #expect(record.summary.eventCount == 2)
        #expect(record.summary.firstTimestamp == 1_000)
        #expect(record.summary.kinds.map(\.durations.nanoseconds) == [1])
        #expect(try await store.snapshot().batch.count == 2)
    }

    @Test func `two versions within one batch are one event`() async throws {
        var batch = Sample.batch(trace: 1, events: [1]) { event, _ in event.timestamp = 9 }
        Sample.add(to: &batch, trace: 1, events: [1]) { event, _ in event.timestamp = 5 }
        try await store.append(batch)
        #expect(try await store.trace(Sample.trace(1))?.batch.timestamps == [5])
    }

    @Test func `a summary adds up what its events say`() async throws {
        var batch = Sample.batch(trace: 1, events: 1...4) { event, batch in
            event.duration = event.id.low == 1 ? -1 : Int64(event.id.low) * 10
            event.span = batch.symbols.intern("span-\(event.id.low % 2)")
        }
        Sample.add(to: &batch, trace: 1, events: [5, 6], service: "api") { event, _ in
            event.kind = event.id.low == 5 ? .error : .httpResponse
            event.number = 503
        }
        try await store.append(batch)
        let summary = try #require(try await store.summary(of: Sample.trace(1)))
        #expect(summary.eventCount == 6)
        #expect(summary.firstTimestamp == 1_000_000)
        #expect(summary.wallNanoseconds == 5_000_000)
        #expect(summary.spanCount == 2)
        #expect(summary.services.map(\.name) == ["api", "web"])
        #expect(summary.services.map(\.errors) == [2, 0])
        #expect(summary.services.map(\.durations.timed) == [0, 3])
        #expect(summary.services.map(\.durations.nanoseconds) == [0, 90])
        #expect(summary.kinds.map(\.kind) == [.stateChange, .httpResponse, .error])
    }

    @Test func `the list is newest first, paged and filtered`() async throws {
        for trace in 1...10 {
            try await store.append(
                Sample.batch(trace: trace, events: trace...(2 * trace), service: trace % 2 == 0 ? "even" : "odd")
            )
        }
        func numbers(_ query: TraceQuery) async throws -> (Int, [UInt64]) {
            let page = try await store.summaries(query)
            return (page.total, page.traces.map(\.id.low))
        }
        #expect(try await numbers(TraceQuery()) == (10, (1...10).reversed().map(UInt64.init)))
        #expect(try await numbers(TraceQuery(offset: 2, limit: 3)) == (10, [8, 7, 6]))
        #expect(try await numbers(TraceQuery(offset: 99, limit: 3)) == (10, []))
        #expect(try await numbers(TraceQuery(eventsMin: 9)) == (3, [10, 9, 8]))
        #expect(try await numbers(TraceQuery(limit: 2, service: "odd")) == (5, [9, 7]))
        #expect(try await numbers(TraceQuery(service: "none")) == (0, []))
        // An older trace that grows comes to the front.
        try await store.append(Sample.batch(trace: 1, events: [100]))
        #expect(try await numbers(TraceQuery(limit: 1)) == (10, [1]))
    }

    @Test func `services are summed over the traces in which they were active`() async throws {
        try await store.append(Sample.batch(trace: 1, events: 1...10, service: "a"))
        try await store.append(Sample.batch(trace: 2, events: 100...109, service: "a"))
        try await store.append(Sample.batch(trace: 2, events: 5...6, service: "b"))
        let all = try await store.services(activeSince: .min)
        #expect(all.map(\.share.name) == ["a", "b"])
        #expect(all.map(\.traceCount) == [2, 1])
        #expect(all.map(\.share.durations.events) == [20, 2])
        let late = try await store.services(activeSince: 50_000_000)
        #expect(late.map(\.share.name) == ["a"])
        #expect(late.map(\.traceCount) == [1])
    }

    @Test func `a long trace keeps its order over chunks`() async throws {
        let count = 10_000
        for start in stride(from: 0, to: count, by: 777) {
            try await store.append(Sample.batch(trace: 1, events: start..<min(count, start + 777)))
        }
        let record = try #require(try await store.trace(Sample.trace(1)))
        #expect(record.batch.ids.map(\.low) == (0..<UInt64(count)).map(\.self))
        #expect(record.batch.payloads == (0..<count).map { "{\"n\":\($0)}" })
    }

    @Test func `a reader keeps what it read while the trace grows`() async throws {
        try await store.append(Sample.batch(trace: 1, events: 0..<100))
        let snapshot = try await store.snapshot()
        let record = try #require(try await store.trace(Sample.trace(1)))
        try await store.append(Sample.batch(trace: 1, events: 100..<200))
        #expect(record.batch.count == 100)
        #expect(snapshot.batch.count == 100)
        #expect(try await store.trace(Sample.trace(1))?.batch.count == 200)
    }

    @Test func `a snapshot has every event and its values, whatever the order of arrival`() async throws {
        let other = MemoryStore()
        for trace in [3, 1, 2] { try await store.append(Sample.batch(trace: trace, events: 1...5)) }
        for trace in [2, 3, 1] { try await other.append(Sample.batch(trace: trace, events: 1...5)) }
        let snapshot = try await store.snapshot()
        #expect(snapshot.counts.events == 15)
        #expect(snapshot.batch.count == 15)
        #expect(snapshot.batch.text(snapshot.batch.newValues[4]) == "5")
        #expect(snapshot.batch.kindPayloads.allSatisfy { $0.isEmpty })
        let second = try await other.snapshot()
        #expect(snapshot.batch.traces == second.batch.traces)
        #expect(snapshot.batch.ids == second.batch.ids)
    }

    @Test func `many writers at once lose nothing`() async throws {
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask { [store] in
                    for part in 0..<20 {
                        let events = (writer * 1_000 + part * 50)..<(writer * 1_000 + part * 50 + 50)
                        _ = try? await store.append(Sample.batch(trace: part % 4, events: events))
                    }
                }
            }
        }
        let counts = try await store.counts()
        #expect(counts.events == 8_000)
        #expect(counts.traces == 4)
        #expect(try await store.snapshot().batch.count == 8_000)
    }
}
