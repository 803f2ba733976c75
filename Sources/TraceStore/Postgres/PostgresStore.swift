public import TraceModel

/// Traces in PostgreSQL, through libpq: for production, and for several servers at once.
///
/// Two threads append, each with a connection of its own; queries have a pool of theirs, so that they never stand in the way
/// of ingest. Events lie in segments in one partition a day. See ``PostgresOptions``.
public final class PostgresStore: DurableTraceStore, VariableIndex {
    private let options: PostgresOptions
    private let writers: [Workers<PostgresWriter>]
    /// Findings, states and retention: rare, and never in the way of appends.
    private let clerk: Workers<PostgresLink>
    private let readers: ConnectionPool<PostgresLink>
    private let tally = StoreTally()
    private let pages = TracePages(marks: PageMarks())

    /// Connects and brings the schema to the newest version, or only checks it.
    ///
    /// - Throws: `misconfigured` for an address, role, database or schema that cannot work, `unavailable` when the server cannot
    ///   be reached now.
    public init(_ options: PostgresOptions) async throws(StoreError) {
        let options = try options.checked()
        self.options = options
        let tally = tally
        writers = (0..<options.writers).map { _ in Workers { _ in PostgresWriter(options, tally) } }
        clerk = Workers { _ in PostgresLink(options, writing: true) }
        readers = ConnectionPool(options.readers) { () throws(StoreError) in
            let link = PostgresLink(options, writing: false)
            _ = try link.session()
            return link
        }
        do throws(StoreError) {
            try await clerk.run { link throws(StoreError) in
                try PostgresMigrator.prepare(try link.session(), options)
            }
        } catch {
            await close()
            throw error
        }
    }

    /// Durable, and shared by any number of servers.
    public var capabilities: StoreCapabilities { StoreCapabilities(durable: true, shared: true) }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection, String) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let schema = options.schema
        return try await readers.run { link in
            link.transaction { session throws(StoreError) in try body(session, schema) }
        }
    }

    /// Runs a transaction on the clerk's connection, again where others were in the way.
    private func change<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection, String) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let schema = options.schema
        return try await clerk.run { link throws(StoreError) in
            var attempt = 0
            while true {
                attempt += 1
                do throws(StoreError) {
                    return try body(try link.session(), schema)
                } catch {
                    let (survived, state) = (link.isUsable, link.lastState)
                    if !survived { link.drop() }
                    let again = PostgresErrors.isTransient(state) || (!survived && error.code == .unavailable)
                    guard again, attempt < 4 else { throw error }
                }
            }
        }
    }

    private func append(
        _ batch: EventBatch,
        _ previous: LogPosition?,
        _ next: LogPosition?
    ) async throws(StoreError) -> AppendReceipt {
        // A partition of the log keeps to one writer, which remembers its traces.
        let number = next.map { UInt64($0.partition) } ?? batch.traces.first.map { $0.low ^ $0.low >> 32 } ?? 0
        return try await writers[Int(number % UInt64(writers.count))].run { writer throws(StoreError) in
            try writer.append(batch, from: previous, through: next)
        }
    }

    // MARK: TraceStore

    @discardableResult
    public func append(_ batch: EventBatch) async throws(StoreError) -> AppendReceipt {
        try await append(batch, nil, nil)
    }

    public func trace(_ id: TraceID) async throws(StoreError) -> TraceRecord? {
        try await read { session, schema throws(StoreError) in try PostgresQueries.trace(id, schema, session) }
    }

    public func summary(of id: TraceID) async throws(StoreError) -> TraceSummary? {
        try await read { session, _ throws(StoreError) in try TraceQueries.summary(of: id, session) }
    }

    public func summaries(_ query: TraceQuery) async throws(StoreError) -> TracePage {
        let pages = pages
        return try await read { session, _ throws(StoreError) in try pages.page(query, session) }
    }

    public func services(activeSince moment: Int64) async throws(StoreError) -> [ServiceSummary] {
        try await read { session, _ throws(StoreError) in
            try TraceQueries.services(activeSince: moment, session)
        }
    }

    public func counts() async throws(StoreError) -> StoreCounts {
        let tally = tally
        return try await read { session, schema throws(StoreError) in
            try PostgresQueries.counts(schema, session, tally)
        }
    }

    public func snapshot() async throws(StoreError) -> StoreSnapshot {
        let tally = tally
        return try await read { session, schema throws(StoreError) in
            try PostgresQueries.snapshot(schema, session, tally)
        }
    }

    // MARK: DurableTraceStore

    @discardableResult
    public func append(
        _ batch: EventBatch,
        from previous: LogPosition?,
        through next: LogPosition
    ) async throws(StoreError) -> AppendReceipt {
        try await append(batch, previous, next)
    }

    public func positions(of source: String) async throws(StoreError) -> [LogPosition] {
        try await read { session, _ throws(StoreError) in try PositionQueries.positions(of: source, session) }
    }

    public func recentTraces(
        bytesMax: Int,
        timeMax: Duration,
        after mark: RecentTracesPage.Mark?
    ) async throws(StoreError) -> RecentTracesPage {
        let tally = tally
        return try await read { session, schema throws(StoreError) in
            let begun = RecentTraces(bytesMax: bytesMax, timeMax: timeMax, after: mark)
            return try PostgresQueries.recent(begun, schema, session, tally)
        }
    }

    @discardableResult
    public func forget(
        tracesBefore moment: Int64,
        withRacesBefore raceMoment: Int64
    ) async throws(StoreError) -> [TraceID] {
        let outcome = try await change { session, schema throws(StoreError) in
            try PostgresRetention.forget(before: moment, withFindingsBefore: raceMoment, schema, session)
        }
        tally.addForgotten(traces: outcome.traces.count, events: outcome.events)
        return outcome.traces
    }

    public func arrival(leavingBytes bytes: Int) async throws(StoreError) -> Int64? {
        try await read { session, _ throws(StoreError) in try TraceQueries.arrival(leavingBytes: bytes, session) }
    }

    public func record(_ changes: [FindingChange]) async throws(StoreError) {
        try await change { session, _ throws(StoreError) in
            try PostgresMigrator.transaction(session) { () throws(StoreError) in
                try FindingQueries.record(changes, session)
            }
        }
    }

    public func findingGroups(_ query: FindingQuery) async throws(StoreError) -> FindingPage {
        try await read { session, _ throws(StoreError) in
            try FindingQueries.groups(query, now: WallTime.nanoseconds(), session)
        }
    }

    public func setState(_ state: FindingState, ofGroup fingerprint: String) async throws(StoreError) -> Bool {
        try await change { session, _ throws(StoreError) in
            try FindingQueries.setState(state, of: fingerprint, session)
        }
    }

    public func close() async {
        for writer in writers { await writer.close() }
        await clerk.close()
        await readers.close()
    }

    // MARK: VariableIndex

    public func variables(_ query: VariableQuery) async throws(StoreError) -> VariablePage {
        try await read { session, _ throws(StoreError) in try VariableQueries.page(query, session) }
    }

    public func traces(
        accessing variable: String,
        since moment: Int64,
        limit: Int
    ) async throws(StoreError) -> [TraceID] {
        try await read { session, _ throws(StoreError) in
            try VariableQueries.traces(accessing: variable, since: moment, limit: limit, session)
        }
    }
}
