import Testing
import TraceModel

@testable import TraceStore

/// What every store that outlives its process promises beyond the others.
@Suite struct DurableConformanceTests {
    private static func position(_ sequence: UInt64, epoch: UInt64 = 1, partition: UInt32 = 0) -> LogPosition {
        LogPosition(source: "log", partition: partition, epoch: epoch, sequence: sequence)
    }

    @Test(arguments: StoreKind.durable)
    func `what was appended is there after the store is opened again`(kind: StoreKind) async throws {
        try await kind.withPlace { (place: StorePlace) async throws in
            var random = SampleRandom(seed: 9)
            let batch = Hostile.batch(events: 200, &random)
            let first = try await place.open()
            try await first.append(batch, from: nil, through: Self.position(7))
            let counts = try await first.counts()
            await first.close()
            await #expect(throws: StoreError.self) { try await first.counts() }

            let second = try await place.open()
            #expect(try await second.positions(of: "log") == [Self.position(7)])
            #expect(try await second.positions(of: "other").isEmpty)
            let record = try #require(try await second.trace(Sample.trace(1)))
            #expect(Hostile.text(record.batch) == Hostile.text(batch))
            let again = try await second.counts()
            #expect(again.revision == counts.revision)
            #expect(again.events == 200)
            #expect(again.bytes == counts.bytes)
            // The writer remembers nothing and reads what it needs to recognise the duplicates.
            #expect(try await second.append(batch).duplicates == 200)
            #expect(try await second.counts().revision == counts.revision)
            await second.close()
        }
    }

    @Test(arguments: StoreKind.durable)
    func `duplicates are recognised however little the writer remembers`(kind: StoreKind) async throws {
        try await kind.withPlace { (place: StorePlace) async throws in
            let store = try await place.open(ledgerEventsMax: 1)
            for _ in 0..<2 {
                for trace in 1...4 { try await store.append(Sample.batch(trace: trace, events: 0..<20)) }
            }
            let counts = try await store.counts()
            #expect(counts.events == 80)
            #expect(counts.duplicates == 80)
            #expect(try await store.summary(of: Sample.trace(2))?.eventCount == 20)
            await store.close()
        }
    }

    @Test(arguments: StoreKind.durable)
    func `a record of the log is stored once however often it is offered`(kind: StoreKind) async throws {
        try await kind.withDurable { (store: StorePlace.Store) async throws in
            let batch = Sample.batch(trace: 1, events: 1...3)
            #expect(try await store.append(batch, from: nil, through: Self.position(3)).stored == 3)
            let again = try await store.append(batch, from: nil, through: Self.position(3))
            #expect(again.stored == 0)
            #expect(again.duplicates == 3)
            let more = Sample.batch(trace: 1, events: 4...5)
            #expect(try await store.append(more, from: Self.position(3), through: Self.position(5)).stored == 2)
            // Whoever is behind is told that nothing is left to do.
            #expect(try await store.append(more, from: nil, through: Self.position(4)).stored == 0)
            #expect(try await store.append(more, from: nil, through: Self.position(2, partition: 1)).duplicates == 2)
            #expect(try await store.positions(of: "log") == [Self.position(5), Self.position(2, partition: 1)])
            #expect(try await store.counts().events == 5)
        }
    }

    @Test(arguments: StoreKind.durable)
    func `a process that lost the log to another one is fenced`(kind: StoreKind) async throws {
        try await kind.withDurable { (store: StorePlace.Store) async throws in
            let batch = Sample.batch(trace: 1, events: [1])
            try await store.append(batch, from: nil, through: Self.position(1, epoch: 2))
            let error = await #expect(throws: StoreError.self) {
                try await store.append(
                    Sample.batch(trace: 1, events: [2]),
                    from: Self.position(1, epoch: 1),
                    through: Self.position(2, epoch: 1)
                )
            }
            #expect(error?.code == .fenced)
            #expect(try await store.counts().events == 1)
            // The next owner goes on where the last one stopped.
            let next = Self.position(2, epoch: 3)
            let kept = Self.position(1, epoch: 2)
            #expect(try await store.append(Sample.batch(trace: 1, events: [2]), from: kept, through: next).stored == 1)
            #expect(try await store.positions(of: "log") == [next])
        }
    }

    @Test(arguments: StoreKind.durable)
    func `a store that lost what it held before is not written to`(kind: StoreKind) async throws {
        try await kind.withDurable { (store: StorePlace.Store) async throws in
            let error = await #expect(throws: StoreError.self) {
                try await store.append(
                    Sample.batch(trace: 1, events: [1]),
                    from: Self.position(10),
                    through: Self.position(11)
                )
            }
            #expect(error?.code == .misconfigured)
            #expect(try await store.counts().events == 0)
        }
    }

    @Test(arguments: StoreKind.durable)
    func `the surplus of a trace beyond the bound is refused and counted`(kind: StoreKind) async throws {
        try await kind.withPlace { (place: StorePlace) async throws in
            let store = try await place.open(traceEventsMax: 30)
            let receipt = try await store.append(Sample.batch(trace: 1, events: 0..<50))
            #expect(receipt.stored == 30)
            #expect(receipt.refused == 20)
            #expect(try await store.append(Sample.batch(trace: 1, events: 0..<30)).duplicates == 30)
            #expect(try await store.append(Sample.batch(trace: 2, events: 0..<5)).stored == 5)
            #expect(try await store.counts().refusedEvents == 20)
            await store.close()
        }
    }

    @Test(arguments: StoreKind.durable)
    func `the traces appended to last come first until their size is reached`(kind: StoreKind) async throws {
        try await kind.withDurable { (store: StorePlace.Store) async throws in
            for trace in [1, 2, 3, 1] {
                let first = try await store.counts().events
                try await store.append(Sample.batch(trace: trace, events: first..<(first + 10)))
            }
            let all = try await store.recentTraces(bytesMax: 1 << 30)
            #expect(all.map(\.summary.id.low) == [1, 3, 2])
            #expect(all.map(\.batch.count) == [20, 10, 10])
            // What an array holds in reserve differs from run to run.
            let size = all[0].batch.footprintBytes * 5 / 4
            #expect(try await store.recentTraces(bytesMax: size).map(\.summary.id.low) == [1])
            #expect(try await store.recentTraces(bytesMax: 0).isEmpty)
        }
    }

    @Test(arguments: StoreKind.durable)
    func `recent traces come page by page, each once and in one order`(kind: StoreKind) async throws {
        try await kind.withDurable { (store: StorePlace.Store) async throws in
            for trace in 1...7 { try await store.append(Sample.batch(trace: trace, events: 0..<(trace + 1))) }
            var seen: [UInt64] = []
            var mark: RecentTracesPage.Mark?
            repeat {
                // No time at all is enough for one trace.
                let page = try await store.recentTraces(bytesMax: 1 << 30, timeMax: .zero, after: mark)
                #expect(page.records.count <= 7)
                seen += page.records.map(\.summary.id.low)
                mark = page.next
            } while mark != nil && seen.count < 20
            #expect(seen == [7, 6, 5, 4, 3, 2, 1])
        }
    }

    @Test(arguments: StoreKind.durable)
    func `retention forgets whole traces and keeps those with findings longer`(kind: StoreKind) async throws {
        try await kind.withDurable { (store: StorePlace.Store) async throws in
            for trace in 1...3 {
                try await store.append(Sample.batch(trace: trace, events: (trace * 10)..<(trace * 10 + 5)))
            }
            let moment = WallTime.nanoseconds()
            // Older than all others by its own time, and the last to come.
            try await store.append(Sample.batch(trace: 4, events: 0..<5))
            try await store.record([FindingSample.row(1, moment: 20)], of: Sample.trace(2))
            let forgotten = try await store.forget(tracesBefore: moment, withRacesBefore: .min)
            #expect(Set(forgotten) == [Sample.trace(1), Sample.trace(3)])
            #expect(try await store.summaries(TraceQuery()).traces.map(\.id.low).sorted() == [2, 4])
            #expect(try await store.trace(Sample.trace(1)) == nil)
            #expect(try await store.trace(Sample.trace(2))?.batch.count == 5)
            #expect(try await store.counts().events == 10)
            #expect(try await store.counts().evictedTraces == 2)
            #expect(try await store.snapshot().batch.count == 10)
            let variables = try await store.variables(VariableQuery())
            #expect(variables.variables.map(\.traces).max() == 2)
            // A trace that comes again after it was forgotten starts anew.
            #expect(try await store.append(Sample.batch(trace: 1, events: 10..<13)).stored == 3)
            #expect(try await store.trace(Sample.trace(1))?.batch.count == 3)
            #expect(try await store.forget(tracesBefore: moment, withRacesBefore: moment) == [Sample.trace(2)])
            #expect(try await store.forget(tracesBefore: moment, withRacesBefore: moment).isEmpty)
            #expect(try await store.counts().traces == 2)
            // The group outlives its trace.
            let page = try await store.findingGroups(FindingQuery())
            #expect(page.groups.map(\.instances) == [1])
        }
    }

    @Test(arguments: StoreKind.durable)
    func `names go when nothing refers to them and nobody needed them for a day`(kind: StoreKind) async throws {
        try await kind.withPlace { (place: StorePlace) async throws in
            var next = 100
            func add(_ trace: Int, _ service: String, to store: StorePlace.Store) async throws {
                next += 1
                let batch = Sample.batch(trace: trace, events: [next], service: service) { event, batch in
                    event.object = batch.symbols.intern("object of \(service)")
                }
                try await store.append(batch)
            }
            let store = try await place.open()
            try await add(1, "old", to: store)
            try await add(2, "kept", to: store)
            try await add(3, "again", to: store)
            await store.close()
            // As if all of it had come long ago.
            for change in ["variable_name SET used", "service_name SET used", "trace SET arrived"] {
                try await place.damage("UPDATE \(change) = 7")
            }
            let later = try await place.open()
            let moment = WallTime.nanoseconds() - 172_800_000_000_000
            try await add(2, "new", to: later)
            try await add(4, "again", to: later)
            try await later.append(Sample.batch(trace: 2, events: [20], service: "kept"))
            let gone = try await later.forget(tracesBefore: moment, withRacesBefore: moment)
            #expect(Set(gone) == [Sample.trace(1), Sample.trace(3)])
            #expect(try await place.count("service_name") == 3)
            let names = try await later.variables(VariableQuery()).variables.map(\.name)
            #expect(Set(names) == ["object of kept", "object of new", "object of again", "variable-0"])
            #expect(try await place.count("variable_name") == 4)
            // What this process stored before and somebody removed since is not taken for stored on another day, and comes again.
            try await add(5, "old", to: later)
            #expect(try await later.variables(VariableQuery(name: "object of old")).total == 1)
            let services = try await later.services(activeSince: .min).map(\.share.name)
            #expect(Set(services) == ["again", "kept", "new", "old"])
            // However late the moment, what was needed today stays: others may be about to refer to it.
            #expect(try await later.forget(tracesBefore: .max, withRacesBefore: .max).count == 3)
            #expect(try await place.count("variable_name") == 4)
            await later.close()
        }
    }

    @Test(arguments: StoreKind.durable)
    func `a trace that grew last is the last to go when there are too many bytes`(kind: StoreKind) async throws {
        try await kind.withDurable { (store: StorePlace.Store) async throws in
            for trace in [1, 2, 3, 1] {
                let first = try await store.counts().events
                try await store.append(Sample.batch(trace: trace, events: first..<(first + 10)))
            }
            let bytes = try await store.counts().bytes
            #expect(try await store.arrival(leavingBytes: bytes) == nil)
            let arrival = try #require(try await store.arrival(leavingBytes: bytes - 1))
            let gone = try await store.forget(tracesBefore: arrival + 1, withRacesBefore: arrival + 1)
            #expect(gone == [Sample.trace(2)])
            #expect(try await store.counts().bytes < bytes)
            let all = try #require(try await store.arrival(leavingBytes: 0))
            #expect(try await store.forget(tracesBefore: all + 1, withRacesBefore: all + 1).count == 2)
            #expect(try await store.arrival(leavingBytes: 0) == nil)
        }
    }

    @Test(arguments: StoreKind.durable)
    func `a damaged segment costs its trace and no other`(kind: StoreKind) async throws {
        try await kind.withPlace { (place: StorePlace) async throws in
            let store = try await place.open()
            try await store.append(Sample.batch(trace: 1, events: 0..<10))
            try await store.append(Sample.batch(trace: 2, events: 0..<10))
            await store.close()
            try await place.damage(
                "UPDATE segment SET body = \(place.isSQLite ? "x'00ff'" : "'\\x00ff'") WHERE \(place.firstTrace)"
            )
            let again = try await place.open()
            let error = await #expect(throws: StoreError.self) { try await again.trace(Sample.trace(1)) }
            #expect(error?.code == .corrupt)
            #expect(try await again.trace(Sample.trace(2))?.batch.count == 10)
            #expect(try await again.snapshot().batch.count == 10)
            #expect(try await again.recentTraces(bytesMax: 1 << 30).map(\.summary.id.low) == [2])
            #expect(try await again.counts().damagedSegments > 0)
            // The trace goes on with what comes next.
            #expect(try await again.append(Sample.batch(trace: 1, events: 10..<15)).stored == 5)
            #expect(try await again.summary(of: Sample.trace(1))?.eventCount == 5)
            #expect(try await again.counts().events == 15)
            await again.close()
        }
    }

    @Test(arguments: StoreKind.durable)
    func `variables are counted by trace and service`(kind: StoreKind) async throws {
        try await kind.withDurable { (store: StorePlace.Store) async throws in
            try await store.append(Sample.batch(trace: 1, events: 0..<10, service: "a"))
            try await store.append(Sample.batch(trace: 2, events: 10..<15, service: "b"))
            try await store.append(
                Sample.batch(trace: 2, events: [20]) { event, batch in
                    event.operation = .atomicReadModifyWrite
                    event.object = batch.symbols.intern("zero\u{0}byte")
                }
            )
            let page = try await store.variables(VariableQuery())
            #expect(page.total == 6)
            #expect(page.variables.first?.name == "zero\u{0}byte")
            #expect(page.variables.first?.atomics == 1)
            let shared = try #require(page.variables.first { $0.name == "variable-3" })
            #expect(shared.writes == 3)
            #expect(shared.reads == 0)
            #expect(shared.traces == 2)
            #expect(shared.services == 2)
            #expect(shared.lastTimestamp == 13_000_000)
            #expect(try await store.variables(VariableQuery(offset: 1, limit: 2)).variables.count == 2)
            #expect(try await store.variables(VariableQuery(name: "ble-4")).variables.map(\.name) == ["variable-4"])
            #expect(try await store.variables(VariableQuery(since: 15_000_000)).total == 1)
            let traces = try await store.traces(accessing: "variable-3", since: .min, limit: 9)
            #expect(traces == [Sample.trace(2), Sample.trace(1)])
            #expect(try await store.traces(accessing: "variable-3", since: 9_000_000, limit: 9) == [Sample.trace(2)])
        }
    }
}

extension StorePlace {
    var isSQLite: Bool { if case .sqlite = self { true } else { false } }

    /// The condition that selects the segments of trace 1.
    var firstTrace: String {
        isSQLite
            ? "key >> 24 = (SELECT number FROM trace WHERE id = x'00000000000000070000000000000001')"
            : "trace = '\(Sample.trace(1))'"
    }
}
