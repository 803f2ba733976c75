import TraceModel

/// Reads of traces that both databases answer alike.
enum TraceQueries {
    /// The columns that ``summary(_:)`` reads.
    static let summaryColumns = "t.id, t.revision, t.events, t.first_ts, t.last_ts, t.card"

    static func summary(_ row: some SQLRow) throws(StoreError) -> TraceSummary {
        var summary = TraceSummary(id: row.trace(0))
        summary.revision = UInt64(clamping: row.integer(1))
        summary.eventCount = Int(row.integer(2))
        summary.firstTimestamp = row.integer(3)
        summary.lastTimestamp = row.integer(4)
        let card = row.bytes(5)
        var failure: StoreError?
        card.withUnsafeBytes { bytes in
            do throws(StoreError) { try SummaryCard.decode(bytes, into: &summary) } catch { failure = error }
        }
        if let failure { throw failure }
        return summary
    }

    static func summary(of id: TraceID, _ session: some SQLSession) throws(StoreError) -> TraceSummary? {
        var found: TraceSummary?
        try session.query(
            "SELECT \(summaryColumns) FROM \(session.dialect.schema)trace t WHERE t.id = $1",
            [.trace(id)]
        ) {
            row throws(StoreError) in
            found = try summary(row)
        }
        return found
    }

    /// See ``DurableTraceStore/arrival(leavingBytes:)``.
    static func arrival(leavingBytes bytes: Int, _ session: some SQLSession) throws(StoreError) -> Int64? {
        var arrival: Int64?
        try session.query(
            """
            SELECT max(arrived) FROM (SELECT arrived, sum(bytes) OVER (ORDER BY arrived DESC, id) AS total
              FROM \(session.dialect.schema)trace) s WHERE total > $1
            """,
            [.integer(bytes)]
        ) { if !$0.isNull(0) { arrival = $0.integer(0) } }
        return arrival
    }

    static func services(activeSince moment: Int64, _ session: some SQLSession) throws(StoreError) -> [ServiceSummary] {
        let schema = session.dialect.schema
        var services: [ServiceSummary] = []
        // The sum of durations may exceed 64 bits, so it comes in two parts and saturates here.
        try session.query(
            """
            SELECT n.name, g.events, g.timed, g.high, g.low, g.errors, g.last_ts, g.traces, g.oldest FROM (
              SELECT s.service, CAST(sum(s.events) AS bigint) AS events, CAST(sum(s.timed) AS bigint) AS timed,
                CAST(sum(s.nanoseconds >> 20) AS bigint) AS high, CAST(sum(s.nanoseconds & 1048575) AS bigint) AS low,
                CAST(sum(s.errors) AS bigint) AS errors, max(s.last_ts) AS last_ts, count(*) AS traces,
                min(s.last_ts) AS oldest
              FROM \(schema)trace_service s WHERE s.last_ts >= $1 GROUP BY s.service) g
            JOIN \(schema)service_name n ON n.hash = g.service
            """,
            [.integer(moment)]
        ) { row in
            var service = ServiceSummary(name: row.text(0))
            service.share.durations.events = Int(row.integer(1))
            service.share.durations.timed = Int(row.integer(2))
            let (high, overflow) = row.integer(3).multipliedReportingOverflow(by: 1 << 20)
            let (sum, carried) = high.addingReportingOverflow(row.integer(4))
            service.share.durations.nanoseconds = overflow || carried ? .max : sum
            service.share.errors = Int(row.integer(5))
            service.share.lastTimestamp = row.integer(6)
            service.traceCount = Int(row.integer(7))
            service.oldestActivity = row.integer(8)
            services.append(service)
        }
        return services.sorted { $0.share.name < $1.share.name }
    }
}

/// The kept positions of logs.
enum PositionQueries {
    static func positions(of source: String, _ session: some SQLSession) throws(StoreError) -> [LogPosition] {
        var positions: [LogPosition] = []
        try session.query(
            "SELECT part, epoch, sequence FROM \(session.dialect.schema)log_position WHERE source = $1 ORDER BY part",
            [.text(source)]
        ) { positions.append(position(of: source, $0)) }
        return positions
    }

    /// The kept position, locked until the transaction ends.
    static func lock(_ next: LogPosition, _ session: some SQLSession) throws(StoreError) -> LogPosition? {
        var kept: LogPosition?
        let statement = locking(next, session.dialect)
        try session.query(statement.sql, statement.values) { kept = position(of: next.source, $0) }
        return kept
    }

    /// Moves the position that was locked, or makes the first one: where another process did so meanwhile, this fails.
    static func move(_ kept: LogPosition?, to next: LogPosition, _ session: some SQLSession) throws(StoreError) {
        let statement = moving(kept, to: next, session.dialect)
        try session.execute(statement.sql, statement.values)
    }

    /// The statement of ``lock(_:_:)``.
    static func locking(_ next: LogPosition, _ dialect: SQLDialect) -> (sql: String, values: [SQLValue]) {
        let sql =
            "SELECT part, epoch, sequence FROM \(dialect.schema)log_position WHERE source = $1 AND part = $2"
            + dialect.forUpdate
        return (sql, [.text(next.source), .integer(Int64(next.partition))])
    }

    /// The statement of ``move(_:to:_:)``.
    static func moving(
        _ kept: LogPosition?,
        to next: LogPosition,
        _ dialect: SQLDialect
    ) -> (sql: String, values: [SQLValue]) {
        let table = "\(dialect.schema)log_position"
        let sql =
            kept == nil
            ? "INSERT INTO \(table) (source, part, epoch, sequence) VALUES ($1, $2, $3, $4)"
            : "UPDATE \(table) SET epoch = $3, sequence = $4 WHERE source = $1 AND part = $2"
        let values: [SQLValue] = [
            .text(next.source), .integer(Int64(next.partition)), .integer(Int64(clamping: next.epoch)),
            .integer(Int64(clamping: next.sequence)),
        ]
        return (sql, values)
    }

    static func position(of source: String, _ row: some SQLRow) -> LogPosition {
        LogPosition(
            source: source,
            partition: UInt32(clamping: row.integer(0)),
            epoch: UInt64(clamping: row.integer(1)),
            sequence: UInt64(clamping: row.integer(2))
        )
    }
}
