import TraceModel

/// One reader of an SQLite store; belongs to its thread. Every function sees one state of the file.
final class SQLiteReader {
    private let connection: SQLiteConnection
    private let tally: StoreTally

    init(_ options: SQLiteOptions, _ tally: StoreTally) throws(StoreError) {
        self.tally = tally
        connection = try SQLiteConnection(
            path: options.path,
            create: false,
            busyMilliseconds: Int32(clamping: options.busyTimeoutMilliseconds)
        )
        try connection.script("PRAGMA query_only = 1")
        try connection.script("PRAGMA cache_size = -\(options.readerCacheKiB)")
        try connection.script("PRAGMA mmap_size = 268435456")
    }

    /// Runs queries that see one state.
    func read<Value>(_ body: (SQLiteConnection) throws(StoreError) -> Value) throws(StoreError) -> Value {
        try connection.transaction(writing: false) { () throws(StoreError) in try body(connection) }
    }

    func trace(_ id: TraceID) throws(StoreError) -> TraceRecord? {
        try read { connection throws(StoreError) in
            guard let summary = try TraceQueries.summary(of: id, connection) else { return nil }
            return TraceRecord(summary: summary, batch: try events(of: id))
        }
    }

    private func events(of id: TraceID) throws(StoreError) -> EventBatch {
        var assembly = SegmentAssembly()
        try connection.query(
            """
            SELECT s.body FROM trace t JOIN segment s ON s.key >= t.number << 24 AND s.key < (t.number + 1) << 24
            WHERE t.id = $1 ORDER BY s.key
            """,
            [.trace(id)]
        ) { row throws(StoreError) in
            try row.decode(0) { bytes throws(StoreError) in try assembly.add(bytes, of: id) }
        }
        return assembly.finish()
    }

    func counts() throws(StoreError) -> StoreCounts {
        var counts = StoreCounts()
        try connection.query("SELECT revision, events, traces, bytes FROM tally", []) { row in
            counts = tally.counts(
                revision: row.integer(0),
                events: row.integer(1),
                traces: row.integer(2),
                bytes: row.integer(3)
            )
        }
        return counts
    }

    func snapshot() throws(StoreError) -> StoreSnapshot {
        try read { connection throws(StoreError) in
            var all = SnapshotAssembly()
            try connection.query(
                """
                SELECT t.id, s.body FROM trace t JOIN segment s ON s.key >= t.number << 24 AND s.key < (t.number + 1) << 24
                ORDER BY t.id, s.key
                """,
                []
            ) { row in
                let trace = row.trace(0)
                row.withBytes(1) { all.add($0, of: trace) }
            }
            all.flush()
            tally.addDamage(all.damaged)
            return StoreSnapshot(counts: try counts(), batch: all.batch)
        }
    }

    /// A page of the traces that changed last, newest first.
    func recent(_ begun: RecentTraces) throws(StoreError) -> RecentTracesPage {
        try read { connection throws(StoreError) in
            var recent = begun
            while !recent.isFull {
                var summaries: [TraceSummary] = []
                try connection.query(
                    "SELECT \(TraceQueries.summaryColumns) FROM trace t\(recent.condition) "
                        + "ORDER BY t.revision DESC, t.id LIMIT \(RecentTraces.pageSize)",
                    recent.conditionValues
                ) { row throws(StoreError) in
                    summaries.append(try TraceQueries.summary(row))
                }
                for summary in summaries where !recent.isFull {
                    recent.add(summary, try soundEvents(of: summary.id))
                }
                if summaries.count < RecentTraces.pageSize, !recent.isFull { recent.end() }
            }
            return recent.page
        }
    }

    /// The events of a trace, `nil` when they are damaged: the others are worth reading all the same.
    private func soundEvents(of id: TraceID) throws(StoreError) -> EventBatch? {
        do {
            return try events(of: id)
        } catch  where error.code == .corrupt {
            tally.addDamage(1)
            return nil
        }
    }
}
