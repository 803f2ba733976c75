import Foundation
import Synchronization
import Testing
import TraceModel

@testable import TraceStore

/// What only PostgreSQL can get wrong.
@Suite(.enabled(if: PostgresServer.isAvailable)) struct PostgresStoreTests {
    private static func schema() -> String { "t_" + UUID().uuidString.lowercased().prefix(8) }

    @Test(arguments: PostgresWay.available)
    func `eight servers may create the schema at once`(way: PostgresWay) async throws {
        let options = try await way.options(schema: Self.schema())
        let stores = try await withThrowingTaskGroup(of: PostgresStore.self) { group in
            for _ in 0..<8 { group.addTask { try await PostgresStore(options) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, store) in stores.enumerated() {
                group.addTask { try await store.append(Sample.batch(trace: 1, events: (index * 5)..<(index * 5 + 10))) }
            }
            try await group.waitForAll()
        }
        #expect(try await stores[0].counts().events == 45)
        #expect(try await stores[7].trace(Sample.trace(1))?.batch.count == 45)
        for store in stores { await store.close() }
    }

    @Test func `a newer or foreign schema is refused and nothing is changed`() async throws {
        let server = try await PostgresServer.shared()
        let schema = Self.schema()
        var options = server.options(schema: schema)
        options.autoMigrate = false
        var error = await #expect(throws: StoreError.self) { try await PostgresStore(options) }
        #expect(error?.code == .misconfigured)
        #expect(error?.message.contains("version 0") == true)
        let first = try await PostgresStore(server.options(schema: schema))
        await first.close()
        let second = try await PostgresStore(options)
        await second.close()
        try await server.psql("UPDATE \(schema).schema_migration SET sha256 = 'x'")
        error = await #expect(throws: StoreError.self) { try await PostgresStore(options) }
        #expect(error?.message.contains("another edition") == true)
        try await server.psql("INSERT INTO \(schema).schema_migration VALUES (99, 'later', 'x')")
        error = await #expect(throws: StoreError.self) { try await PostgresStore(server.options(schema: schema)) }
        #expect(error?.code == .misconfigured)
        #expect(error?.message.contains("version 99") == true)
    }

    @Test func `an address that cannot work is told apart from a server that is away, without its password`()
        async throws
    {
        let server = try await PostgresServer.shared()
        func failure(_ options: PostgresOptions) async -> StoreError? {
            await #expect(throws: StoreError.self) { try await PostgresStore(options) }
        }
        #expect(await failure(server.options(schema: "a", database: "nobase"))?.code == .misconfigured)
        #expect(await failure(server.options(schema: "a", user: "nobody"))?.code == .misconfigured)
        #expect(await failure(server.options(schema: "a; drop"))?.code == .misconfigured)
        #expect(
            await failure(PostgresOptions(url: "postgres://u:secret@:bad:/"))?.description.contains("secret") == false
        )
        let away = await failure(PostgresOptions(url: "postgres://u:secret@127.0.0.1:1/x"))
        #expect(away?.code == .unavailable)
        #expect(away?.description.contains("secret") == false)
        let open = PostgresOptions(url: "postgres://u:secret@127.0.0.1:1/x?sslmode=disable", flavour: .supabase)
        #expect(await failure(open)?.code == .misconfigured)
        #expect("\(open)" == "supabase schema raceway")
    }

    @Test(arguments: PostgresWay.available)
    func `commits that a crash of the server interrupted are there once when they are tried again`(
        way: PostgresWay
    )
        async throws
    {
        let server = try await PostgresServer.start()
        let bouncer = way == .direct ? nil : try await PgBouncer.start(before: server, sessions: 3)
        let flavour: PostgresOptions.Flavour = way == .pooled ? .supabase : .postgres
        let store = try await PostgresStore(
            bouncer?.options(schema: "crash", flavour: flavour) ?? server.options(schema: "crash")
        )
        let isDone = Mutex(false)
        async let crashes: Void = {
            defer { isDone.withLock { $0 = true } }
            for turn in 0..<4 {
                // Some commits later, wherever they are.
                let before = await events(of: store)
                while await events(of: store) < before + 200 { await Task.yield() }
                if turn % 2 == 1, let bouncer {
                    try await bouncer.crash()
                    try await bouncer.boot()
                } else {
                    try await server.crash()
                    try await server.boot()
                }
            }
        }()
        var kept: [LogPosition?] = [nil, nil]
        var sent = [0, 0]
        var stored = 0
        var partition = 0
        while !isDone.withLock({ $0 }) {
            partition = 1 - partition
            let end = sent[partition] + 20
            let next = LogPosition(source: "log", partition: UInt32(partition), epoch: 1, sequence: UInt64(end))
            let batch = Sample.batch(trace: partition, events: sent[partition]..<end)
            do throws(StoreError) {
                stored += try await store.append(batch, from: kept[partition], through: next).stored
                kept[partition] = next
                sent[partition] = end
            } catch {
                // Away for a moment: the same record is offered again.
                #expect(error.code == .unavailable, "\(error)")
                await Task.yield()
            }
        }
        try await crashes
        let counts = try await store.counts()
        #expect(counts.events == sent[0] + sent[1])
        #expect(stored == sent[0] + sent[1])
        for partition in 0...1 {
            let record = try #require(try await store.trace(Sample.trace(partition)))
            #expect(record.batch.ids.map(\.low) == (0..<sent[partition]).map { UInt64($0) })
        }
        await store.close()
        await bouncer?.remove()
        await server.remove()
    }

    private func events(of store: PostgresStore) async -> Int { (try? await store.counts().events) ?? 0 }

    @Test(arguments: PostgresWay.available)
    func `days in which nothing is needed go as a whole and traces with findings are kept`(
        way: PostgresWay
    ) async throws {
        let server = try await PostgresServer.shared()
        let schema = Self.schema()
        let store = try await PostgresStore(try await way.options(schema: schema))
        for trace in 1...3 { try await store.append(Sample.batch(trace: trace, events: trace..<(trace + 5))) }
        try await store.record([FindingSample.row(1, moment: 5)], of: Sample.trace(2))
        // As if traces 1 and 2 had been written long ago.
        try await server.psql(PostgresSchema.ensurePartitions(schema, from: 10_000, through: 10_000))
        let old = "DATE '1970-01-01' + 10000"
        for table in ["segment", "access"] {
            try await server.psql("UPDATE \(schema).\(table) SET day = \(old) WHERE trace <> '\(Sample.trace(3))'")
        }
        try await server.psql(
            "UPDATE \(schema).trace SET first_day = \(old), last_day = \(old), arrived = 3 WHERE id <> '\(Sample.trace(3))'"
        )
        #expect(try await store.forget(tracesBefore: 4, withRacesBefore: .min) == [Sample.trace(1)])
        let partitions = try await server.psql(
            "SELECT count(*) FROM pg_class WHERE relname = 'segment_19970519' AND relnamespace = '\(schema)'::regnamespace"
        )
        #expect(partitions == "0")
        #expect(try await server.psql("SELECT count(*) FROM \(schema).segment_kept") == "1")
        #expect(try await store.trace(Sample.trace(1)) == nil)
        #expect(try await store.trace(Sample.trace(2))?.batch.count == 5)
        #expect(try await store.append(Sample.batch(trace: 2, events: 2..<9)).stored == 2)
        #expect(try await store.trace(Sample.trace(2))?.batch.count == 7)
        #expect(try await store.counts().events == 12)
        await store.close()
    }

    @Test func `names in the text of a failed connection decide nothing`() {
        let texts: [(String, StoreError.Code)] = [
            (#"could not translate host name "no.such.host.invalid" to address"#, .unavailable),
            (#"connection to server at "certificate.local", port 5432 failed: Connection refused"#, .unavailable),
            (#"FATAL:  database "raceway" does not exist"#, .misconfigured),
            (#"invalid port number: "99999999""#, .misconfigured),
        ]
        for (text, code) in texts { #expect(PostgresErrors.connectionCode(text) == code, "\(text)") }
    }

    @Test func `what SQLSTATE says decides between trying again, giving up and calling somebody`() {
        let codes: [(String, StoreError.Code)] = [
            ("53100", .full), ("57P01", .unavailable), ("53300", .unavailable), ("28P01", .misconfigured),
            ("42P01", .misconfigured), ("22P05", .refused), ("XX001", .corrupt), ("40P01", .unavailable),
        ]
        for (state, code) in codes { #expect(PostgresErrors.code(state) == code) }
        #expect(PostgresErrors.isTransient("23514") && !PostgresErrors.isTransient("53100"))
        #expect(PostgresErrors.endsSession("25006") && !PostgresErrors.endsSession("53100"))
    }

    @Test func `attempts to connect are spread and bounded`() {
        var backoff = Backoff()
        #expect(backoff.failure(now: 0) == nil)
        let error = StoreError(.unavailable, "away")
        var now: Int64 = 0
        for _ in 0..<40 {
            backoff.failed(error, now: now, fraction: 1)
            #expect(backoff.failure(now: now) == error)
            now += Backoff.bounds.most
            #expect(backoff.failure(now: now) == nil)
        }
        backoff.succeeded()
        backoff.failed(error, now: now, fraction: 0.5)
        #expect(backoff.failure(now: now + Backoff.bounds.first / 2) == nil)
    }
}
