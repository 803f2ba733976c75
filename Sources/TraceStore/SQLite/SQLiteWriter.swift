import TraceModel

/// The one writer of an SQLite store; belongs to its thread.
final class SQLiteWriter {
    /// Segments a trace can have: the rest of a segment's key is the trace's number.
    private static let segmentsMax: Int64 = 1 << 24

    private let connection: SQLiteConnection
    private let planner: AppendPlanner
    private let tally: StoreTally
    private let lock: FileLock?
    private let statements: SQLiteWriterStatements
    /// The revision after this writer's last change; another one means that another process wrote.
    private var revision: Int64 = -1

    init(_ options: SQLiteOptions, _ tally: StoreTally) throws(StoreError) {
        self.tally = tally
        connection = try SQLiteConnection(
            path: options.path,
            create: true,
            busyMilliseconds: Int32(clamping: options.busyTimeoutMilliseconds)
        )
        lock = options.isExclusive ? try FileLock(of: options.path) : nil
        // Only an empty file takes this; it lets `forget` give pages back.
        try connection.script("PRAGMA auto_vacuum = INCREMENTAL")
        try connection.script("PRAGMA journal_mode = WAL")
        try connection.script("PRAGMA synchronous = \(options.synchronous.rawValue.uppercased())")
        try connection.script("PRAGMA cache_size = -\(options.writerCacheKiB)")
        // Some 16 MiB: far enough apart that few commits pay for moving pages into the file.
        try connection.script("PRAGMA wal_autocheckpoint = 4000")
        planner = AppendPlanner(limits: options.traceLimits, ledgerEventsMax: options.ledgerEventsMax)
        try SQLiteSchema.migrate(connection, path: options.path)
        statements = try SQLiteWriterStatements(connection)
    }

    // MARK: Events

    func append(
        _ batch: EventBatch,
        from previous: LogPosition?,
        through next: LogPosition?
    ) throws(StoreError) -> AppendReceipt {
        var plan = AppendPlan()
        do {
            plan = try connection.transaction(writing: true) { () throws(StoreError) in
                let current = try self.current()
                if let next {
                    let kept = try PositionQueries.lock(next, connection)
                    if try PositionCheck.verdict(kept: kept, previous: previous, next: next) == .already {
                        var already = AppendPlan()
                        already.receipt.duplicates = batch.count
                        already.receipt.revision = UInt64(clamping: current)
                        return already
                    }
                    try PositionQueries.move(kept, to: next, connection)
                }
                var plan = try planner.plan(
                    batch,
                    batch.rowsByTrace(),
                    today: WallTime.day(),
                    load: load,
                    events: events
                )
                try write(&plan, revision: current)
                return plan
            }
        } catch {
            planner.rollback()
            throw error
        }
        revision = Int64(clamping: plan.receipt.revision)
        tally.add(plan.receipt)
        let receipt = plan.receipt
        planner.commit(plan)
        return receipt
    }

    /// The kept revision; forgets what it remembers when somebody else changed the file.
    private func current() throws(StoreError) -> Int64 {
        var current: Int64 = 0
        try connection.query("SELECT revision FROM tally", []) { current = $0.integer(0) }
        if current != revision {
            planner.ledgers.removeAll()
            planner.variables.rollback(forgetting: true)
            planner.services.rollback(forgetting: true)
            revision = current
        }
        return current
    }

    private func load(_ ids: [TraceID]) throws(StoreError) -> [TraceID: TraceLedger] {
        var ledgers: [TraceID: TraceLedger] = [:]
        for id in ids {
            var ledger = TraceLedger(id: id)
            try connection.run(statements.findTrace, { $0.add(id) }) { row in
                ledger.key = row.integer(0)
                ledger.version = row.integer(1)
                ledger.storedEvents = Int(row.integer(2))
                ledger.storedBytes = Int(row.integer(3))
            }
            guard ledger.key != 0 else { continue }
            ledger.add(all: try events(ledger))
            ledgers[id] = ledger
        }
        return ledgers
    }

    private func events(_ ledger: TraceLedger) throws(StoreError) -> EventBatch {
        var assembly = SegmentAssembly()
        try connection.query(
            "SELECT body FROM segment WHERE key >= $1 AND key < $2 ORDER BY key",
            [.integer(ledger.key << 24), .integer((ledger.key + 1) << 24)]
        ) { row in
            row.withBytes(0) { assembly.addIfSound($0, of: ledger.id) }
        }
        tally.addDamage(assembly.damaged)
        return assembly.finish()
    }

    private func write(_ plan: inout AppendPlan, revision current: Int64) throws(StoreError) {
        guard !plan.traces.isEmpty else {
            plan.receipt.revision = UInt64(clamping: current)
            return
        }
        let next = current + 1
        plan.receipt.revision = UInt64(clamping: next)
        let arrived = WallTime.nanoseconds()
        for index in plan.traces.indices { try write(&plan.traces[index], revision: next, arrived: arrived) }
        for (table, names) in [("variable_name", planner.variables), ("service_name", planner.services)] {
            for (hash, name) in names.pending {
                try connection.execute(
                    "INSERT INTO \(table) (hash, name, used) VALUES ($1, $2, $3) "
                        + "ON CONFLICT (hash) DO UPDATE SET used = excluded.used WHERE used < excluded.used",
                    [.integer(hash), .bytes(name), .integer(Int64(WallTime.day(of: arrived)))]
                )
            }
        }
        try connection.execute(
            "UPDATE tally SET revision = $1, events = events + $2, traces = traces + $3, bytes = bytes + $4",
            [.integer(next), .integer(plan.eventsDelta), .integer(plan.newTraces), .integer(plan.bytesDelta)]
        )
    }

    private func write(_ trace: inout TracePlan, revision: Int64, arrived: Int64) throws(StoreError) {
        guard trace.ledger.version < Self.segmentsMax else {
            throw StoreError(
                .refused,
                "trace \(trace.ledger.id) has changed \(Self.segmentsMax) times; nothing more is taken"
            )
        }
        trace.ledger.statistics.revision = UInt64(clamping: revision)
        let summary = trace.ledger.statistics.summary
        let (version, storedBytes) = (trace.ledger.version, trace.ledger.storedBytes)
        func bind(_ parameters: inout SQLiteParameters) {
            parameters.add(summary.id)
            parameters.add(revision)
            parameters.add(version)
            parameters.add(summary.eventCount)
            parameters.add(storedBytes)
            parameters.add(summary.firstTimestamp)
            parameters.add(summary.lastTimestamp)
            parameters.add(SummaryCard.encode(summary))
            parameters.add(arrived)
        }
        if trace.isNew {
            try connection.run(statements.insertTrace, bind)
            // `RETURNING` would make a table of its own for the one number.
            trace.ledger.key = connection.lastInsertedRow
        } else {
            try connection.run(statements.updateTrace, bind)
        }
        if trace.replaces { try deleteParts(of: trace.ledger.key, services: false) }
        try writeSegments(trace)
        try writeAccesses(trace)
        try writeServices(of: summary, trace.ledger.key)
    }

    private func writeSegments(_ trace: TracePlan) throws(StoreError) {
        for segment in trace.segments {
            try connection.run(statements.insertSegment) { parameters in
                parameters.add(trace.ledger.key << 24 | segment.sequence)
                parameters.add(segment.events)
                parameters.add(segment.firstTimestamp)
                parameters.add(segment.lastTimestamp)
                parameters.add(segment.body)
            }
        }
    }

    private func writeAccesses(_ trace: TracePlan) throws(StoreError) {
        for access in trace.accesses {
            try connection.run(statements.addAccesses) { parameters in
                parameters.add(trace.ledger.key)
                parameters.add(access.variable)
                parameters.add(access.service)
                parameters.add(access.firstTimestamp)
                parameters.add(access.lastTimestamp)
                parameters.add(access.reads)
                parameters.add(access.writes)
                parameters.add(access.atomics)
            }
        }
    }

    private func writeServices(of summary: TraceSummary, _ key: Int64) throws(StoreError) {
        for share in summary.services {
            try connection.run(statements.setService) { parameters in
                parameters.add(key)
                parameters.add(StableHash.name(share.name))
                parameters.add(share.durations.events)
                parameters.add(share.durations.timed)
                parameters.add(share.durations.nanoseconds)
                parameters.add(share.errors)
                parameters.add(share.lastTimestamp)
            }
        }
    }

    private func deleteParts(of key: Int64, services: Bool) throws(StoreError) {
        try connection.execute(
            "DELETE FROM segment WHERE key >= $1 AND key < $2",
            [.integer(key << 24), .integer((key + 1) << 24)]
        )
        try connection.execute("DELETE FROM access WHERE trace = $1", [.integer(key)])
        guard services else { return }
        try connection.execute("DELETE FROM trace_service WHERE trace = $1", [.integer(key)])
    }

    // MARK: Retention and findings

    func forget(before moment: Int64, withFindingsBefore findingMoment: Int64) throws(StoreError) -> [TraceID] {
        var victims: [(key: Int64, id: TraceID, events: Int, bytes: Int)] = []
        try connection.transaction(writing: true) { () throws(StoreError) in
            let current = try self.current()
            try connection.query(
                """
                SELECT t.number, t.id, t.events, t.bytes FROM trace t WHERE t.arrived < $1 AND (t.arrived < $2
                  OR NOT EXISTS (SELECT 1 FROM finding f WHERE f.trace = t.id))
                """,
                [.integer(moment), .integer(findingMoment)]
            ) { victims.append(($0.integer(0), $0.trace(1), Int($0.integer(2)), Int($0.integer(3)))) }
            for victim in victims {
                try deleteParts(of: victim.key, services: true)
                try connection.execute("DELETE FROM finding WHERE trace = $1", [.trace(victim.id)])
                try connection.execute("DELETE FROM trace WHERE number = $1", [.integer(victim.key)])
            }
            for statement in NameQueries.deletingUnused(before: moment, connection.dialect) {
                try connection.execute(statement.sql, statement.values)
            }
            guard !victims.isEmpty else { return }
            try connection.execute(
                "UPDATE tally SET revision = $1, events = events - $2, traces = traces - $3, bytes = bytes - $4",
                [
                    .integer(current + 1), .integer(victims.reduce(0) { $0 + $1.events }), .integer(victims.count),
                    .integer(victims.reduce(0) { $0 + $1.bytes }),
                ]
            )
        }
        guard !victims.isEmpty else { return [] }
        revision += 1
        for victim in victims { _ = planner.ledgers.take(victim.id) }
        tally.addForgotten(traces: victims.count, events: victims.reduce(0) { $0 + $1.events })
        // The space is there for new segments in any case, so a failure here costs nothing.
        try? connection.script("PRAGMA incremental_vacuum")
        return victims.map(\.id)
    }

    func record(_ changes: [FindingChange]) throws(StoreError) {
        try connection.transaction(writing: true) { () throws(StoreError) in
            try FindingQueries.record(changes, connection)
        }
    }

    func setState(_ state: FindingState, of fingerprint: String) throws(StoreError) -> Bool {
        try connection.transaction(writing: true) { () throws(StoreError) in
            try FindingQueries.setState(state, of: fingerprint, connection)
        }
    }
}

/// What a writer runs for every trace.
private struct SQLiteWriterStatements {
    let findTrace: SQLiteStatement
    let insertTrace: SQLiteStatement
    let updateTrace: SQLiteStatement
    let insertSegment: SQLiteStatement
    let addAccesses: SQLiteStatement
    let setService: SQLiteStatement

    init(_ connection: SQLiteConnection) throws(StoreError) {
        findTrace = try connection.prepare("SELECT number, version, events, bytes FROM trace WHERE id = $1")
        insertTrace = try connection.prepare(
            """
            INSERT INTO trace (id, revision, version, events, bytes, first_ts, last_ts, card, arrived)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """
        )
        updateTrace = try connection.prepare(
            """
            UPDATE trace SET revision = $2, version = $3, events = $4, bytes = $5, first_ts = $6, last_ts = $7, card = $8,
              arrived = $9
            WHERE id = $1
            """
        )
        insertSegment = try connection.prepare(
            "INSERT INTO segment (key, events, first_ts, last_ts, body) VALUES ($1, $2, $3, $4, $5)"
        )
        addAccesses = try connection.prepare(
            """
            INSERT INTO access (trace, variable, service, first_ts, last_ts, reads, writes, atomics)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO UPDATE SET
              first_ts = min(first_ts, excluded.first_ts), last_ts = max(last_ts, excluded.last_ts),
              reads = reads + excluded.reads, writes = writes + excluded.writes, atomics = atomics + excluded.atomics
            """
        )
        setService = try connection.prepare(
            """
            INSERT INTO trace_service (trace, service, events, timed, nanoseconds, errors, last_ts)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO UPDATE SET events = excluded.events,
              timed = excluded.timed, nanoseconds = excluded.nanoseconds, errors = excluded.errors,
              last_ts = excluded.last_ts
            """
        )
    }
}
