import Testing
import TraceModel
import TraceStore

/// What every store promises, over every store there is.
@Suite struct StoreConformanceTests {
    @Test(arguments: StoreKind.all)
    func `an empty store has nothing`(kind: StoreKind) async throws {
        try await kind.withStore { (store: any TraceStore) async throws in
            #expect(try await store.trace(Sample.trace(1)) == nil)
            #expect(try await store.summary(of: Sample.trace(1)) == nil)
            #expect(try await store.summaries(TraceQuery()) == TracePage(total: 0, traces: []))
            #expect(try await store.services(activeSince: .min).isEmpty)
            #expect(try await store.counts() == StoreCounts())
            #expect(try await store.snapshot().batch.isEmpty)
            #expect(try await store.append(EventBatch()) == AppendReceipt())
        }
    }

    @Test(arguments: StoreKind.all)
    func `every field of an event comes back`(kind: StoreKind) async throws {
        var random = SampleRandom(seed: 5)
        let batch = Hostile.batch(events: 500, &random)
        try await kind.withStore { (store: any TraceStore) async throws in
            let receipt = try await store.append(batch)
            #expect(receipt.stored == 500)
            let record = try #require(try await store.trace(Sample.trace(1)))
            #expect(Hostile.text(record.batch) == Hostile.text(batch))
        }
    }

    @Test(arguments: StoreKind.all)
    func `summaries, lists and services are those of the memory store`(kind: StoreKind) async throws {
        var random = SampleRandom(seed: 6)
        let batches = (1...12).map { Hostile.batch(events: 40, trace: 1 + $0 % 5, &random) }
        let reference = MemoryStore()
        try await kind.withStore { (store: any TraceStore) async throws in
            for batch in batches {
                try await store.append(batch)
                try await reference.append(batch)
            }
            func plain(_ summary: TraceSummary) -> TraceSummary {
                var summary = summary
                summary.revision = 0
                return summary
            }
            for trace in 1...5 {
                let summary = try #require(try await store.summary(of: Sample.trace(trace)))
                let expected = try #require(try await reference.summary(of: Sample.trace(trace)))
                #expect(plain(summary) == plain(expected))
            }
            let queries = [
                TraceQuery(), TraceQuery(offset: 1, limit: 2), TraceQuery(eventsMin: 100), TraceQuery(service: "a"),
                TraceQuery(service: "nobody"), TraceQuery(offset: 99), TraceQuery(limit: 0),
            ]
            for query in queries {
                let page = try await store.summaries(query)
                let expected = try await reference.summaries(query)
                #expect(page.total == expected.total)
                #expect(page.traces.map(plain) == expected.traces.map(plain))
            }
            for moment in [Int64.min, -1, 0, .max] {
                let services = try await store.services(activeSince: moment)
                let expected = try await reference.services(activeSince: moment)
                #expect(services == expected)
            }
        }
    }

    @Test(arguments: StoreKind.all)
    func `an event that is there already changes nothing but counters`(kind: StoreKind) async throws {
        try await kind.withStore { (store: any TraceStore) async throws in
            let batch = Sample.batch(trace: 1, events: 1...3)
            #expect(try await store.append(batch) == AppendReceipt(stored: 3, revision: 1))
            let before = try await store.counts()
            for _ in 1...3 { #expect(try await store.append(batch).duplicates == 3) }
            let receipt = try await store.append(Sample.batch(trace: 1, events: [2, 3, 4, 4]))
            #expect(receipt.stored == 1)
            #expect(receipt.duplicates == 3)
            let after = try await store.counts()
            #expect(after.revision == before.revision + 1)
            #expect(after.events == 4)
            #expect(after.duplicates == 12)
            #expect(try await store.append(Sample.batch(trace: 2, events: [1])).stored == 1)
            #expect(try await store.counts().traces == 2)
        }
    }

    @Test(arguments: StoreKind.all, [[1, 2, 3], [3, 2, 1], [2, 3, 1]])
    func `of several versions of an event the same one counts in whatever order they came`(
        kind: StoreKind,
        order: [Int]
    ) async throws {
        try await kind.withStore { (store: any TraceStore) async throws in
            for version in order {
                try await store.append(
                    Sample.batch(trace: 1, events: [1, 2]) { event, batch in
                        guard event.id == Sample.id(1) else { return }
                        event.timestamp = Int64(version) * 1_000
                        event.duration = Int64(version)
                        event.object = batch.symbols.intern("version \(version)")
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
            #expect(try await store.counts().events == 2)
            if let index = store as? any VariableIndex {
                let variables = try await index.variables(VariableQuery())
                #expect(Set(variables.variables.map(\.name)) == ["version 1", "variable-2"])
            }
        }
    }

    @Test(arguments: StoreKind.all)
    func `two versions within one batch are one event`(kind: StoreKind) async throws {
        try await kind.withStore { (store: any TraceStore) async throws in
            var batch = Sample.batch(trace: 1, events: [1]) { event, _ in event.timestamp = 9 }
            Sample.add(to: &batch, trace: 1, events: [1]) { event, _ in event.timestamp = 5 }
            try await store.append(batch)
            #expect(try await store.trace(Sample.trace(1))?.batch.timestamps == [5])
            #expect(try await store.counts().events == 1)
        }
    }

    @Test(arguments: StoreKind.all)
    func `a trace that comes in many parts keeps its order`(kind: StoreKind) async throws {
        try await kind.withStore { (store: any TraceStore) async throws in
            for start in stride(from: 0, to: 10_000, by: 777) {
                try await store.append(Sample.batch(trace: 1, events: start..<min(10_000, start + 777)))
            }
            let record = try #require(try await store.trace(Sample.trace(1)))
            #expect(record.batch.ids.map(\.low) == (0..<10_000).map { UInt64($0) })
            #expect(record.batch.payloads == (0..<10_000).map { "{\"n\":\($0)}" })
        }
    }

    @Test(arguments: StoreKind.all)
    func `a snapshot has every event and its values, by trace`(kind: StoreKind) async throws {
        try await kind.withStore { (store: any TraceStore) async throws in
            for trace in [3, 1, 2] { try await store.append(Sample.batch(trace: trace, events: 1...5)) }
            let snapshot = try await store.snapshot()
            #expect(snapshot.counts.events == 15)
            #expect(snapshot.batch.traces.map(\.low) == [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3])
            #expect(snapshot.batch.text(snapshot.batch.newValues[4]) == "5")
            #expect(snapshot.batch.kindPayloads.allSatisfy { $0.isEmpty })
        }
    }

    @Test(arguments: StoreKind.all)
    func `many writers at once lose nothing and store nothing twice`(kind: StoreKind) async throws {
        try await kind.withStore { (store: any TraceStore) async throws in
            await withTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        for part in 0..<10 {
                            // Two writers send the same events.
                            let first = (writer / 2) * 1_000 + part * 50
                            _ = try? await store.append(Sample.batch(trace: part % 4, events: first..<(first + 50)))
                        }
                    }
                }
            }
            let counts = try await store.counts()
            #expect(counts.events == 2_000)
            #expect(counts.traces == 4)
            #expect(counts.duplicates == 2_000)
            #expect(try await store.snapshot().batch.count == 2_000)
        }
    }

    @Test(arguments: StoreKind.all)
    func `services beyond a thousand in one trace count as others`(kind: StoreKind) async throws {
        try await kind.withStore { (store: any TraceStore) async throws in
            var batch = EventBatch()
            for number in 0..<1_500 {
                Sample.add(to: &batch, trace: 1, events: [number], service: "service \(number)")
            }
            for _ in 0..<2 { try await store.append(batch) }
            try await store.append(Sample.batch(trace: 2, events: 0..<3, service: "service 1499"))
            let summary = try #require(try await store.summary(of: Sample.trace(1)))
            #expect(summary.services.count == 1_001)
            #expect(summary.services.first { $0.name == "(other services)" }?.durations.events == 500)
            #expect(summary.services.reduce(0) { $0 + $1.durations.events } == 1_500)
            #expect(try await store.services(activeSince: .min).count == 1_002)
            #expect(try await store.summaries(TraceQuery(service: "service 999")).total == 1)
            #expect(try await store.trace(Sample.trace(1))?.batch.count == 1_500)
        }
    }
}
