import CLibPQ

extension PostgresConnection {
    /// Asks whether the process that answers is the one that was introduced: a pooler invents the number of that one, because another
    /// process may answer every transaction. Where it is, the limit of statements is set for the session in the same round trip.
    ///
    /// A start-up option would say the same limit, which poolers refuse or drop.
    ///
    /// - Parameter timeout: milliseconds; `nil` when the address has a limit of its own.
    /// - Returns: true when nobody else uses the session.
    /// - Throws: `unavailable` after the connection broke, which is closed then.
    static func claimSession(
        _ handle: OpaquePointer,
        _ flavour: PostgresOptions.Flavour,
        _ timeout: Int?
    ) throws(StoreError) -> Bool {
        guard flavour == .postgres else { return false }
        let limit = timeout.map { "set_config('statement_timeout', '\($0)', false)" } ?? "''"
        let answer = PostgresAnswer(
            PQexec(handle, "SELECT CASE WHEN pg_backend_pid() = \(PQbackendPID(handle)) THEN \(limit) END")
        )
        guard PQresultStatus(answer.result) == PGRES_TUPLES_OK else {
            PQfinish(handle)
            throw StoreError(.unavailable, "the connection to PostgreSQL broke at its start; it will be tried again")
        }
        return PQgetisnull(answer.result, 0, 0) == 0
    }
}
