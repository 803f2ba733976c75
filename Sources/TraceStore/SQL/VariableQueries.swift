import TraceModel

/// Reads of variables that both databases answer alike, from the narrow table of accesses.
enum VariableQueries {
    static func page(_ query: VariableQuery, _ session: some SQLSession) throws(StoreError) -> VariablePage {
        let schema = session.dialect.schema
        var values: [SQLValue] = []
        var conditions: [String] = []
        if let since = query.since {
            values.append(.integer(since))
            conditions.append("a.last_ts >= $\(values.count)")
        }
        if let part = query.name, !part.isEmpty {
            values.append(.name(part))
            conditions.append(session.dialect.contains("n.name", "$\(values.count)"))
        }
        let filter = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        let source = "FROM \(schema)access a JOIN \(schema)variable_name n ON n.hash = a.variable\(filter)"
        var page = VariablePage(total: 0, variables: [])
        try session.query("SELECT count(DISTINCT n.hash) \(source)", values) { page.total = Int($0.integer(0)) }
        guard query.limit > 0, query.offset < page.total else { return page }
        try session.query(
            """
            SELECT n.name, CAST(sum(a.reads) AS bigint), CAST(sum(a.writes) AS bigint), CAST(sum(a.atomics) AS bigint),
              count(DISTINCT a.trace), count(DISTINCT a.service), min(a.first_ts), max(a.last_ts)
            \(source) GROUP BY n.hash, n.name ORDER BY max(a.last_ts) DESC, n.name
            LIMIT $\(values.count + 1) OFFSET $\(values.count + 2)
            """,
            values + [.integer(query.limit), .integer(max(0, query.offset))]
        ) { row in
            page.variables.append(
                VariableSummary(
                    name: row.text(0),
                    reads: Int(row.integer(1)),
                    writes: Int(row.integer(2)),
                    atomics: Int(row.integer(3)),
                    traces: Int(row.integer(4)),
                    services: Int(row.integer(5)),
                    firstTimestamp: row.integer(6),
                    lastTimestamp: row.integer(7)
                )
            )
        }
        return page
    }

    /// Traces that access a variable, the newest access first.
    static func traces(
        accessing name: String,
        since: Int64,
        limit: Int,
        _ session: some SQLSession
    ) throws(StoreError) -> [TraceID] {
        let schema = session.dialect.schema
        var traces: [TraceID] = []
        try session.query(
            """
            SELECT t.id FROM \(schema)access a JOIN \(schema)trace t ON t.\(session.dialect.traceKey) = a.trace
            WHERE a.variable = $1 AND a.last_ts >= $2 GROUP BY t.id ORDER BY max(a.last_ts) DESC, t.id LIMIT $3
            """,
            [.integer(StableHash.name(name)), .integer(since), .integer(max(0, limit))]
        ) { traces.append($0.trace(0)) }
        return traces
    }
}
