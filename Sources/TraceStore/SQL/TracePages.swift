import TraceModel

/// The list of traces, newest first, page by page.
struct TracePages {
    let marks: PageMarks

    func page<Session: SQLSession>(_ query: TraceQuery, _ session: Session) throws(StoreError) -> TracePage {
        let schema = session.dialect.schema
        let moment = try Self.moment(session)
        let list = PageMarks.List(service: query.service, eventsMin: max(0, query.eventsMin))
        var filter = Filter(query, session.dialect)
        var page = TracePage(total: 0, traces: [])
        if let known = marks.total(of: list, at: moment) {
            page.total = known
        } else {
            try session.query(Self.count(query, schema, filter), filter.values) { page.total = Int($0.integer(0)) }
            marks.note(nil, total: page.total, of: list, at: moment)
        }
        let offset = max(0, query.offset)
        guard query.limit > 0, offset < page.total else { return page }
        let mark = marks.nearest(offset, in: list, at: moment)
        let skipped = offset - (mark?.count ?? 0)
        filter.simplify(skipped, query, total: page.total, of: Int(moment.traces))
        if let mark { filter.begin(after: mark) }
        let bounds = [SQLValue.integer(query.limit), .integer(skipped)]
        try session.query(
            "SELECT \(TraceQueries.summaryColumns) FROM \(schema)trace t\(filter.text) ORDER BY t.last_ts DESC, t.id "
                + "LIMIT $\(filter.values.count + 1) OFFSET $\(filter.values.count + 2)",
            filter.values + bounds
        ) { row throws(StoreError) in
            page.traces.append(try TraceQueries.summary(row))
        }
        note(page, offset, list, moment)
        return page
    }

    private func note(_ page: TracePage, _ offset: Int, _ list: PageMarks.List, _ moment: PageMarks.Moment) {
        let count = offset + page.traces.count
        guard let last = page.traces.last, count < page.total else { return }
        let mark = PageMarks.Mark(count: count, last: last.lastTimestamp, id: last.id)
        marks.note(mark, total: page.total, of: list, at: moment)
    }

    private static func moment(_ session: some SQLSession) throws(StoreError) -> PageMarks.Moment {
        var moment = PageMarks.Moment(revision: 0, events: 0, traces: 0)
        let sums = ["revision", "events", "traces"].map { "CAST(coalesce(sum(\($0)), 0) AS bigint)" }
        try session.query("SELECT \(sums.joined(separator: ", ")) FROM \(session.dialect.schema)tally", []) { row in
            moment = PageMarks.Moment(revision: row.integer(0), events: row.integer(1), traces: row.integer(2))
        }
        return moment
    }

    /// How many traces there are: kept in the tally, and one row of an index for each trace of a service, so that the traces
    /// themselves are only looked at for how large they are.
    private static func count(_ query: TraceQuery, _ schema: String, _ filter: Filter) -> String {
        if filter.text.isEmpty { return "SELECT CAST(coalesce(sum(traces), 0) AS bigint) FROM \(schema)tally" }
        if query.eventsMin <= 0 { return "SELECT count(*) FROM \(schema)trace_service WHERE service = $1" }
        return "SELECT count(*) FROM \(schema)trace t\(filter.text)"
    }
}

/// Which traces are listed, as conditions of a query.
private struct Filter {
    private(set) var values: [SQLValue] = []
    private var conditions: [String] = []
    private var membership: (exists: String, walk: String)?

    init(_ query: TraceQuery, _ dialect: SQLDialect) {
        if query.eventsMin > 0 {
            values.append(.integer(query.eventsMin))
            conditions.append("t.events >= $\(values.count)")
        }
        guard let service = query.service else { return }
        values.append(.integer(StableHash.name(service)))
        let one =
            "(SELECT 1 FROM \(dialect.schema)trace_service s WHERE s.service = $\(values.count) "
            + "AND s.trace = t.\(dialect.traceKey))"
        membership = ("EXISTS " + one, one + " IS NOT NULL")
    }

    /// Empty when everything is listed.
    var text: String {
        let all = conditions + (membership.map { [$0.exists] } ?? [])
        return all.isEmpty ? "" : " WHERE " + all.joined(separator: " AND ")
    }

    /// Says the same in a way that suits the page: planners know too little of the tables to choose it.
    mutating func simplify(_ skipped: Int, _ query: TraceQuery, total: Int, of traces: Int) {
        guard let membership else { return }
        if total == traces {
            // Every trace is of this service, and large enough: a walk through them all is the list.
            (values, conditions, self.membership) = ([], [], nil)
        } else if Self.isWalkShort(skipped, query.limit, total, traces) {
            self.membership = (membership.walk, membership.walk)
        }
    }

    /// Whether fewer traces are passed on the way to a page, in order of time, than there are to be sorted otherwise.
    private static func isWalkShort(_ skipped: Int, _ limit: Int, _ matching: Int, _ traces: Int) -> Bool {
        let wanted = Double(skipped) + Double(min(limit, matching))
        return wanted * Double(traces) <= Double(matching) * Double(matching)
    }

    /// Leaves out everything up to the end of a page.
    mutating func begin(after mark: PageMarks.Mark) {
        values += [.integer(mark.last), .trace(mark.id)]
        let (last, id) = ("$\(values.count - 1)", "$\(values.count)")
        conditions.append("t.last_ts <= \(last) AND (t.last_ts < \(last) OR t.id > \(id))")
    }
}
