import TraceModel

/// One of the writers of a PostgreSQL store; belongs to its thread.
final class PostgresWriter {
    /// Attempts at one batch: another writer was faster, a partition was missing, the connection broke.
    private static let attemptsMax = 16

    private let options: PostgresOptions
    private let link: PostgresLink
    private let planner: AppendPlanner
    private let tally: StoreTally
    private let statements: PostgresStatements
    private var ensuredThrough: Int32 = .min
    private var segmentRows = CopyRows(columns: 7)
    private var accessRows = CopyRows(columns: 9)
    /// Another writer changed a trace since this one read it.
    private var wasOvertaken = false
    /// The transaction whose commit was sent and never answered: what it was, should the position say that it happened.
    private var unanswered: (position: LogPosition, receipt: AppendReceipt)?

    init(_ options: PostgresOptions, _ tally: StoreTally) {
        self.options = options
        self.tally = tally
        statements = PostgresStatements(schema: options.schema)
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
        let groups = batch.rowsByTrace()
        var attempt = 0
        while true {
            attempt += 1
            wasOvertaken = false
            do throws(StoreError) {
                let receipt = try attemptAppend(batch, groups, previous, next)
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
        _ groups: [EventBatch.TraceGroup],
        _ previous: LogPosition?,
        _ next: LogPosition?
    ) throws(StoreError) -> AppendReceipt {
        let session = try link.session()
        let today = WallTime.day()
        try ensurePartitions(today, session)
        var plan = AppendPlan()
        do {
            let (kept, stored) = try begin(groups, next, session)
            if let next, try PositionCheck.verdict(kept: kept, previous: previous, next: next) == .already {
                let receipt = try already(batch.count, next, session)
                try session.script("ROLLBACK")
                return receipt
            }
            plan = try self.plan(batch, groups, today, stored, session)
            try write(&plan, today, next.map { (kept, $0) }, session)
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

    /// Begins the transaction: the kept position, locked, and the rows of the traces that are stored already.
    private func begin(
        _ groups: [EventBatch.TraceGroup],
        _ next: LogPosition?,
        _ session: PostgresConnection
    ) throws(StoreError) -> (kept: LogPosition?, stored: [TraceID: TraceLedger]) {
        var round = PostgresRound(session)
        round.add(script: session.begin(reading: false))
        if let next {
            let locking = PositionQueries.locking(next, session.dialect)
            round.add(locking.sql, locking.values)
        }
        if !groups.isEmpty {
            var traces = PostgresParameters()
            traces.append(traces: groups.map(\.trace).sorted())
            round.add(statements.traces, traces)
        }
        let answers = try round.finish()
        var kept: LogPosition?
        var stored: [TraceID: TraceLedger] = [:]
        if let next { try answers[1].each { kept = PositionQueries.position(of: next.source, $0) } }
        if !groups.isEmpty {
            stored.reserveCapacity(groups.count)
            try answers[answers.count - 1].each { row in
                let ledger = PostgresStatements.ledger(row)
                stored[ledger.id] = ledger
            }
        }
        return (kept, stored)
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
        var receipt = AppendReceipt(duplicates: count)
        try session.query(statements.revision, []) { receipt.revision = UInt64(clamping: $0.integer(0)) }
        return receipt
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
        _ groups: [EventBatch.TraceGroup],
        _ today: Int32,
        _ stored: [TraceID: TraceLedger],
        _ session: PostgresConnection
    ) throws(StoreError) -> AppendPlan {
        // What other writers, other servers or retention changed is read again.
        for group in groups {
            guard let ledger = planner.ledgers.peek(group.trace) else { continue }
            if let row = stored[group.trace], row.version == ledger.version, row.key == ledger.key { continue }
            _ = planner.ledgers.take(group.trace)
        }
        planner.birth = WallTime.nanoseconds() / 1_000
        return try planner.plan(batch, groups, today: today) { (unknown) throws(StoreError) in
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

    /// Writes everything but the commit.
    private func write(
        _ plan: inout AppendPlan,
        _ today: Int32,
        _ move: (kept: LogPosition?, next: LogPosition)?,
        _ session: PostgresConnection
    ) throws(StoreError) {
        for index in plan.traces.indices {
            plan.traces[index].ledger.firstDay = min(plan.traces[index].ledger.firstDay, today)
            plan.traces[index].ledger.lastDay = max(plan.traces[index].ledger.lastDay, today)
            if plan.traces[index].replaces { try deleteParts(of: plan.traces[index], session) }
        }
        if !plan.traces.isEmpty { try copy(plan, today, session) }
        var round = PostgresRound(session)
        if plan.traces.isEmpty {
            round.add(statements.revision, [])
        } else {
            round.add(statements.change, PostgresStatements.change(plan, session.sessionNumber))
            round.add(statements.services, PostgresStatements.services(plan))
        }
        for (table, names) in [("variable_name", planner.variables), ("service_name", planner.services)]
        where !names.pending.isEmpty {
            round.add(statements.names(table), PostgresStatements.names(names, today))
        }
        if let move {
            let moving = PositionQueries.moving(move.kept, to: move.next, session.dialect)
            round.add(moving.sql, moving.values)
        }
        let answers = try round.finish()
        var written: Int?
        try answers[0].each { row in
            plan.receipt.revision = UInt64(clamping: row.integer(0))
            written = plan.traces.isEmpty ? 0 : Int(row.integer(1) + row.integer(2))
        }
        // Without its row of counters the statement changes nothing, and segments without a trace would be lost.
        guard let written else {
            throw StoreError(
                .misconfigured,
                "table \(schema).tally lacks a row of counters; restore it from a backup"
            )
        }
        guard written == plan.traces.count else {
            wasOvertaken = true
            throw StoreError(
                .unavailable,
                "other writers changed the same traces again and again; it will be tried again"
            )
        }
    }

    private func deleteParts(of trace: TracePlan, _ session: PostgresConnection) throws(StoreError) {
        let (id, ledger) = (SQLValue.trace(trace.ledger.id), trace.ledger)
        try session.execute("DELETE FROM \(schema).segment WHERE trace = $1", [id])
        let days: [SQLValue] = [.integer(Int64(ledger.firstDay)), .integer(Int64(ledger.lastDay))]
        var parameters = PostgresParameters([id] + days)
        if let replaced = trace.replaced {
            for moment in [replaced.firstTimestamp, replaced.lastTimestamp] { parameters.append(.integer(moment)) }
            parameters.append(integers: replaced.variables)
        }
        try session.answer(statements.deleteAccesses(isFound: trace.replaced != nil), parameters)
    }

    private func copy(_ plan: AppendPlan, _ today: Int32, _ session: PostgresConnection) throws(StoreError) {
        PostgresStatements.fill(&segmentRows, segmentsOf: plan, today)
        PostgresStatements.fill(&accessRows, accessesOf: plan, today)
        let hasAccesses = accessRows.count > 0
        try session.startCopies([statements.copySegments] + (hasAccesses ? [statements.copyAccesses] : []))
        try session.put(segmentRows)
        if hasAccesses { try session.put(accessRows) }
        try session.endCopies()
    }
}
