public import TraceModel

/// Traces in one SQLite file: the step to persistence that needs no server.
///
/// One thread writes, others read beside it (write-ahead mode). Events lie in segments that are ordered by trace, so that a
/// trace is read from one place. See ``SQLiteOptions`` for what a commit waits for.
public final class SQLiteStore: DurableTraceStore, VariableIndex {
    private typealias Lazy<Part> = Result<Part, StoreError>

    private let writer: Workers<Lazy<SQLiteWriter>>
    private let readers: Workers<Lazy<SQLiteReader>>
    private let tally = StoreTally()
    private let pages = TracePages(marks: PageMarks())
    private let options: SQLiteOptions

    /// Opens a file, or makes it, and brings its tables to the newest version.
    ///
    /// - Throws: `misconfigured` for a path that cannot be used, a file of another program or of a newer version; `corrupt`,
    ///   `full` or `unavailable` as the file system says.
    public init(_ options: SQLiteOptions) async throws(StoreError) {
        self.options = options
        let tally = tally
        writer = Workers { _ in
            Lazy { () throws(StoreError) in try SQLiteWriter(options, tally) }
        }
        readers = Workers(count: options.readers) { _ in .failure(StoreError(.unavailable, "the store is opening")) }
        do throws(StoreError) {
            // Readers open their connections when they are first asked, after the writer has made the file.
            _ = try await writer.run { writer throws(StoreError) in _ = try writer.get() }
        } catch {
            await close()
            throw error
        }
    }

    /// Durable, and open in one process at a time.
    public var capabilities: StoreCapabilities { StoreCapabilities(durable: true) }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteReader) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let (options, tally) = (options, tally)
        return try await readers.run { reader throws(StoreError) in
            if case .failure = reader { reader = Lazy { () throws(StoreError) in try SQLiteReader(options, tally) } }
            return try body(try reader.get())
        }
    }

    private func write<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteWriter) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        try await writer.run { writer throws(StoreError) in try body(try writer.get()) }
    }

    // MARK: TraceStore

    @discardableResult
    public func append(_ batch: EventBatch) async throws(StoreError) -> AppendReceipt {
        try await write { writer throws(StoreError) in try writer.append(batch, from: nil, through: nil) }
    }

    public func trace(_ id: TraceID) async throws(StoreError) -> TraceRecord? {
        try await read { reader throws(StoreError) in try reader.trace(id) }
    }

    public func summary(of id: TraceID) async throws(StoreError) -> TraceSummary? {
        try await read { reader throws(StoreError) in
            try reader.read { session throws(StoreError) in try TraceQueries.summary(of: id, session) }
        }
    }

    public func summaries(_ query: TraceQuery) async throws(StoreError) -> TracePage {
        let pages = pages
        return try await read { reader throws(StoreError) in
            try reader.read { session throws(StoreError) in try pages.page(query, session) }
        }
    }

    public func services(activeSince moment: Int64) async throws(StoreError) -> [ServiceSummary] {
        try await read { reader throws(StoreError) in
            try reader.read { session throws(StoreError) in try TraceQueries.services(activeSince: moment, session) }
        }
    }

    public func counts() async throws(StoreError) -> StoreCounts {
        try await read { reader throws(StoreError) in try reader.counts() }
    }

    public func snapshot() async throws(StoreError) -> StoreSnapshot {
        try await read { reader throws(StoreError) in try reader.snapshot() }
    }

    // MARK: DurableTraceStore

    @discardableResult
    public func append(
        _ batch: EventBatch,
        from previous: LogPosition?,
        through next: LogPosition
    ) async throws(StoreError) -> AppendReceipt {
        try await write { writer throws(StoreError) in try writer.append(batch, from: previous, through: next) }
    }

    public func positions(of source: String) async throws(StoreError) -> [LogPosition] {
        try await read { reader throws(StoreError) in
            try reader.read { session throws(StoreError) in try PositionQueries.positions(of: source, session) }
        }
    }

    public func recentTraces(
        bytesMax: Int,
        timeMax: Duration,
        after mark: RecentTracesPage.Mark?
    ) async throws(StoreError) -> RecentTracesPage {
        try await read { reader throws(StoreError) in
            try reader.recent(RecentTraces(bytesMax: bytesMax, timeMax: timeMax, after: mark))
        }
    }

    @discardableResult
    public func forget(
        tracesBefore moment: Int64,
        withRacesBefore raceMoment: Int64
    ) async throws(StoreError) -> [TraceID] {
        try await write { writer throws(StoreError) in
            try writer.forget(before: moment, withFindingsBefore: raceMoment)
        }
    }

    public func arrival(leavingBytes bytes: Int) async throws(StoreError) -> Int64? {
        try await read { reader throws(StoreError) in
            try reader.read { session throws(StoreError) in try TraceQueries.arrival(leavingBytes: bytes, session) }
        }
    }

    public func record(_ changes: [FindingChange]) async throws(StoreError) {
        try await write { writer throws(StoreError) in try writer.record(changes) }
    }

    public func findingGroups(_ query: FindingQuery) async throws(StoreError) -> FindingPage {
        try await read { reader throws(StoreError) in
            try reader.read { session throws(StoreError) in
                try FindingQueries.groups(query, now: WallTime.nanoseconds(), session)
            }
        }
    }

    public func setState(_ state: FindingState, ofGroup fingerprint: String) async throws(StoreError) -> Bool {
        try await write { writer throws(StoreError) in try writer.setState(state, of: fingerprint) }
    }

    public func close() async {
        await writer.close()
        await readers.close()
    }

    // MARK: VariableIndex

    public func variables(_ query: VariableQuery) async throws(StoreError) -> VariablePage {
        try await read { reader throws(StoreError) in
            try reader.read { session throws(StoreError) in try VariableQueries.page(query, session) }
        }
    }

    public func traces(
        accessing variable: String,
        since moment: Int64,
        limit: Int
    ) async throws(StoreError) -> [TraceID] {
        try await read { reader throws(StoreError) in
            try reader.read { session throws(StoreError) in
                try VariableQueries.traces(accessing: variable, since: moment, limit: limit, session)
            }
        }
    }
}
