import TraceModel

// MARK: - Statements

extension StoreLogBuilder {
    mutating func query(_ row: Int, _ position: Int, _ task: Task, _ state: inout TaskState) {
        let database = batch.subjects[row]
        let known = state.connections.firstIndex { $0.database == database }
        if known == nil {
            if state.connections.count == Self.connectionsMax { state.connections.removeFirst() }
            state.connections.append(Connection(database: database))
        }
        let slot = known ?? state.connections.count - 1
        for statement in StatementClassifier.classify(batch.symbols[batch.objects[row]]) {
            let outer = state.transactions.last
            apply(statement, row, position, task, outer, &state.connections[slot])
        }
    }

    private mutating func apply(
        _ statement: SQLStatement,
        _ row: Int,
        _ position: Int,
        _ task: Task,
        _ outer: Int?,
        _ connection: inout Connection
    ) {
        connection.justEnded = nil
        switch statement {
        case .begin(let level):
            // A second BEGIN without an end: what became of the first is not known.
            if let left = connection.open { log.transactions[left].end = position }
            let index = open(row, position, task, name: nil)
            log.transactions[index].isolation = level ?? connection.nextIsolation ?? connection.sessionIsolation
            connection.open = index
            connection.nextIsolation = nil
            connection.run = []
            connection.savepoints = Savepoints()
        case .setIsolation(let level, let session):
            if session {
                connection.sessionIsolation = level
            } else if let open = connection.open {
                log.transactions[open].isolation = level
            } else {
                connection.nextIsolation = level
            }
        case .commit, .rollback:
            let index = connection.open ?? joined(&connection)
            connection.open = nil
            connection.run = []
            connection.savepoints = Savepoints()
            connection.justEnded = index
            guard let index else { return }
            close(index, row, position, committed: statement == .commit && !batch.flags[row].contains(.failed))
        case .savepoint(let name):
            if let open = connection.open { connection.savepoints.add(name, log.transactions[open].statements.count) }
        case .rollbackTo(let name):
            guard let open = connection.open else { return }
            let statements = log.transactions[open].statements
            for place in connection.savepoints.undone(to: name, statements.count) {
                log.statements[statements[place]].isVoid = true
            }
        case .neutral: break
        case .unknown(let name):
            log.unclassified[name, default: 0] += 1
            log.unclassifiedCount += 1
        case .select, .insert, .update, .delete:
            guard let body = body(of: statement, store: batch.symbols[connection.database]) else { return }
            let transaction = connection.open ?? outer
            let index = append(body, row, position, task, transaction: transaction)
            if transaction == nil { connection.run.append(index) }
            connection.last = index
            statementOfEvent[EventKey(trace: task.trace, id: batch.ids[row])] = index
            if batch.flags[row].contains(.failed) { fail(index) }
        }
    }

    private func body(of statement: SQLStatement, store: String) -> StoreStatement.Body? {
        switch statement {
        case .select(let select):
            .query(
                table: Self.table(store, select.table),
                condition: select.condition,
                locks: select.locks,
                isWhole: select.returnsMatchingRows
            )
        case .insert(let insert):
            .insert(
                table: Self.table(store, insert.table),
                columns: insert.columns,
                rows: insert.rows,
                isUpsert: insert.isUpsert
            )
        case .update(let update):
            .update(
                table: Self.table(store, update.table),
                assignments: update.assignments,
                condition: update.condition
            )
        case .delete(let delete): .delete(table: Self.table(store, delete.table), condition: delete.condition)
        default: nil
        }
    }

    /// Makes one transaction of the statements since the last boundary, for a `COMMIT` that had no `BEGIN`.
    private mutating func joined(_ connection: inout Connection) -> Int? {
        guard let first = connection.run.first else { return nil }
        let index = log.statements[first].transaction
        for statement in connection.run.dropFirst() {
            log.transactions[log.statements[statement].transaction].statements = []
            log.statements[statement].transaction = index
        }
        log.transactions[index].statements = connection.run
        log.transactions[index].isExplicit = true
        log.transactions[index].status = .unknown
        log.transactions[index].end = Int.max
        log.transactions[index].hasFailedStatement = connection.run.contains { log.statements[$0].isVoid }
        log.transactions[index].isolation = connection.nextIsolation ?? connection.sessionIsolation
        connection.nextIsolation = nil
        return index
    }

    /// Adds a statement to a transaction, or to one of its own.
    mutating func append(
        _ body: StoreStatement.Body,
        _ row: Int,
        _ position: Int,
        _ task: Task,
        transaction: Int?
    ) -> Int {
        let index = log.statements.count
        let owner: Int
        if let transaction {
            owner = transaction
        } else {
            owner = open(row, position, task, name: nil)
            log.transactions[owner].isExplicit = false
            log.transactions[owner].status = .committed
            log.transactions[owner].end = position
        }
        log.transactions[owner].statements.append(index)
        var statement = StoreStatement(transaction: owner, row: row, start: position, end: position, body: body)
        statement.isInferred = batch.flags[row].contains(.inferred)
        log.statements.append(statement)
        return index
    }

    static func table(_ store: String, _ table: String) -> String { "\(store)/\(table)" }
}

// MARK: - Answers

extension StoreLogBuilder {
    mutating func result(_ row: Int, _ position: Int, _ task: Task, _ state: TaskState) {
        reportsResults.insert(task.process)
        guard let index = pendingStatement(answeredBy: row, task, state) else { return }
        log.statements[index].end = position
        log.statements[index].hasResult = true
        log.statements[index].rowCount = batch.numbers[row]
        let owner = log.statements[index].transaction
        if !log.transactions[owner].isExplicit { log.transactions[owner].end = position }
        if batch.flags[row].contains(.failed) { fail(index) }
    }

    /// The statement that a result or an error answers: its parent's, or the task's last.
    private func pendingStatement(answeredBy row: Int, _ task: Task, _ state: TaskState) -> Int? {
        if let index = statementOfEvent[EventKey(trace: task.trace, id: batch.parents[row])] {
            return log.statements[index].hasResult ? nil : index
        }
        return state.connections.compactMap(\.last).filter { !log.statements[$0].hasResult }.max()
    }

    mutating func failure(_ row: Int, _ task: Task, _ state: inout TaskState) {
        // A commit that was answered by an error did not commit.
        for slot in state.connections.indices {
            if let ended = state.connections[slot].justEnded, log.transactions[ended].endRow == state.previousRow {
                log.transactions[ended].status = .aborted
                state.connections[slot].justEnded = nil
                return
            }
        }
        guard let index = pendingStatement(answeredBy: row, task, state) else { return }
        let isParent = batch.parents[row] != .none && batch.parents[row] == batch.ids[log.statements[index].row]
        if isParent || log.statements[index].row == state.previousRow || reportsResults.contains(task.process) {
            fail(index)
        }
    }

    private mutating func fail(_ index: Int) {
        log.statements[index].isVoid = true
        log.statements[index].hasResult = true
        let owner = log.statements[index].transaction
        log.transactions[owner].hasFailedStatement = true
        if !log.transactions[owner].isExplicit { log.transactions[owner].status = .aborted }
    }
}
