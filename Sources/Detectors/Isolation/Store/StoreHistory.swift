/// Rebuilds the versions of rows from a log: which statement made which version, and what it contained.
///
/// Rows are followed as a store with row locks keeps them: a transaction's write stands on its own earlier write, else on the
/// last version committed when the write took effect. Nothing is assumed about what reads see; see ``ReadResolution``.
struct StoreHistory {
    let log: StoreLog
    let schemas: [String: TableSchema]
    var store = StoreVersions()
    /// Where each statement took effect: its result, or the end of a lock it must have waited for.
    private(set) var effect: [Int]
    /// What is asked most often of the log's transactions.
    let fates: ContiguousArray<TransactionFate>
    var ownVersions: OwnVersions
    /// What conditions of writing statements saw, where that is known.
    var predicateViews: [PredicateView] = []
    /// Writing statements whose condition was evaluated while another transaction's commit changed its outcome.
    var recheckHazards: [RecheckHazard] = []
    /// Per table, statements that may have changed any of its rows, in the order of effect.
    var uncertainChanges: [String: [Int]] = [:]
    /// Versions visited by conditions without a key, for the bound below.
    var conditionVisits = 0

    /// Versions of rows beyond which conditions are no longer followed: keeps the analysis linear where many statements scan large
    /// tables. A second's work.
    static let conditionVisitsMax = 4_000_000

    /// How many visits a visit of a long condition counts for.
    func weight(_ condition: SQLExpression?) -> Int { 1 + (condition?.size ?? 0) / 16 }

    struct RowOfTransaction: Hashable {
        var transaction: Int
        var key: Int
    }

    /// The version of a row that a statement's condition was evaluated on.
    struct PredicateView {
        var statement: Int
        var key: Int
        var version: Int
        var isProven: Bool
    }

    /// A statement under read committed that waited for another transaction and may mix the states before and after it.
    struct RecheckHazard {
        var statement: Int
        var other: Int
        var key: Int
    }

    init(_ log: StoreLog) {
        self.log = log
        schemas = TableSchema.all(of: log)
        effect = log.statements.map(\.end)
        fates = ContiguousArray(log.transactions.lazy.map { TransactionFate($0) })
        ownVersions = OwnVersions(transactions: fates.count)
        registerKeys()
        waitForLocks()
        learnInitialStates()
        for index in writesByEffect() { write(index) }
    }

    private func writesByEffect() -> [Int] {
        let writes = log.statements.indices.filter { log.statements[$0].isWrite && !log.statements[$0].isVoid }
        // Few wait for a lock, so that most logs are in order already.
        let isOrdered = zip(writes, writes.dropFirst()).allSatisfy { effect[$0] <= effect[$1] }
        return isOrdered ? writes : writes.sorted { (effect[$0], $0) < (effect[$1], $1) }
    }

    func selection(_ statement: StoreStatement) -> RowSelection {
        RowSelection(statement.condition, keyColumn: schemas[statement.table]?.keyColumn)
    }

    /// What a data event says about a row.
    func state(_ observed: ObservedRow, _ table: String) -> RowState {
        guard let value = observed.value else { return .unknown }
        if value == .scalar(.null) { return .absent }
        let columns = value.asColumns
        guard !schemas.isEmpty, let name = schemas[table]?.valueColumn, let whole = columns[StoredValue.wholeColumn]
        else { return .present(columns) }
        var named = columns.all
        named[StoredValue.wholeColumn] = nil
        named[name] = named[name] ?? whole
        return .present(RowColumns(named))
    }

    /// Whether a version of a row satisfies a condition.
    func matches(_ condition: SQLExpression?, _ version: Int) -> SQLEvaluation.Truth {
        let columns: RowColumns
        switch store.states[version] {
        case .absent: return .no
        case .unknown:
            guard condition != nil else { return .unknown }
            columns = .many([:])
        case .present(let known):
            // Nothing is asked of the row but that it is there.
            guard condition != nil else { return .yes }
            columns = known
        }
        let key = store.keys[store.versions[version].key]
        let keyColumn = schemas[key.table]?.keyColumn
        return SQLEvaluation { name in
            if name == keyColumn { return Int64(key.name).map(SQLValue.integer) ?? .text(key.name) }
            return columns[name]
        }.matches(condition)
    }

    // MARK: - Preparation

    private mutating func registerKeys() {
        for statement in log.statements where !statement.isVoid {
            for row in statement.observed { store.register(row, of: statement.table) }
            guard statement.isSQL else { continue }
            for key in selection(statement).keys ?? [] { _ = store.key(statement.table, key) }
            for key in insertedKeys(statement) { _ = store.key(statement.table, key) }
        }
    }

    /// The keys of the rows that an insert makes. Where the store chooses them, a name that no other row has.
    func insertedKeys(_ statement: StoreStatement) -> [String] {
        guard case .insert(let table, let columns, let rows, _) = statement.body else { return [] }
        let place = schemas[table]?.keyColumn.flatMap { columns.firstIndex(of: $0) }
        return rows.enumerated().map { index, row in
            if let place, place < row.count, case .literal(let value) = row[place], value != .null {
                return value.keyText
            }
            if statement.observed.count == rows.count { return statement.observed[index].key }
            return "(new row \(statement.start).\(index))"
        }
    }

    /// A statement that needs a lock held by another transaction took effect after that one ended, unless its result says otherwise.
    private mutating func waitForLocks() {
        var holders: [Int: Int] = [:]
        for (index, statement) in log.statements.enumerated() where statement.locks && !statement.isVoid {
            let keys = (selection(statement).keys ?? []) + insertedKeys(statement)
            for name in keys {
                guard let key = store.find(statement.table, name) else { continue }
                if let holder = holders[key], holder != statement.transaction, !statement.hasResult {
                    let end = log.transactions[holder].end
                    if end > effect[index], end < log.transactions[statement.transaction].end { effect[index] = end }
                }
                holders[key] = statement.transaction
            }
        }
        // A transaction of one statement ends when its statement does.
        for index in log.statements.indices where !log.transactions[log.statements[index].transaction].isExplicit {
            effect[index] = log.statements[index].end
        }
    }

    /// Rows that some read names without a version number.
    private func keysReadByValue() -> ContiguousArray<Bool> {
        var keys = ContiguousArray(repeating: false, count: store.keys.count)
        for statement in log.statements where !statement.isWrite && !statement.isVoid {
            for row in statement.observed where row.version < 0 {
                if let key = store.find(row, of: statement.table) { keys[key] = true }
            }
        }
        return keys
    }

    /// A row that an insert makes was absent, and a row read before anything could have written it shows its state.
    private mutating func learnInitialStates() {
        var firstWrite: [Int: (start: Int, isInsert: Bool)] = [:]
        var firstScan: [String: Int] = [:]
        // What was written is only of interest where something was read before, without a number to tell what.
        let read = keysReadByValue()
        var written: [Int: [(statement: Int, row: Int)]] = [:]
        for (index, statement) in log.statements.enumerated() where statement.isWrite && !statement.isVoid {
            var isInsert = false
            if case .insert(_, _, _, isUpsert: false) = statement.body { isInsert = true }
            let names = statement.isSQL ? (selection(statement).keys ?? []) + insertedKeys(statement) : []
            for name in names {
                if let key = store.find(statement.table, name), firstWrite[key] == nil {
                    firstWrite[key] = (statement.start, isInsert)
                }
            }
            for row in statement.observed {
                if let key = store.find(row, of: statement.table), firstWrite[key] == nil {
                    firstWrite[key] = (statement.start, isInsert)
                }
            }
            for (place, row) in statement.observed.enumerated() {
                guard let key = store.find(row, of: statement.table), read[key] else { continue }
                if written[key, default: []].count < StoreVersions.versionsNearMax {
                    written[key, default: []].append((index, place))
                }
            }
            if names.isEmpty, statement.observed.isEmpty, firstScan[statement.table] == nil {
                firstScan[statement.table] = statement.start
            }
        }
        var learned: [Int: RowState] = [:]
        for statement in log.statements where !statement.isWrite && !statement.isVoid {
            for row in statement.observed {
                guard row.version < 0, let key = store.find(row, of: statement.table), learned[key] == nil else {
                    continue
                }
                let first = min(firstWrite[key]?.start ?? Int.max, firstScan[statement.table] ?? Int.max)
                guard statement.end < first else { continue }
                let state = state(row, statement.table)
                // Unless a transaction that had begun is logged as writing this very value a little later.
                let isLate = (written[key] ?? []).contains { write in
                    let writer = log.statements[write.statement]
                    return log.transactions[writer.transaction].begin < statement.end
                        && self.state(writer.observed[write.row], writer.table).agrees(with: state) == .yes
                }
                if !isLate { learned[key] = state }
            }
        }
        for (key, write) in firstWrite where write.isInsert && learned[key] == nil { learned[key] = .absent }
        for (key, state) in learned { store.learn(store.initial(key), state) }
    }
}
