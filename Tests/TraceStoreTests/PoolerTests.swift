import Foundation
import Testing
import TraceModel

@testable import TraceStore

/// What a pooler that gives every transaction another session can break; the suites of all stores run through it as well.
@Suite(.enabled(if: PgBouncer.isAvailable)) struct PoolerTests {
    private static func schema() -> String { "t_" + UUID().uuidString.lowercased().prefix(8) }

    private func text(_ sql: String, _ session: PostgresConnection) throws(StoreError) -> String {
        var text = ""
        try session.query(sql, []) { text = $0.text(0) }
        return text
    }

    @Test func `a session that others use as well is recognised whatever the settings say of it`() async throws {
        for way in PostgresWay.available {
            let session = try PostgresConnection(try await way.options(schema: "a"), writing: true)
            #expect(session.isOwnSession == (way == .direct), "\(way)")
        }
    }

    @Test(arguments: PostgresWay.available)
    func `statements are limited in every transaction and nothing is left in a session of others`(
        way: PostgresWay
    )
        async throws
    {
        var options = try await way.options(schema: "a")
        options.statementTimeoutMilliseconds = 4_321
        let session = try PostgresConnection(options, writing: true)
        for reading in [true, false] {
            let limit = try PostgresMigrator.transaction(session, session.begin(reading: reading)) {
                () throws(StoreError) in try text("SHOW statement_timeout", session)
            }
            #expect(limit == "4321ms")
        }
        #expect(try text("SHOW application_name", session) == "raceway")
        let left = try text("SHOW statement_timeout", session)
        #expect(left == (way == .direct ? "4321ms" : "0"))
        let prepared = try text("SELECT CAST(count(*) AS text) FROM pg_prepared_statements WHERE name <> ''", session)
        #expect(prepared == "0")
    }

    @Test func `the limit that an address names is kept`() async throws {
        var options = try await PostgresServer.shared().options(schema: "a")
        options.url += " options='-c statement_timeout=77'"
        let session = try PostgresConnection(options, writing: false)
        #expect(try text("SHOW statement_timeout", session) == "77ms")
    }

    @Test func `two servers write the same traces through two sessions`() async throws {
        let server = try await PostgresServer.shared()
        let bouncer = try await PgBouncer.start(before: server, sessions: 2)
        let schema = Self.schema()
        let stores = try await withThrowingTaskGroup(of: PostgresStore.self) { group in
            for flavour in PostgresOptions.Flavour.allCases {
                group.addTask { try await PostgresStore(bouncer.options(schema: schema, flavour: flavour)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, store) in stores.enumerated() {
                for partition in 0..<2 as Range<UInt32> {
                    group.addTask { try await Self.fill(store, "server \(number)", partition) }
                }
                group.addTask {
                    for _ in 0..<20 { _ = try await store.summaries(TraceQuery()) }
                }
            }
            try await group.waitForAll()
        }
        for store in stores {
            #expect(try await store.counts().events == 4 * 100)
            for trace in 0..<4 { #expect(try await store.trace(Sample.trace(trace))?.batch.count == 100) }
        }
        for number in 0...1 {
            let positions = try await stores[0].positions(of: "server \(number)")
            #expect(positions.map(\.sequence) == [20, 20])
        }
        for store in stores { await store.close() }
        await bouncer.remove()
    }

    /// Each batch belongs to a trace that every other writer appends to as well, and is offered twice.
    private static func fill(_ store: PostgresStore, _ source: String, _ partition: UInt32) async throws {
        var kept: LogPosition?
        for turn in 0..<20 {
            let next = LogPosition(source: source, partition: partition, epoch: 1, sequence: UInt64(turn) + 1)
            let first = turn / 4 * 20
            let batch = Sample.batch(trace: turn % 4, events: first..<(first + 20))
            for _ in 0..<2 { try await retrying { try await store.append(batch, from: kept, through: next) } }
            kept = next
        }
    }

    /// Writers that stand in each other's way say so after some attempts; a server tries again.
    private static func retrying(_ body: () async throws -> AppendReceipt) async throws {
        while true {
            do {
                _ = try await body()
                return
            } catch let error as StoreError where error.code == .unavailable {
                await Task.yield()
            }
        }
    }

    @Test(arguments: PostgresWay.available)
    func `no number of a session is without a row of counters`(way: PostgresWay) async throws {
        #expect(PostgresSchema.tallySlot(UInt32(bitPattern: -5)) == 11)
        // A pooler invents the numbers of its sessions: half of them are negative.
        let options = try await way.options(schema: Self.schema())
        for number in 1...12 {
            let store = try await PostgresStore(options)
            #expect(try await store.append(Sample.batch(trace: number, events: 0..<3)).stored == 3)
            #expect(try await store.trace(Sample.trace(number))?.batch.count == 3)
            await store.close()
        }
    }

    @Test func `events are not stored without their trace when the row of counters is gone`() async throws {
        let schema = Self.schema()
        let server = try await PostgresServer.shared()
        let store = try await PostgresStore(server.options(schema: schema))
        try await server.psql("DELETE FROM \(schema).tally")
        let error = await #expect(throws: StoreError.self) {
            try await store.append(Sample.batch(trace: 1, events: 0..<3))
        }
        #expect(error?.code == .misconfigured)
        #expect(error?.message.contains("\(schema).tally") == true)
        #expect(try await server.psql("SELECT count(*) FROM \(schema).segment") == "0")
        await store.close()
    }

    @Test func `what a pooler refuses at the start is told with its remedy and without the password`() async throws {
        let bouncer = try await PgBouncer.shared()
        func failure(_ options: PostgresOptions) async -> StoreError? {
            let error = await #expect(throws: StoreError.self) { try await PostgresStore(options) }
            #expect(error?.description.contains(PgBouncer.password) == false)
            return error
        }
        for more in ["password=no", "dbname=nobase", "user=nobody"] {
            let error = await failure(bouncer.options(schema: "a", more: more))
            #expect(error?.code == .misconfigured, "\(more): \(String(describing: error))")
        }
        let options = await failure(bouncer.options(schema: "a", more: "options='-c work_mem=1MB'"))
        #expect(options?.code == .misconfigured)
        #expect(options?.message.contains("leave 'options' out of the address") == true)
        let open = try await PgBouncer.start(before: try await PostgresServer.shared(), sessions: 1, tls: false)
        let plain = await failure(open.options(schema: "a"))
        #expect(plain?.code == .misconfigured)
        #expect(plain?.message.contains("SSL") == true)
        let store = try await PostgresStore(open.options(schema: Self.schema(), flavour: .postgres))
        #expect(try await store.append(Sample.batch(trace: 1, events: 0..<3)).stored == 3)
        await store.close()
        await open.remove()
    }

    @Test func `statements that are gone, or another's, are an error that names the remedy`() async throws {
        let options = try await PostgresServer.shared().options(schema: "a")
        for trick in ["DEALLOCATE ALL", "DEALLOCATE ALL; PREPARE raceway_2 AS SELECT 2"] {
            let session = try PostgresConnection(options, writing: true)
            for isTricked in [false, true] {
                if isTricked { try session.script(trick) }
                var round = PostgresRound(session)
                round.add("SELECT 1", [])
                var failure: StoreError?
                do throws(StoreError) { _ = try round.finish() } catch { failure = error }
                #expect((failure?.code == .misconfigured) == isTricked)
                #expect((failure?.message.contains("storage.backend = \"supabase\"") == true) == isTricked)
            }
        }
        #expect(PostgresErrors.isLostSession("42P05"))
    }

    @Test func `what can be told of a server says whether a pooler stands before it`() async throws {
        for way in PostgresWay.available {
            let report = try await PostgresStore.report(try await way.options(schema: Self.schema()))
            #expect(report.isPooled == (way != .direct))
            #expect(report.schema.applied == 0)
        }
    }
}
