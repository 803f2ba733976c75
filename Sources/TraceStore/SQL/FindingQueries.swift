import TraceModel

/// Findings and their groups, kept alike in both databases. Every function runs inside a transaction of its caller.
enum FindingQueries {
    /// Replaces the findings of traces, in one order everywhere, so that two writers cannot wait for each other in a circle.
    static func record(_ changes: [FindingChange], _ session: some SQLSession) throws(StoreError) {
        for change in changes.sorted(by: { $0.trace < $1.trace }) { try record(change.rows, of: change.trace, session) }
    }

    /// Replaces the findings of a trace and brings their groups up to date.
    static func record(
        _ findings: [FindingRow],
        of trace: TraceID,
        _ session: some SQLSession
    ) throws(StoreError) {
        let schema = session.dialect.schema
        var before: [String: Int] = [:]
        try session.query(
            "SELECT fingerprint, count(*) FROM \(schema)finding WHERE trace = $1 GROUP BY fingerprint",
            [.trace(trace)]
        ) { before[$0.text(0)] = Int($0.integer(1)) }
        try session.execute("DELETE FROM \(schema)finding WHERE trace = $1", [.trace(trace)])
        var latest: [String: FindingRow] = [:]
        var earliest: [String: Int64] = [:]
        var after: [String: Int] = [:]
        for (ordinal, finding) in findings.enumerated() {
            try insert(finding, ordinal, trace, session)
            after[finding.fingerprint, default: 0] += 1
            earliest[finding.fingerprint] = min(earliest[finding.fingerprint] ?? .max, finding.moment)
            if let known = latest[finding.fingerprint], known.moment > finding.moment { continue }
            latest[finding.fingerprint] = finding
        }
        // In one order everywhere, so that two writers cannot wait for each other in a circle.
        for fingerprint in Set(before.keys).union(after.keys).sorted() {
            if let finding = latest[fingerprint] {
                let change = Change(
                    instances: (after[fingerprint] ?? 0) - (before[fingerprint] ?? 0),
                    traces: before[fingerprint] == nil ? 1 : 0
                )
                try upsert(finding, of: trace, firstSeen: earliest[fingerprint] ?? finding.moment, change, session)
            } else {
                try withdraw(fingerprint, of: trace, instances: before[fingerprint] ?? 0, session)
            }
        }
    }

    private struct Change {
        var instances: Int
        var traces: Int
    }

    private static func insert(
        _ finding: FindingRow,
        _ ordinal: Int,
        _ trace: TraceID,
        _ session: some SQLSession
    ) throws(StoreError) {
        try session.execute(
            """
            INSERT INTO \(session.dialect.schema)finding
              (trace, ordinal, id, fingerprint, kind, grade, severity, object, moment, document)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            [
                .trace(trace), .integer(ordinal), .text(finding.id), .text(finding.fingerprint), .text(finding.kind),
                .text(finding.grade), .text(finding.severity), .name(finding.object), .integer(finding.moment),
                .bytes(finding.document),
            ]
        )
    }

    /// Adds to a group, or makes it; its face is the instance seen last, or that of the trace that just changed.
    private static func upsert(
        _ finding: FindingRow,
        of trace: TraceID,
        firstSeen: Int64,
        _ change: Change,
        _ session: some SQLSession
    ) throws(StoreError) {
        try session.execute(
            """
            INSERT INTO \(session.dialect.schema)finding_group AS g
              (fingerprint, kind, grade, severity, object, id, moment, document, trace, first_seen, last_seen, instances, traces)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $7, $11, $12)
            ON CONFLICT (fingerprint) DO UPDATE SET
              first_seen = CASE WHEN g.instances > 0 AND g.first_seen < excluded.first_seen
                THEN g.first_seen ELSE excluded.first_seen END,
              last_seen = CASE WHEN g.instances > 0 AND g.last_seen > excluded.last_seen
                THEN g.last_seen ELSE excluded.last_seen END,
              instances = g.instances + excluded.instances, traces = g.traces + excluded.traces
            """,
            [
                .text(finding.fingerprint), .text(finding.kind), .text(finding.grade), .text(finding.severity),
                .name(finding.object), .text(finding.id), .integer(finding.moment), .bytes(finding.document),
                .trace(trace), .integer(firstSeen), .integer(change.instances), .integer(change.traces),
            ]
        )
        try refreshFace(of: finding.fingerprint, changed: trace, session)
    }

    /// A trace no longer has findings of this group.
    private static func withdraw(
        _ fingerprint: String,
        of trace: TraceID,
        instances: Int,
        _ session: some SQLSession
    ) throws(StoreError) {
        try session.execute(
            "UPDATE \(session.dialect.schema)finding_group SET instances = instances - $2, traces = traces - 1 "
                + "WHERE fingerprint = $1",
            [.text(fingerprint), .integer(instances)]
        )
        try refreshFace(of: fingerprint, changed: trace, session)
    }

    /// Shows the newest instance that is still stored, unless a forgotten trace had a newer one.
    private static func refreshFace(
        of fingerprint: String,
        changed trace: TraceID,
        _ session: some SQLSession
    ) throws(StoreError) {
        let schema = session.dialect.schema
        try session.execute(
            """
            UPDATE \(schema)finding_group SET
              (kind, grade, severity, object, id, moment, document, trace) =
                (SELECT f.kind, f.grade, f.severity, f.object, f.id, f.moment, f.document, f.trace
                 FROM \(schema)finding f WHERE f.fingerprint = $1
                 ORDER BY f.moment DESC, f.trace, f.ordinal LIMIT 1)
            WHERE fingerprint = $1 AND (trace = $2 OR moment <= (SELECT max(f.moment) FROM \(schema)finding f
                WHERE f.fingerprint = $1))
              AND EXISTS (SELECT 1 FROM \(schema)finding f WHERE f.fingerprint = $1)
            """,
            [.text(fingerprint), .trace(trace)]
        )
    }

    static func setState(
        _ state: FindingState,
        of fingerprint: String,
        _ session: some SQLSession
    ) throws(StoreError) -> Bool {
        try session.execute(
            "UPDATE \(session.dialect.schema)finding_group SET state = $2, reason = $3, expires = $4 "
                + "WHERE fingerprint = $1",
            [
                .text(fingerprint), .text(state.kind.rawValue), .name(state.reason),
                state.expires.map { .integer($0) } ?? .null,
            ]
        ) > 0
    }

    static func groups(
        _ query: FindingQuery,
        now: Int64,
        _ session: some SQLSession
    ) throws(StoreError) -> FindingPage {
        let table = "\(session.dialect.schema)finding_group"
        var values: [SQLValue] = []
        var conditions = ["instances > 0"]
        func parameter(_ value: SQLValue) -> String {
            values.append(value)
            return "$\(values.count)"
        }
        func oneOf(_ column: String, _ texts: [String]) {
            guard !texts.isEmpty else { return }
            conditions.append("\(column) IN (\(texts.map { parameter(.text($0)) }.joined(separator: ", ")))")
        }
        oneOf("kind", query.kinds)
        oneOf("grade", query.grades)
        oneOf("severity", query.severities)
        if !query.states.isEmpty {
            let moment = parameter(.integer(now))
            oneOf(
                "CASE WHEN expires IS NOT NULL AND expires <= \(moment) THEN 'open' ELSE state END",
                query.states.map(\.rawValue)
            )
        }
        if let object = query.object, !object.isEmpty {
            conditions.append(session.dialect.contains("object", parameter(.name(object))))
        }
        if let since = query.since { conditions.append("last_seen >= \(parameter(.integer(since)))") }
        let filter = conditions.joined(separator: " AND ")
        var page = FindingPage(total: 0, groups: [])
        try session.query("SELECT count(*) FROM \(table) WHERE \(filter)", values) { page.total = Int($0.integer(0)) }
        guard query.limit > 0, query.offset < page.total else { return page }
        let limit = parameter(.integer(query.limit))
        let offset = parameter(.integer(max(0, query.offset)))
        try session.query(
            """
            SELECT id, fingerprint, kind, grade, severity, object, moment, document, trace, first_seen, last_seen, instances,
              traces, state, reason, expires
            FROM \(table) WHERE \(filter) ORDER BY last_seen DESC, fingerprint LIMIT \(limit) OFFSET \(offset)
            """,
            values
        ) { page.groups.append(group($0, now: now)) }
        return page
    }

    private static func group(_ row: some SQLRow, now: Int64) -> FindingGroup {
        let expires = row.isNull(15) ? nil : row.integer(15)
        var state = FindingState(
            FindingState.Kind(rawValue: row.text(13)) ?? .open,
            reason: row.text(14),
            expires: expires
        )
        if let expires, expires <= now { state = FindingState() }
        return FindingGroup(
            latest: FindingRow(
                id: row.text(0),
                fingerprint: row.text(1),
                kind: row.text(2),
                grade: row.text(3),
                severity: row.text(4),
                object: row.text(5),
                moment: row.integer(6),
                document: row.bytes(7)
            ),
            latestTrace: row.trace(8),
            firstSeen: row.integer(9),
            lastSeen: row.integer(10),
            instances: Int(row.integer(11)),
            traces: Int(row.integer(12)),
            state: state
        )
    }
}
