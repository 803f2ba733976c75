import Foundation
import Testing
import TraceModel

@testable import TraceStore

/// Statements that share a round trip, where the session is our own and where it is a pooler's.
@Suite(.enabled(if: PostgresServer.isAvailable)) struct PostgresRoundTests {
    private func session(own: Bool) async throws -> PostgresConnection {
        let server = try await PostgresServer.shared()
        return try PostgresConnection(server.options(schema: "rounds"), writing: true, isOwnSession: own)
    }

    @Test(arguments: [true, false]) func `the answers come in the order of the statements, as often as they are asked`(
        own: Bool
    ) async throws {
        let session = try await session(own: own)
        for turn in 1...3 {
            var round = PostgresRound(session)
            round.add(script: "BEGIN")
            round.add("SELECT $1 + 1", [.integer(turn)])
            var numbers = PostgresParameters()
            numbers.append(integers: (0..<turn).map { Int64($0) })
            round.add("SELECT n FROM unnest($1) n ORDER BY n DESC", numbers)
            round.add("SELECT $1 + 1", [.integer(10 * turn)])
            round.add(script: "COMMIT")
            let answers = try round.finish()
            var found: [[Int64]] = []
            for answer in answers {
                var column: [Int64] = []
                try answer.each { column.append($0.integer(0)) }
                found.append(column)
            }
            let descending = (0..<turn).reversed().map { Int64($0) }
            #expect(found == [[], [Int64(turn + 1)], descending, [Int64(10 * turn + 1)], []])
            #expect(session.isIdle)
        }
    }

    @Test(arguments: [true, false]) func `the first failure is the round's, and the connection works on`(
        own: Bool
    )
        async throws
    {
        let session = try await session(own: own)
        var round = PostgresRound(session)
        round.add(script: "BEGIN")
        round.add("SELECT 1 / $1", [.integer(0)])
        round.add("SELECT nothing", [])
        var failure: StoreError?
        do throws(StoreError) { _ = try round.finish() } catch { failure = error }
        #expect(failure?.message.contains("division by zero") == true)
        #expect(session.isUsable && !session.isIdle)
        try session.script("ROLLBACK")
        var next = PostgresRound(session)
        next.add("SELECT 1 / $1", [.integer(1)])
        var one: Int64 = 0
        try next.finish()[0].each { one = $0.integer(0) }
        #expect(one == 1)
    }

    @Test func `a copy that fails says why and leaves the connection for others`() async throws {
        let session = try await session(own: true)
        try session.script("CREATE TEMPORARY TABLE a (x bigint PRIMARY KEY); CREATE TEMPORARY TABLE b (x bigint)")
        var rows = CopyRows(columns: 1)
        for value: Int64 in [5, 5] {
            rows.startRow()
            rows.append(value)
        }
        rows.finish()
        let copies = ["a", "b"].map { "COPY \($0) FROM STDIN (FORMAT binary)" }
        var failure: StoreError?
        do throws(StoreError) {
            try session.startCopies(copies)
            for _ in copies { try session.put(rows) }
            try session.endCopies()
        } catch {
            failure = error
        }
        #expect(session.lastState == "23505", "\(String(describing: failure))")
        #expect(session.isIdle && session.isUsable)
        try session.startCopies([copies[1]])
        try session.put(rows)
        try session.endCopies()
        var count: Int64 = 0
        try session.query("SELECT count(*) FROM b", []) { count = $0.integer(0) }
        #expect(count == 2)
    }

    @Test func `accesses that a better version replaces are found without an index of their trace`() async throws {
        let server = try await PostgresServer.shared()
        let schema = "t_" + UUID().uuidString.lowercased().prefix(8)
        let store = try await PostgresStore(server.options(schema: schema))
        for trace in 1...2 { try await store.append(Sample.batch(trace: trace, events: 0..<10)) }
        let better = Sample.batch(trace: 1, events: 3..<4) { event, batch in
            event.timestamp = 1
            event.object = batch.symbols.intern("moved")
        }
        let worse = Sample.batch(trace: 1, events: 3..<4)
        // One of the two versions wins whichever comes first.
        try await store.append(better)
        try await store.append(worse)
        let rows = try await server.psql("SELECT sum(writes) FROM \(schema).access WHERE trace = '\(Sample.trace(1))'")
        #expect(rows == "10")
        #expect(try await store.trace(Sample.trace(1))?.batch.count == 10)
        #expect(try await server.psql("SELECT sum(writes) FROM \(schema).access") == "20")
        // Where damage hides what was accessed, all of the days are searched.
        try await store.append(Sample.batch(trace: 2, events: 10..<20))
        let hurt = "\(schema).segment WHERE trace = '\(Sample.trace(2))'"
        try await server.psql(
            "UPDATE \(schema).segment SET body = 'x' WHERE (trace, seq) = (SELECT trace, min(seq) FROM \(hurt) GROUP BY trace)"
        )
        let again = try await PostgresStore(server.options(schema: schema))
        try await again.append(Sample.batch(trace: 2, events: 12..<13) { event, _ in event.timestamp = 1 })
        #expect(try await server.psql("SELECT sum(writes) FROM \(schema).access") == "20")
        #expect(try await again.trace(Sample.trace(2))?.batch.count == 10)
        await again.close()
        await store.close()
    }
}
