import TraceModel

/// Forgets traces, and whole partitions once nothing in them is needed.
enum PostgresRetention {
    /// What was forgotten.
    struct Outcome: Sendable {
        var traces: [TraceID] = []
        var events = 0
    }

    static func forget(
        before moment: Int64,
        withFindingsBefore findingMoment: Int64,
        _ schema: String,
        _ session: PostgresConnection
    ) throws(StoreError) -> Outcome {
        let days = try droppable(before: moment, schema, session)
        let outcome = try PostgresMigrator.transaction(session) { () throws(StoreError) in
            try deleteTraces(before: moment, withFindingsBefore: findingMoment, sparing: days, schema, session)
        }
        // A failure from here on costs space until the next time, nothing else: no trace refers to these days any more.
        for day in days { try? drop(day, schema, session) }
        for statement in NameQueries.deletingUnused(before: moment, session.dialect) {
            _ = try? session.execute(statement.sql, statement.values)
        }
        return outcome
    }

    /// Days before yesterday, in which nobody writes any more, and in which no trace is younger than the moment: all of
    /// them are forgotten or have findings.
    private static func droppable(
        before moment: Int64,
        _ schema: String,
        _ session: PostgresConnection
    ) throws(StoreError) -> [String] {
        var days: [String] = []
        try session.query(
            """
            SELECT to_char(d.day, 'YYYYMMDD') FROM (
              SELECT to_date(right(c.relname, 8), 'YYYYMMDD') AS day FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
              WHERE i.inhparent = to_regclass($2) AND c.relname ~ '^segment_[0-9]{8}$' AND NOT i.inhdetachpending) d
            WHERE d.day < DATE '1970-01-01' + $3::bigint::int AND NOT EXISTS (
              SELECT 1 FROM \(schema).trace t WHERE t.arrived >= $1 AND d.day BETWEEN t.first_day AND t.last_day)
            ORDER BY 1
            """,
            [.integer(moment), .text("\(schema).segment"), .integer(Int64(WallTime.day() - 1))]
        ) { days.append($0.text(0)) }
        return days
    }

    private static func deleteTraces(
        before moment: Int64,
        withFindingsBefore findingMoment: Int64,
        sparing days: [String],
        _ schema: String,
        _ session: PostgresConnection
    ) throws(StoreError) -> Outcome {
        var outcome = Outcome()
        var bytes: Int64 = 0
        var written: (first: Int64, last: Int64) = (.max, .min)
        try session.query(
            """
            DELETE FROM \(schema).trace t WHERE t.arrived < $1 AND (t.arrived < $2
              OR NOT EXISTS (SELECT 1 FROM \(schema).finding f WHERE f.trace = t.id))
            RETURNING t.id, t.events, t.bytes, t.first_day - DATE '1970-01-01', t.last_day - DATE '1970-01-01'
            """,
            [.integer(moment), .integer(findingMoment)]
        ) { row in
            outcome.traces.append(row.trace(0))
            outcome.events += Int(row.integer(1))
            bytes += row.integer(2)
            written = (min(written.first, row.integer(3)), max(written.last, row.integer(4)))
        }
        // Survivors with findings leave the partitions that are about to go.
        for day in days {
            for table in ["segment", "access"] { try keep(table, day, schema, session) }
        }
        guard !outcome.traces.isEmpty else { return outcome }
        let spared = days.map { "DATE '\($0)'" }.joined(separator: ", ")
        for table in ["segment", "access", "trace_service", "finding"] {
            var victims = PostgresParameters([.integer(written.first), .integer(written.last)])
            victims.append(traces: outcome.traces)
            var filter = ""
            if ["segment", "access"].contains(table) {
                // Only the days of these traces are looked at; rows of days that are dropped go with their partition.
                filter = " AND \(PostgresQueries.days("p.day", "$1", "$2"))"
                if !days.isEmpty { filter += " AND p.day NOT IN (\(spared))" }
            }
            try session.answer(
                "DELETE FROM \(schema).\(table) p USING unnest($3) v (id) WHERE p.trace = v.id\(filter)",
                victims
            )
        }
        try session.execute(
            "UPDATE \(schema).tally SET revision = revision + 1, events = events - $2, traces = traces - $3, bytes = bytes - $4 "
                + "WHERE slot = $1",
            [
                .integer(PostgresSchema.tallySlot(session.sessionNumber)), .integer(outcome.events),
                .integer(outcome.traces.count), .integer(bytes),
            ]
        )
        return outcome
    }

    private static func keep(
        _ table: String,
        _ day: String,
        _ schema: String,
        _ session: PostgresConnection
    ) throws(StoreError) {
        let columns =
            table == "segment"
            ? "trace, seq, events, first_ts, last_ts, body"
            : "trace, variable, service, first_ts, last_ts, reads, writes, atomics"
        try session.execute(
            """
            WITH moved AS (DELETE FROM \(schema).\(table)_\(day) p USING \(schema).trace t WHERE t.id = p.trace
              AND DATE '\(day)' BETWEEN t.first_day AND t.last_day RETURNING p.*)
            INSERT INTO \(schema).\(table) (day, \(columns)) SELECT \(PostgresSchema.keptDay), \(columns) FROM moved
            """,
            []
        )
    }

    /// Without a lock on the whole table, which would stop ingest behind the slowest reader.
    private static func drop(_ day: String, _ schema: String, _ session: PostgresConnection) throws(StoreError) {
        for table in ["segment", "access"] {
            let name = "\(schema).\(table)_\(day)"
            do {
                try session.script("ALTER TABLE \(schema).\(table) DETACH PARTITION \(name) CONCURRENTLY")
            } catch {
                // An earlier attempt may have been interrupted half way.
                try session.script("ALTER TABLE \(schema).\(table) DETACH PARTITION \(name) FINALIZE")
            }
            try session.script("DROP TABLE \(name)")
        }
    }
}
