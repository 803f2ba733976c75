import TraceModel

/// One of the writers of a PostgreSQL store; belongs to its thread.
final class PostgresWriter {
    /// Attempts at one batch: another writer was faster, a partition was missing, the connection broke.
    private static let attemptsMax = 16

    private let options: PostgresOptions
    private let link: PostgresLink
    private let planner: AppendPlanner
    private let tally: StoreTally
    private var ensuredThrough: Int32 = .min
    /// Another writer changed a trace since this one read it.
    private var wasOvertaken = false
    /// The transaction whose commit was sent and never answered: what it was, should the position say that it happened.
    private var unanswered: (position: LogPosition, receipt: AppendReceipt)?

    init(_ options: PostgresOptions, _ tally: StoreTally) {
        self.options = options
        self.tally = tally
        link = PostgresLink(options, writing: true)
        planner = AppendPlanner(limits: options.traceLimits, ledgerEventsMax: options.ledgerEventsMax)
    }

    private var schema: String { options.schema }

    // MARK: Attempts

    func append(
        _ batch: EventBatch,
        from previous: LogPosition?,
        through next: LogPosition?
    ) throws(StoreError) -> AppendReceipt {
        var attempt = 0
        while true {
            attempt += 1
            wasOvertaken = false
            do throws(StoreError) {
                let receipt = try attemptAppend(batch, previous, next)
                tally.add(receipt)
                return receipt
            } catch {
                planner.rollback()
                let survived = link.isUsable
                let state = link.lastState
                if !survived { link.drop() }
                if state == "23514" { ensuredThrough = .min }
                let again =
                    wasOvertaken || PostgresErrors.isTransient(state)
                    || (!survived && error.code == .unavailable && attempt < 3)
                guard again, attempt < Self.attemptsMax else { throw error }
            }
        }
    }

    private func attemptAppend(
        _ batch: EventBatch,
        _ previous: LogPosition?,
        _ next: LogPosition?
    ) throws(StoreError) -> AppendReceipt {
        let session = try link.session()
        let today = WallTime.day()
        try ensurePartitions(today, session)
        try session.script(link.begin(reading: false))
        var plan = AppendPlan()
        do {
            if let next {
                let kept = try PositionQueries.lock(next, session)
                if try PositionCheck.verdict(kept: kept, previous: previous, next: next) == .already {
                    let receipt = try already(batch.count, next, session)
                    try session.script("ROLLBACK")
                    return receipt
                }
                try PositionQueries.move(kept, to: next, session)
            }
            plan = try self.plan(batch, today, session)
            try write(&plan, today, session)
        } catch {
            if session.isUsable, !session.isIdle { try? session.script("ROLLBACK") }
            throw error
        }
        unanswered = next.map { ($0, plan.receipt) }
        try session.script("COMMIT")
        unanswered = nil
        let receipt = plan.receipt
        planner.commit(plan)
        return receipt
    }

    /// The answer when the position says that the events are there.
    private func already(
        _ count: Int,
        _ next: LogPosition,
        _ session: PostgresConnection
    ) throws(StoreError) -> AppendReceipt {
        if let unanswered, unanswered.position == next {
            self.unanswered = nil
            return unanswered.receipt
        }
        return AppendReceipt(duplicates: count, revision: try revision(session))
    }

    /// Makes partitions up to some days ahead, once a day or when one was missing.
    private func ensurePartitions(_ today: Int32, _ session: PostgresConnection) throws(StoreError) {
        guard ensuredThrough <= today else { return }
        try session.script(
            PostgresSchema.ensurePartitions(schema, from: today - 1, through: today + Int32(options.partitionsAhead))
        )
        // Tomorrow it is looked at again, with the rest of the days to spare.
        ensuredThrough = today + 1
    }

    // MARK: Planning

    private func plan(
        _ batch: EventBatch,
        _ today: Int32,
        _ session: PostgresConnection
    ) throws(StoreError) -> AppendPlan {
        let ids = Set(batch.traces).sorted()
        var stored: [TraceID: TraceLedger] = [:]
        if !ids.isEmpty {
            for row in try rows(of: ids, session) { stored[row.id] = row }
        }
        // What other writers, other servers or retention changed is read again.
        for id in ids {
            guard let ledger = planner.ledgers.take(id) else { continue }
            if let row = stored[id], row.version == ledger.version, row.key == ledger.key {
                planner.ledgers.put(ledger)
            }
        }
        planner.birth = WallTime.nanoseconds() / 1_000
        return try planner.plan(batch) { (unknown) throws(StoreError) in
            var ledgers: [TraceID: TraceLedger] = [:]
            for id in unknown {
                guard var ledger = stored[id] else { continue }
                ledger.add(all: try events(ledger, session))
                ledgers[id] = ledger
            }
            return ledgers
        } events: { (ledger) throws(StoreError) in
            try events(ledger, session)
        }
    }

    /// Ledgers as the rows of the traces say, without events.
    private func rows(of ids: [TraceID], _ session: PostgresConnection) throws(StoreError) -> [TraceLedger] {
        var arrays = PostgresArrays()
        arrays.append(traces: ids)
        var ledgers: [TraceLedger] = []
        try session.query(
            """
            SELECT id, born, version, events, bytes, first_day - DATE '1970-01-01', last_day - DATE '1970-01-01'
            FROM \(schema).trace WHERE id = ANY($1)
            """,
            arrays
        ) { row in
            var ledger = TraceLedger(id: row.trace(0))
            ledger.key = row.integer(1)
            ledger.version = row.integer(2)
            ledger.storedEvents = Int(row.integer(3))
            ledger.storedBytes = Int(row.integer(4))
            ledger.firstDay = Int32(clamping: row.integer(5))
            ledger.lastDay = Int32(clamping: row.integer(6))
            ledgers.append(ledger)
        }
        return ledgers
    }

    private func events(_ ledger: TraceLedger, _ session: PostgresConnection) throws(StoreError) -> EventBatch {
        var assembly = SegmentAssembly()
        try session.query(
            PostgresQueries.segments(schema),
            [
                .trace(ledger.id), .integer(ledger.key), .integer(Int64(ledger.firstDay)),
                .integer(Int64(ledger.lastDay)),
            ]
        ) { row in
            row.withBytes(0) { assembly.addIfSound($0, of: ledger.id) }
        }
        tally.addDamage(assembly.damaged)
        return assembly.finish()
    }

    // MARK: Writing

    private func write(
        _ plan: inout AppendPlan,
        _ today: Int32,
        _ session: PostgresConnection
    ) throws(StoreError) {
        guard !plan.traces.isEmpty else {
            plan.receipt.revision = try revision(session)
            return
        }
        for index in plan.traces.indices {
            plan.traces[index].ledger.firstDay = min(plan.traces[index].ledger.firstDay, today)
            plan.traces[index].ledger.lastDay = max(plan.traces[index].ledger.lastDay, today)
            if plan.traces[index].replaces { try deleteParts(of: plan.traces[index].ledger, session) }
        }
        try writeNames(session)
        try copySegments(plan, today, session)
        try copyAccesses(plan, today, session)
        let revision = try count(plan, session)
        plan.receipt.revision = UInt64(clamping: revision)
        for index in plan.traces.indices {
            // Another writer may have committed the same sum: a trace's own revision rises all the same.
            let before = plan.traces[index].ledger.statistics.revision
            plan.traces[index].ledger.statistics.revision = max(UInt64(clamping: revision), before + 1)
        }
        try writeTraces(plan, session)
        try writeServices(plan, session)
    }

    private func deleteParts(of ledger: TraceLedger, _ session: PostgresConnection) throws(StoreError) {
        for table in ["segment", "access"] {
            try session.execute("DELETE FROM \(schema).\(table) WHERE trace = $1", [.trace(ledger.id)])
        }
    }

    private func writeNames(_ session: PostgresConnection) throws(StoreError) {
        for (table, names) in [("variable_name", planner.variables), ("service_name", planner.services)]
        where !names.pending.isEmpty {
            // In one order everywhere, so that two writers cannot wait for each other in a circle.
            let sorted = names.pending.sorted { $0.key < $1.key }
            var arrays = PostgresArrays()
            arrays.append(integers: sorted.map(\.key))
            arrays.append(blobs: sorted.map(\.value))
            try session.execute(
                "INSERT INTO \(schema).\(table) (hash, name) SELECT * FROM unnest($1, $2) ON CONFLICT DO NOTHING",
                arrays
            )
        }
    }

    private func copySegments(
        _ plan: AppendPlan,
        _ today: Int32,
        _ session: PostgresConnection
    ) throws(StoreError) {
        var rows = CopyRows(
            columns: 7,
            reserve: 4_096 + plan.traces.reduce(0) { $0 + $1.segments.reduce(0) { $0 + 96 + $1.body.count } }
        )
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
        try session.copy(
            "COPY \(schema).segment (day, trace, seq, events, first_ts, last_ts, body) FROM STDIN (FORMAT binary)",
            rows
        )
    }

    private func copyAccesses(
        _ plan: AppendPlan,
        _ today: Int32,
        _ session: PostgresConnection
    ) throws(StoreError) {
        var rows = CopyRows(columns: 9)
        for trace in plan.traces {
            for access in trace.accesses {
                rows.startRow()
                rows.append(day: today)
                rows.append(trace.ledger.id)
                rows.append(access.variable)
                rows.append(access.service)
                rows.append(access.firstTimestamp)
                rows.append(access.lastTimestamp)
                rows.append(Int64(access.reads))
                rows.append(Int64(access.writes))
                rows.append(Int64(access.atomics))
            }
        }
        guard rows.count > 0 else { return }
        rows.finish()
        try session.copy(
            "COPY \(schema).access (day, trace, variable, service, first_ts, last_ts, reads, writes, atomics) "
                + "FROM STDIN (FORMAT binary)",
            rows
        )
    }

    /// Counts the change and returns the store's new revision: the sum over all writers' rows, each of which only rises.
    private func count(_ plan: AppendPlan, _ session: PostgresConnection) throws(StoreError) -> Int64 {
        var revision: Int64 = 0
        try session.query(
            """
            UPDATE \(schema).tally SET revision = revision + 1, events = events + $2, traces = traces + $3, bytes = bytes + $4
            WHERE slot = $1
            RETURNING revision + (SELECT CAST(coalesce(sum(o.revision), 0) AS bigint) FROM \(schema).tally o WHERE o.slot <> $1)
            """,
            [
                .integer(Int64(session.sessionNumber) % Int64(PostgresSchema.tallySlots)), .integer(plan.eventsDelta),
                .integer(plan.newTraces), .integer(plan.bytesDelta),
            ]
        ) { revision = $0.integer(0) }
        return revision
    }

    private func revision(_ session: PostgresConnection) throws(StoreError) -> UInt64 {
        var revision: Int64 = 0
        try session.query("SELECT CAST(coalesce(sum(revision), 0) AS bigint) FROM \(schema).tally", []) {
            revision = $0.integer(0)
        }
        return UInt64(clamping: revision)
    }

    private func writeTraces(_ plan: AppendPlan, _ session: PostgresConnection) throws(StoreError) {
        let known = plan.traces.filter { !$0.isNew }
        if !known.isEmpty {
            let changed = try session.execute(
                """
                UPDATE \(schema).trace t SET version = u.version, revision = u.revision, events = u.events, bytes = u.bytes,
                  first_ts = u.first_ts, last_ts = u.last_ts, last_day = DATE '1970-01-01' + CAST(u.last_day AS int),
                  card = u.card, arrived = u.arrived
                FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                  AS u (id, born, version, revision, events, bytes, first_ts, last_ts, first_day, last_day, card, arrived, before)
                WHERE t.id = u.id AND t.born = u.born AND t.version = u.before
                """,
                arrays(known, before: true)
            )
            try check(changed == known.count)
        }
        let new = plan.traces.filter(\.isNew)
        guard !new.isEmpty else { return }
        let added = try session.execute(
            """
            INSERT INTO \(schema).trace (id, born, version, revision, events, bytes, first_ts, last_ts, first_day, last_day,
              card, arrived)
            SELECT id, born, version, revision, events, bytes, first_ts, last_ts,
              DATE '1970-01-01' + CAST(first_day AS int), DATE '1970-01-01' + CAST(last_day AS int), card, arrived
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
              AS u (id, born, version, revision, events, bytes, first_ts, last_ts, first_day, last_day, card, arrived)
            ON CONFLICT DO NOTHING
            """,
            arrays(new, before: false)
        )
        try check(added == new.count)
    }

    private func check(_ unchanged: Bool) throws(StoreError) {
        guard !unchanged else { return }
        wasOvertaken = true
        throw StoreError(.unavailable, "other writers changed the same traces again and again; it will be tried again")
    }

    private func arrays(_ traces: [TracePlan], before: Bool) -> PostgresArrays {
        let summaries = traces.map(\.ledger.statistics.summary)
        var arrays = PostgresArrays()
        arrays.append(traces: summaries.map(\.id))
        arrays.append(integers: traces.map(\.ledger.key))
        arrays.append(integers: traces.map(\.ledger.version))
        arrays.append(integers: summaries.map { Int64(clamping: $0.revision) })
        arrays.append(integers: summaries.map { Int64($0.eventCount) })
        arrays.append(integers: traces.map { Int64($0.ledger.storedBytes) })
        arrays.append(integers: summaries.map(\.firstTimestamp))
        arrays.append(integers: summaries.map(\.lastTimestamp))
        arrays.append(integers: traces.map { Int64($0.ledger.firstDay) })
        arrays.append(integers: traces.map { Int64($0.ledger.lastDay) })
        arrays.append(blobs: summaries.map { SummaryCard.encode($0) })
        arrays.append(integers: [Int64](repeating: WallTime.nanoseconds(), count: traces.count))
        if before { arrays.append(integers: traces.map(\.versionBefore)) }
        return arrays
    }

    private func writeServices(_ plan: AppendPlan, _ session: PostgresConnection) throws(StoreError) {
        let rows = plan.traces.flatMap { trace in
            trace.ledger.statistics.services.map { (trace: trace.ledger.id, hash: StableHash.name($0.name), share: $0) }
        }
        var arrays = PostgresArrays()
        arrays.append(traces: rows.map(\.trace))
        arrays.append(integers: rows.map(\.hash))
        arrays.append(integers: rows.map { Int64($0.share.durations.events) })
        arrays.append(integers: rows.map { Int64($0.share.durations.timed) })
        arrays.append(integers: rows.map(\.share.durations.nanoseconds))
        arrays.append(integers: rows.map { Int64($0.share.errors) })
        arrays.append(integers: rows.map(\.share.lastTimestamp))
        try session.execute(
            """
            INSERT INTO \(schema).trace_service (trace, service, events, timed, nanoseconds, errors, last_ts)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (trace, service) DO UPDATE SET events = excluded.events, timed = excluded.timed,
              nanoseconds = excluded.nanoseconds, errors = excluded.errors, last_ts = excluded.last_ts
            """,
            arrays
        )
    }
}
