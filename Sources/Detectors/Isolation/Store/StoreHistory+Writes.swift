// MARK: - Versions made by statements

extension StoreHistory {
    mutating func write(_ index: Int) {
        let statement = log.statements[index]
        switch statement.body {
        case .query, .read: break
        case .write(let table):
            for row in statement.observed {
                guard let key = store.find(row, of: statement.table) else { continue }
                make(index, key, state(row, table), number: row.version)
            }
        case .insert(let table, let columns, let rows, let isUpsert):
            let isCertain = !isUpsert || statement.rowCount == Int64(rows.count)
            for (name, row) in zip(insertedKeys(statement), rows) {
                var values: [String: SQLValue] = [:]
                for (column, expression) in zip(columns, row) {
                    values[column] = SQLEvaluation { _ in nil }.value(expression)
                }
                make(
                    index,
                    store.key(table, name),
                    isUpsert ? .unknown : .present(RowColumns(values)),
                    isCertain: isCertain
                )
            }
        case .update, .delete: change(index)
        }
    }

    private mutating func make(
        _ statement: Int,
        _ key: Int,
        _ state: RowState,
        number: Int64 = -1,
        isCertain: Bool = true,
        isRelative: Bool = false
    ) {
        let transaction = log.statements[statement].transaction
        var lastEnd = store.keys[key].versions.last.map { store.versions[$0].lastEnd } ?? -1
        if isCertain, fates[transaction].status == .committed { lastEnd = max(lastEnd, fates[transaction].end) }
        let version = store.add(
            StoreVersion(
                key: key,
                transaction: transaction,
                statement: statement,
                number: number,
                isCertain: isCertain,
                isRelative: isRelative,
                position: effect[statement],
                start: log.statements[statement].start,
                lastEnd: lastEnd
            ),
            state
        )
        // What may not have happened is nothing that the transaction could see of its own.
        if isCertain { ownVersions.add(version, store.versions) }
    }

    private mutating func change(_ index: Int) {
        let statement = log.statements[index]
        guard statement.rowCount != 0 else { return seeWhatDidNotMatch(index) }
        if !statement.observed.isEmpty {
            for row in statement.observed {
                guard let key = store.find(row, of: statement.table) else { continue }
                let told = state(row, statement.table)
                apply(index, key, told == .unknown ? nil : told, number: row.version)
            }
            return
        }
        let selection = selection(statement)
        guard let names = selection.keys else { return scan(index) }
        for name in names {
            guard let key = store.find(statement.table, name) else { continue }
            guard let rest = selection.rest, statement.rowCount != Int64(names.count) else {
                apply(index, key, nil)
                continue
            }
            switch matches(rest, base(statement.transaction, key, by: effect[index])) {
            case .yes: apply(index, key, nil)
            case .no: break
            case .unknown: apply(index, key, nil, isCertain: false)
            }
        }
    }

    mutating func changeRow(_ index: Int, _ key: Int) { apply(index, key, nil) }

    /// What an update or delete makes of a row, and whether the new value is computed from the old one.
    func changed(_ body: StoreStatement.Body, _ before: Int) -> (state: RowState, isRelative: Bool) {
        guard case .update(let table, let assignments, _) = body else { return (.absent, false) }
        let keyColumn = schemas[table]?.keyColumn
        let key = store.keys[store.versions[before].key]
        var columns: [String: SQLValue] = [:]
        if case .present(let known) = store.states[before] { columns = known.all }
        let evaluation = SQLEvaluation { name in
            name == keyColumn ? (Int64(key.name).map(SQLValue.integer) ?? .text(key.name)) : columns[name]
        }
        var result = columns
        for assignment in assignments { result[assignment.column] = evaluation.value(assignment.value) }
        return (.present(RowColumns(result)), assignments.allSatisfy { $0.value.columns.contains($0.column) })
    }

    /// Adds the version that an update or delete makes of a row; `told` is what the sender says the row became.
    private mutating func apply(
        _ index: Int,
        _ key: Int,
        _ told: RowState?,
        number: Int64 = -1,
        isCertain: Bool = true
    ) {
        let statement = log.statements[index]
        let before = base(statement.transaction, key, by: effect[index])
        // Updating or deleting a row that is known not to be there does nothing.
        if store.states[before] == .absent, told == nil { return }
        let made = changed(statement.body, before)
        var state = made.state
        if case .present(let columns)? = told, case .present(let computed) = state {
            state = .present(RowColumns(computed.all.merging(columns.all) { $1 }))
        } else if let told {
            state = told
        }
        make(
            index,
            key,
            state,
            number: number,
            isCertain: isCertain,
            isRelative: made.isRelative
        )
    }

    // MARK: - What a statement stands on

    /// The transaction's own last certain version of a row.
    func own(_ transaction: Int, _ key: Int, before position: Int = Int.max) -> Int? {
        ownVersions.last(of: transaction, key, before: position, store.versions)
    }

    /// The version that a write stands on: the transaction's own, else the last one committed by `position`.
    func base(_ transaction: Int, _ key: Int, by position: Int) -> Int {
        own(transaction, key) ?? committed(key, by: position, except: transaction)
    }

    /// The version of a row that was committed last by `position`; its state before the log when none was.
    func committed(_ key: Int, by position: Int, except transaction: Int) -> Int {
        var best = store.initial(key)
        var bestEnd = -1
        for version in store.keys[key].versions.suffix(StoreVersions.versionsNearMax).reversed() {
            // Nothing earlier was committed later.
            if bestEnd >= 0, store.versions[version].lastEnd <= bestEnd { break }
            let writer = store.versions[version].transaction
            guard writer >= 0, writer != transaction, store.versions[version].isCertain,
                fates[writer].status == .committed
            else { continue }
            let end = fates[writer].end
            if end <= position, end > bestEnd {
                best = version
                bestEnd = end
            }
        }
        return best
    }

    /// Versions that a condition may have been evaluated on: committed ones between the transaction's begin and the statement's effect.
    func possibleViews(_ statement: Int, _ key: Int) -> [Int] {
        let transaction = log.statements[statement].transaction
        if let own = own(transaction, key, before: effect[statement]) { return [own] }
        let isExplicit = log.transactions[transaction].isExplicit
        let begin = isExplicit ? log.transactions[transaction].begin : log.statements[statement].start
        var result = [committed(key, by: begin, except: transaction)]
        var last: [Int: Int] = [:]
        for version in store.keys[key].versions.suffix(StoreVersions.versionsNearMax) {
            let writer = store.versions[version].transaction
            guard writer >= 0, writer != transaction, store.versions[version].isCertain,
                log.transactions[writer].status == .committed
            else { continue }
            let end = log.transactions[writer].end
            guard end > begin, end <= effect[statement] else { continue }
            // Of one transaction only the last version was ever committed.
            if let place = last[writer] {
                result[place] = version
            } else {
                last[writer] = result.count
                result.append(version)
            }
        }
        return result
    }
}
