import CLibPQ

/// An answer of the server.
final class PostgresAnswer {
    let result: OpaquePointer?

    init(_ result: OpaquePointer?) { self.result = result }

    deinit { PQclear(result) }

    /// Rows that a statement changed.
    var changed: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    func each(_ body: (PostgresConnection.Row) throws(StoreError) -> Void) throws(StoreError) {
        for row in 0..<PQntuples(result) { try body(PostgresConnection.Row(result: result, row: row)) }
    }
}

/// Several statements in one round trip, each prepared once for the session: neither parsing, planning nor waiting is paid for at
/// every flush. Where the session is not our own they run one after the other, unprepared.
///
/// After the first failure the server skips the rest. ``finish()`` must be called on every round.
struct PostgresRound: ~Copyable {
    private enum Step {
        case preparation(sql: String, name: String)
        case statement
    }

    private let session: PostgresConnection
    private var steps: [Step] = []
    private var answers: [PostgresAnswer] = []
    private var failure: StoreError?

    init(_ session: PostgresConnection) {
        self.session = session
        if session.isOwnSession, PQenterPipelineMode(session.handle) != 1 { failure = session.broken() }
    }

    /// Adds a statement without parameters.
    mutating func add(script sql: String) {
        guard !session.isOwnSession else { return add(sql, PostgresParameters()) }
        guard failure == nil else { return }
        do throws(StoreError) { try session.script(sql) } catch { failure = error }
        answers.append(PostgresAnswer(nil))
    }

    mutating func add(_ sql: String, _ values: [SQLValue]) { add(sql, PostgresParameters(values)) }

    mutating func add(_ sql: String, _ parameters: borrowing PostgresParameters) {
        guard failure == nil else { return }
        guard session.isOwnSession else {
            do throws(StoreError) { answers.append(try session.answer(sql, parameters)) } catch { failure = error }
            return
        }
        let isSent = parameters.withValues { count, values, lengths, formats in
            guard let name = prepare(sql, count, parameters.types) else { return false }
            return PQsendQueryPrepared(session.handle, name, count, values, lengths, formats, 1) == 1
        }
        guard isSent else { return failure = session.broken() }
        steps.append(.statement)
    }

    private mutating func prepare(_ sql: String, _ count: Int32, _ types: [Oid]) -> String? {
        if let name = session.prepared[sql] { return name }
        for case .preparation(sql, let name) in steps { return name }
        session.preparations += 1
        // With the text's hash, so that a name never stands for another statement, whoever else uses the session.
        let name = "raceway_\(session.preparations)_\(UInt64(bitPattern: StableHash.name(sql)))"
        guard PQsendPrepare(session.handle, name, sql, count, types) == 1 else { return nil }
        steps.append(.preparation(sql: sql, name: name))
        return name
    }

    /// Waits for the answers, one for each statement in their order.
    ///
    /// - Throws: the first failure.
    consuming func finish() throws(StoreError) -> [PostgresAnswer] {
        if session.isOwnSession {
            let isSent = failure == nil && PQpipelineSync(session.handle) == 1
            if isSent { receive() }
            if !isSent || PQexitPipelineMode(session.handle) != 1 { failure = failure ?? session.broken() }
        }
        if let failure { throw failure }
        return answers
    }

    private mutating func receive() {
        for step in steps {
            guard let result = PQgetResult(session.handle) else { return failure = failure ?? session.broken() }
            let answer = PostgresAnswer(result)
            while session.isUsable, let more = PQgetResult(session.handle) { PQclear(more) }
            guard failure == nil else { continue }
            do throws(StoreError) {
                try session.check(result)
                switch step {
                case .preparation(let sql, let name): session.prepared[sql] = name
                case .statement: answers.append(answer)
                }
            } catch {
                failure = error
            }
            guard session.isUsable else { return }
        }
        // What ends the round, in the place of an answer.
        PQclear(PQgetResult(session.handle))
    }
}
