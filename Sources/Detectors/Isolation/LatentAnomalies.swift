import TraceModel

/// What two requests of one kind could do to each other, from one of them alone (2AD; Warszawski and Bailis, SIGMOD 2017).
///
/// A request's statements are abstracted to what they read and write of a table; a second instance of the same kind is imagined
/// beside it. Where a read and a later write of the table are not protected together, the other instance fits in between. The
/// anomaly did not happen: it is a candidate, told once for a kind of request and a table.
struct LatentAnomalies {
    private let log: StoreLog
    private let batch: EventBatch
    private let schemas: [String: TableSchema]
    private var found: [Mistake: (first: Instance, count: Int)] = [:]

    private struct Mistake: Hashable {
        var call: String
        var table: String
        var kind: IsolationKind
    }

    private struct Instance {
        var read: Int
        var write: Int
        /// Both in one transaction, so that its isolation level is what does not protect them.
        var isOneTransaction: Bool
    }

    /// What a request has read of one table so far.
    private struct Reads {
        var byKey: [String: Int] = [:]
        /// The last read whose rows are not named by a key.
        var byCondition: Int?
    }

    /// Mistakes in the requests of a log, but for those `reported` already as having happened.
    ///
    /// - Complexity: O(events + statements).
    static func of(
        _ log: StoreLog,
        batch: EventBatch,
        order: some Collection<Int>,
        reported: (IsolationKind, String) -> Bool
    ) -> [AnomalyFinding] {
        guard log.statements.contains(where: \.isWrite) else { return [] }
        var latent = LatentAnomalies(log, batch)
        let calls = RootCalls(batch, order, of: Set(log.statements.map { batch.traces[$0.row] }))
        var byTrace: [TraceID: [Int]] = [:]
        for index in log.statements.indices {
            byTrace[batch.traces[log.statements[index].row], default: []].append(index)
        }
        for (trace, statements) in byTrace {
            if let call = calls.name(of: trace) { latent.examine(statements, call) }
        }
        return latent.findings(reported)
    }

    private init(_ log: StoreLog, _ batch: EventBatch) {
        self.log = log
        self.batch = batch
        schemas = TableSchema.all(of: log)
    }

    private mutating func examine(_ statements: [Int], _ call: String) {
        var reads: [String: Reads] = [:]
        for index in statements {
            let statement = log.statements[index]
            guard !statement.isVoid, log.transactions[statement.transaction].status == .committed else { continue }
            let selection = RowSelection(statement.condition, keyColumn: schemas[statement.table]?.keyColumn)
            switch statement.body {
            case .query:
                if let keys = selection.keys {
                    for key in keys { reads[statement.table, default: Reads()].byKey[key] = index }
                } else {
                    reads[statement.table, default: Reads()].byCondition = index
                }
            case .read:
                for row in statement.observed { reads[statement.table, default: Reads()].byKey[row.key] = index }
            case .write:
                for row in statement.observed where row.version < 0 {
                    guard let read = reads[statement.table]?.byKey[row.key] else { continue }
                    note(.lostUpdate, read, index, call)
                }
            case .update(_, let assignments, _):
                // A condition beside the key checks again what was read.
                guard let keys = selection.keys, selection.rest == nil, let known = reads[statement.table] else {
                    continue
                }
                let isRelative = assignments.allSatisfy { $0.value.columns.contains($0.column) }
                if let read = keys.compactMap({ known.byKey[$0] }).max() {
                    note(isRelative ? .checkThenAct : .lostUpdate, read, index, call)
                } else if let read = known.byCondition {
                    note(.writeSkew, read, index, call)
                }
            case .insert(let table, let columns, let rows, isUpsert: false):
                guard let known = reads[table] else { continue }
                let place = schemas[table]?.keyColumn.flatMap { columns.firstIndex(of: $0) }
                let read = rows.compactMap { row -> Int? in
                    guard let place, place < row.count, case .literal(let value) = row[place] else { return nil }
                    return known.byKey[value.keyText]
                }.max()
                if let read = read ?? known.byCondition { note(.checkThenAct, read, index, call) }
            case .insert, .delete: break
            }
        }
    }

    private mutating func note(_ kind: IsolationKind, _ read: Int, _ write: Int, _ call: String) {
        let (reading, writing) = (log.statements[read], log.statements[write])
        let isOne = reading.transaction == writing.transaction
        if isOne {
            if reading.locks { return }
            switch log.transactions[reading.transaction].isolation {
            case nil, .readUncommitted, .readCommitted: break
            case .repeatableRead, .snapshotIsolation: if kind != .writeSkew { return }
            default: return
            }
        }
        let mistake = Mistake(call: call, table: writing.table, kind: kind)
        let instance = Instance(read: read, write: write, isOneTransaction: isOne)
        guard let known = found[mistake] else {
            found[mistake] = (instance, 1)
            return
        }
        let isEarlier =
            (log.statements[read].start, write) < (log.statements[known.first.read].start, known.first.write)
        found[mistake] = (isEarlier ? instance : known.first, known.count + 1)
    }

    private func findings(_ reported: (IsolationKind, String) -> Bool) -> [AnomalyFinding] {
        found.filter { !reported($0.key.kind, $0.key.table) }.map { mistake, entry in
            let rows = [log.statements[entry.first.read].row, log.statements[entry.first.write].row]
            let table = mistake.table.hasPrefix("/") ? String(mistake.table.dropFirst()) : mistake.table
            var fingerprint = Fingerprint()
            for part in ["latent", mistake.kind.rawValue, mistake.call, ObjectPattern.of(table)] {
                fingerprint.add(part)
            }
            return AnomalyFinding(
                id: "a-" + fingerprint.short,
                fingerprint: fingerprint.hex,
                kind: mistake.kind.rawValue,
                grade: .candidate,
                severity: .low,
                verdict: verdict(mistake, table, entry.first),
                object: table,
                events: rows.map {
                    batch.flags[$0].contains(.totallyOrdered) ? String(batch.ids[$0].low) : batch.ids[$0].description
                },
                details: [
                    .init("count", json: String(entry.count)),
                    .init("latent", json: "true"),
                    .init("call", json: IsolationJSON.string(mistake.call)),
                    .init("scope", json: entry.first.isOneTransaction ? "\"transaction\"" : "\"request\""),
                ]
            )
        }
    }

    private func verdict(_ mistake: Mistake, _ table: String, _ instance: Instance) -> String {
        let gap =
            instance.isOneTransaction
            ? "nothing at its isolation level keeps another out" : "read and write are not in one transaction"
        let start =
            "Two requests \(mistake.call) at once can both read \(table) before either writes it, since \(gap): "
        switch mistake.kind {
        case .lostUpdate: return start + "the later update would overwrite the earlier one."
        case .checkThenAct: return start + "what the second checked would no longer hold when it acts."
        default: return start + "each could break a rule that both had checked."
        }
    }
}

/// What kind of request each trace serves: method and generalised path of its first HTTP request, else its first function.
private struct RootCalls {
    private var rows: [TraceID: Int] = [:]
    private let batch: EventBatch

    init(_ batch: EventBatch, _ order: some Collection<Int>, of traces: Set<TraceID>) {
        self.batch = batch
        var functions: [TraceID: Int] = [:]
        for row in order where batch.ids.indices.contains(row) {
            switch batch.kinds[row] {
            case .httpRequest where rows[batch.traces[row]] == nil && traces.contains(batch.traces[row]):
                rows[batch.traces[row]] = row
            case .functionCall
            where batch.parents[row] == .none && functions[batch.traces[row]] == nil
                && traces.contains(batch.traces[row]):
                functions[batch.traces[row]] = row
            default: break
            }
        }
        rows.merge(functions) { request, _ in request }
    }

    func name(of trace: TraceID) -> String? {
        guard let row = rows[trace] else { return nil }
        let object = batch.symbols[batch.objects[row]]
        guard batch.kinds[row] == .httpRequest else { return object.isEmpty ? nil : ObjectPattern.of(object) }
        var path = Substring(object)
        if let scheme = path.firstRange(of: "://") {
            path = path[scheme.upperBound...]
            path = path.firstIndex(of: "/").map { path[$0...] } ?? "/"
        }
        path = path.prefix { $0 != "?" && $0 != "#" }
        return "\(batch.symbols[batch.subjects[row]]) \(ObjectPattern.of(String(path)))"
    }
}
