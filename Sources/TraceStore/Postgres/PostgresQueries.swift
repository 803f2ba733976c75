import TraceModel

/// Reads that only PostgreSQL answers this way.
enum PostgresQueries {
    /// The bodies of a trace's segments in order. The days prune partitions; sequences up to `born` are of a forgotten trace of
    /// the same id.
    static func segments(_ schema: String) -> String {
        """
        SELECT body FROM \(schema).segment WHERE trace = $1 AND seq > $2 AND \(days("day", "$3", "$4")) ORDER BY seq
        """
    }

    /// True for rows written from one day to another, counted from 1970, wherever they were moved since.
    static func days(_ column: String, _ first: String, _ last: String) -> String {
        """
        (\(column) BETWEEN DATE '1970-01-01' + CAST(\(first) AS int) AND DATE '1970-01-01' + CAST(\(last) AS int)
          OR \(column) = \(PostgresSchema.keptDay))
        """
    }

    private static let placeColumns = "t.born, t.first_day - DATE '1970-01-01', t.last_day - DATE '1970-01-01'"

    static func trace(
        _ id: TraceID,
        _ schema: String,
        _ session: PostgresConnection
    ) throws(StoreError) -> TraceRecord? {
        var found: (summary: TraceSummary, place: [SQLValue])?
        try session.query(
            "SELECT \(TraceQueries.summaryColumns), \(placeColumns) FROM \(schema).trace t WHERE t.id = $1",
            [.trace(id)]
        ) { row throws(StoreError) in
            found = (try TraceQueries.summary(row), (6...8).map { .integer(row.integer($0)) })
        }
        guard let found else { return nil }
        return TraceRecord(summary: found.summary, batch: try events(of: id, found.place, schema, session))
    }

    private static func events(
        of id: TraceID,
        _ place: [SQLValue],
        _ schema: String,
        _ session: PostgresConnection
    ) throws(StoreError) -> EventBatch {
        var assembly = SegmentAssembly()
        try session.query(segments(schema), [.trace(id)] + place) { row throws(StoreError) in
            try row.decode(0) { bytes throws(StoreError) in try assembly.add(bytes, of: id) }
        }
        return assembly.finish()
    }

    static func counts(
        _ schema: String,
        _ session: PostgresConnection,
        _ tally: StoreTally
    ) throws(StoreError) -> StoreCounts {
        var counts = StoreCounts()
        let sums = ["revision", "events", "traces", "bytes"].map { "CAST(coalesce(sum(\($0)), 0) AS bigint)" }
        try session.query("SELECT \(sums.joined(separator: ", ")) FROM \(schema).tally", []) { row in
            counts = tally.counts(
                revision: row.integer(0),
                events: row.integer(1),
                traces: row.integer(2),
                bytes: row.integer(3)
            )
        }
        return counts
    }

    /// All traces by id, in pages, so that an answer never holds more than one page of segments.
    static func snapshot(
        _ schema: String,
        _ session: PostgresConnection,
        _ tally: StoreTally
    ) throws(StoreError) -> StoreSnapshot {
        var all = SnapshotAssembly()
        var after: TraceID?
        while true {
            var ids: [(id: TraceID, place: [SQLValue])] = []
            try session.query(
                "SELECT t.id, \(placeColumns) FROM \(schema).trace t \(after == nil ? "" : "WHERE t.id > $1 ") ORDER BY t.id LIMIT 512",
                after.map { [.trace($0)] } ?? []
            ) { row in ids.append((row.trace(0), (1...3).map { .integer(row.integer($0)) })) }
            for (id, place) in ids {
                try session.query(segments(schema), [.trace(id)] + place) { row in
                    row.withBytes(0) { all.add($0, of: id) }
                }
            }
            guard let last = ids.last?.id else { break }
            after = last
        }
        all.flush()
        tally.addDamage(all.damaged)
        return StoreSnapshot(counts: try counts(schema, session, tally), batch: all.batch)
    }

    /// A page of the traces that changed last, newest first.
    static func recent(
        _ begun: RecentTraces,
        _ schema: String,
        _ session: PostgresConnection,
        _ tally: StoreTally
    ) throws(StoreError) -> RecentTracesPage {
        var recent = begun
        while !recent.isFull {
            // A page and its segments are two queries, however many traces there are.
            let page = """
                SELECT t.* FROM \(schema).trace t\(recent.condition) ORDER BY t.revision DESC, t.id LIMIT \(RecentTraces.pageSize)
                """
            let values = recent.conditionValues
            var summaries: [TraceSummary] = []
            try session.query(
                "SELECT \(TraceQueries.summaryColumns) FROM (\(page)) t ORDER BY t.revision DESC, t.id",
                values
            ) { row throws(StoreError) in summaries.append(try TraceQueries.summary(row)) }
            var assemblies: [TraceID: SegmentAssembly] = [:]
            var damaged: Set<TraceID> = []
            try session.query(
                """
                SELECT s.trace, s.body FROM (\(page)) t JOIN \(schema).segment s ON s.trace = t.id AND s.seq > t.born
                  AND (s.day BETWEEN t.first_day AND t.last_day OR s.day = \(PostgresSchema.keptDay))
                ORDER BY s.trace, s.seq
                """,
                values
            ) { row throws(StoreError) in
                let trace = row.trace(0)
                do throws(StoreError) {
                    try row.decode(1) { bytes throws(StoreError) in
                        try assemblies[trace, default: SegmentAssembly()].add(bytes, of: trace)
                    }
                } catch {
                    // The others are worth reading all the same.
                    guard error.code == .corrupt else { throw error }
                    damaged.insert(trace)
                }
            }
            tally.addDamage(damaged.count)
            for summary in summaries {
                var assembly = assemblies.removeValue(forKey: summary.id)
                recent.add(summary, damaged.contains(summary.id) ? nil : assembly?.finish() ?? EventBatch())
            }
            if summaries.count < RecentTraces.pageSize, !recent.isFull { recent.end() }
        }
        return recent.page
    }
}
