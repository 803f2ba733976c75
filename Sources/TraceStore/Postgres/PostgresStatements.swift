import TraceModel

/// What a writer says to the server at every flush, and the parameters that go with it.
struct PostgresStatements {
    let schema: String

    /// The rows of traces, as ``ledger(_:)`` reads them.
    let traces: String
    /// Counts the change and writes the traces; answers with the new revision and how many rows were changed and added.
    ///
    /// The revision is the sum over all writers' rows, each of which only rises. Another writer may commit the same sum: a trace's own
    /// revision rises all the same.
    let change: String
    let services: String
    let revision: String
    let copySegments: String
    let copyAccesses: String

    init(schema: String) {
        self.schema = schema
        traces = """
            SELECT id, born, version, events, bytes, first_day - DATE '1970-01-01', last_day - DATE '1970-01-01'
            FROM \(schema).trace WHERE id = ANY($1)
            """
        change = """
            WITH w AS (SELECT * FROM unnest($6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                AS w (id, born, version, events, bytes, first_ts, last_ts, first_day, last_day, card, before)),
              t AS (UPDATE \(schema).tally SET revision = revision + 1, events = events + $2, traces = traces + $3,
                bytes = bytes + $4 WHERE slot = $1 RETURNING revision
                  + (SELECT CAST(coalesce(sum(o.revision), 0) AS bigint) FROM \(schema).tally o WHERE o.slot <> $1) AS revision),
              u AS (UPDATE \(schema).trace o SET version = w.version, revision = greatest(t.revision, o.revision + 1),
                events = w.events, bytes = w.bytes, first_ts = w.first_ts, last_ts = w.last_ts,
                last_day = DATE '1970-01-01' + CAST(w.last_day AS int), card = w.card, arrived = $5
                FROM t, w WHERE w.before >= 0 AND o.id = w.id AND o.born = w.born AND o.version = w.before RETURNING 1),
              i AS (INSERT INTO \(schema).trace (id, born, version, revision, events, bytes, first_ts, last_ts, first_day, last_day,
                  card, arrived)
                SELECT w.id, w.born, w.version, t.revision, w.events, w.bytes, w.first_ts, w.last_ts,
                  DATE '1970-01-01' + CAST(w.first_day AS int), DATE '1970-01-01' + CAST(w.last_day AS int), w.card, $5
                FROM t, w WHERE w.before < 0 ON CONFLICT DO NOTHING RETURNING 1)
            SELECT t.revision, (SELECT count(*) FROM u), (SELECT count(*) FROM i) FROM t
            """
        services = """
            INSERT INTO \(schema).trace_service (trace, service, events, timed, nanoseconds, errors, last_ts)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (trace, service) DO UPDATE SET events = excluded.events, timed = excluded.timed,
              nanoseconds = excluded.nanoseconds, errors = excluded.errors, last_ts = excluded.last_ts
            """
        revision = "SELECT CAST(coalesce(sum(revision), 0) AS bigint) FROM \(schema).tally"
        copySegments =
            "COPY \(schema).segment (day, trace, seq, events, first_ts, last_ts, body) FROM STDIN (FORMAT binary)"
        copyAccesses =
            "COPY \(schema).access (day, trace, variable, service, first_ts, last_ts, reads, writes, atomics) "
            + "FROM STDIN (FORMAT binary)"
    }

    func names(_ table: String) -> String {
        """
        INSERT INTO \(schema).\(table) AS o (hash, name, used) SELECT n.hash, n.name, $3 FROM unnest($1, $2) AS n (hash, name)
        ON CONFLICT (hash) DO UPDATE SET used = excluded.used WHERE o.used < excluded.used
        """
    }

    /// Deletes the accesses of a trace in its days. No index has their trace: they are found by their variables and time, or else
    /// among all of the days.
    func deleteAccesses(isFound: Bool) -> String {
        "DELETE FROM \(schema).access WHERE trace = $1 AND \(PostgresQueries.days("day", "$2", "$3"))"
            + (isFound ? " AND last_ts BETWEEN $4 AND $5 AND variable = ANY($6)" : "")
    }

    /// A ledger as the row of its trace says, without events.
    static func ledger(_ row: PostgresConnection.Row) -> TraceLedger {
        var ledger = TraceLedger(id: row.trace(0))
        ledger.key = row.integer(1)
        ledger.version = row.integer(2)
        ledger.storedEvents = Int(row.integer(3))
        ledger.storedBytes = Int(row.integer(4))
        ledger.firstDay = Int32(clamping: row.integer(5))
        ledger.lastDay = Int32(clamping: row.integer(6))
        return ledger
    }

    // MARK: Parameters

    /// Those of ``change``; new traces have no version before.
    static func change(_ plan: AppendPlan, _ sessionNumber: UInt32) -> PostgresParameters {
        let summaries = plan.traces.map(\.ledger.statistics.summary)
        var parameters = PostgresParameters([
            .integer(PostgresSchema.tallySlot(sessionNumber)), .integer(plan.eventsDelta),
            .integer(plan.newTraces), .integer(plan.bytesDelta), .integer(WallTime.nanoseconds()),
        ])
        parameters.append(traces: summaries.map(\.id))
        parameters.append(integers: plan.traces.map(\.ledger.key))
        parameters.append(integers: plan.traces.map(\.ledger.version))
        parameters.append(integers: summaries.map { Int64($0.eventCount) })
        parameters.append(integers: plan.traces.map { Int64($0.ledger.storedBytes) })
        parameters.append(integers: summaries.map(\.firstTimestamp))
        parameters.append(integers: summaries.map(\.lastTimestamp))
        parameters.append(integers: plan.traces.map { Int64($0.ledger.firstDay) })
        parameters.append(integers: plan.traces.map { Int64($0.ledger.lastDay) })
        parameters.append(blobs: summaries.map { SummaryCard.encode($0) })
        parameters.append(integers: plan.traces.map { $0.isNew ? -1 : $0.versionBefore })
        return parameters
    }

    /// Those of ``services``.
    static func services(_ plan: AppendPlan) -> PostgresParameters {
        let rows = plan.traces.flatMap { trace in
            trace.ledger.statistics.services.map { (trace: trace.ledger.id, hash: StableHash.name($0.name), share: $0) }
        }
        var parameters = PostgresParameters()
        parameters.append(traces: rows.map(\.trace))
        parameters.append(integers: rows.map(\.hash))
        parameters.append(integers: rows.map { Int64($0.share.durations.events) })
        parameters.append(integers: rows.map { Int64($0.share.durations.timed) })
        parameters.append(integers: rows.map(\.share.durations.nanoseconds))
        parameters.append(integers: rows.map { Int64($0.share.errors) })
        parameters.append(integers: rows.map(\.share.lastTimestamp))
        return parameters
    }

    /// Those of ``names(_:)``, in one order everywhere, so that two writers cannot wait for each other in a circle.
    static func names(_ names: NameLedger, _ today: Int32) -> PostgresParameters {
        let sorted = names.pending.sorted { $0.key < $1.key }
        var parameters = PostgresParameters()
        parameters.append(integers: sorted.map(\.key))
        parameters.append(blobs: sorted.map(\.value))
        parameters.append(.integer(Int64(today)))
        return parameters
    }

    // MARK: Rows

    static func fill(_ rows: inout CopyRows, segmentsOf plan: AppendPlan, _ today: Int32) {
        rows.restart()
        for trace in plan.traces {
            for segment in trace.segments {
                rows.startRow()
                rows.append(day: today)
                rows.append(trace.ledger.id)
                rows.append(segment.sequence)
                rows.append(Int64(segment.events))
                rows.append(segment.firstTimestamp)
                rows.append(segment.lastTimestamp)
                rows.append(segment.body)
            }
        }
        rows.finish()
    }

    static func fill(_ rows: inout CopyRows, accessesOf plan: AppendPlan, _ today: Int32) {
        rows.restart()
        var sorted = plan.traces.flatMap { trace in trace.accesses.map { (trace: trace.ledger.id, access: $0) } }
        // In the order of their index, so that neighbours go to the same page.
        sorted.sort { $0.access.variable < $1.access.variable }
        for (trace, access) in sorted {
            rows.startRow()
            rows.append(day: today)
            rows.append(trace)
            rows.append(access.variable)
            rows.append(access.service)
            rows.append(access.firstTimestamp)
            rows.append(access.lastTimestamp)
            rows.append(Int64(access.reads))
            rows.append(Int64(access.writes))
            rows.append(Int64(access.atomics))
        }
        rows.finish()
    }
}
