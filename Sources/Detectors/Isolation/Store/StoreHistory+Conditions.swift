// MARK: - Updates and deletes by condition

extension StoreHistory {
    /// Follows an update or delete whose condition names no rows.
    ///
    /// Where the rows it may have seen differ in whether they match, the number of rows it changed and what its transaction saw
    /// afterwards decide; what stays undecided is taken to match the last committed version.
    mutating func scan(_ index: Int) {
        let statement = log.statements[index]
        var undecided: [(key: Int, views: [Int])] = []
        var matching: [Int] = []
        var isUncertain = false
        let weight = weight(statement.condition)
        for key in store.keysOfTable[statement.table] ?? [] {
            conditionVisits += cost(of: key) * weight
            guard conditionVisits <= Self.conditionVisitsMax else {
                uncertainChanges[statement.table, default: []].append(index)
                return
            }
            let views = possibleViews(index, key)
            let truths = views.map { matches(statement.condition, $0) }
            if truths.contains(.unknown) {
                isUncertain = true
            } else if Set(truths).count > 1 {
                undecided.append((key, views))
            } else {
                if truths[0] == .yes { matching.append(key) }
                if views.count == 1 { see(index, key, views[0], isProven: false) }
            }
        }
        if isUncertain { uncertainChanges[statement.table, default: []].append(index) }
        let known = Int64(matching.count)
        for key in matching { changeRow(index, key) }
        var open: [(key: Int, views: [Int])] = []
        for (key, views) in undecided {
            let matched: Bool?
            if statement.rowCount == known {
                matched = false
            } else if statement.rowCount == known + Int64(undecided.count) {
                matched = true
            } else {
                matched = laterEvidence(index, key, views)
            }
            guard let matched else {
                open.append((key, views))
                continue
            }
            let seen = views.filter { (matches(statement.condition, $0) == .yes) == matched }
            if seen.count == 1 { see(index, key, seen[0], isProven: true) }
            if matched { changeRow(index, key) }
        }
        for (key, _) in open
        where matches(statement.condition, base(statement.transaction, key, by: effect[index])) == .yes {
            changeRow(index, key)
        }
        noteHazards(index, open)
    }

    /// It touched no row, so no version that it saw matches.
    mutating func seeWhatDidNotMatch(_ index: Int) {
        let statement = log.statements[index]
        let selection = selection(statement)
        let keys =
            selection.keys.map { $0.compactMap { store.find(statement.table, $0) } }
            ?? store.keysOfTable[statement.table] ?? []
        let weight = weight(statement.condition)
        for key in keys {
            conditionVisits += cost(of: key) * weight
            guard conditionVisits <= Self.conditionVisitsMax else { return }
            let views = possibleViews(index, key)
            let seen = views.filter { matches(statement.condition, $0) != .yes }
            if seen.count == 1 { see(index, key, seen[0], isProven: views.count > 1) }
        }
    }

    /// Versions that a look at a row goes through.
    func cost(of key: Int) -> Int { min(store.keys[key].versions.count, StoreVersions.versionsNearMax) }

    /// Statements of the same transaction that are looked at for what a statement before them did.
    private static let evidenceMax = 256

    private mutating func see(_ statement: Int, _ key: Int, _ version: Int, isProven: Bool) {
        guard store.versions[version].transaction != log.statements[statement].transaction else { return }
        predicateViews.append(PredicateView(statement: statement, key: key, version: version, isProven: isProven))
    }

    /// Whether a row must have matched, by what the transaction saw of it afterwards; `nil` when that does not tell.
    private func laterEvidence(_ index: Int, _ key: Int, _ views: [Int]) -> Bool? {
        let statement = log.statements[index]
        let name = store.keys[key].name
        let statements = log.transactions[statement.transaction].statements
        for later in statements[statements.count(upTo: index)...].prefix(Self.evidenceMax) {
            let reading = log.statements[later]
            guard !reading.isVoid, reading.table == statement.table else { continue }
            let selected = selection(reading).keys
            if reading.isWrite {
                guard let selected, !selected.contains(name) else { return nil }
                continue
            }
            if let row = reading.observed.first(where: { $0.key == name }) {
                let seen = state(row, statement.table)
                guard seen != .absent, case .update = statement.body else { return seen == .absent }
                let changed = views.contains {
                    matches(statement.condition, $0) == .yes
                        && self.changed(statement.body, $0).state.agrees(with: seen) == .yes
                }
                let unchanged = views.contains { store.states[$0].agrees(with: seen) == .yes }
                if changed != unchanged { return changed }
            } else if reading.isFullyObserved, selected?.contains(name) ?? true, case .delete = statement.body {
                // Absent from a result that it would be in, had it not been deleted.
                let isolation = log.transactions[statement.transaction].isolation
                let standing =
                    isolation == .readCommitted
                    ? [committed(key, by: reading.start, except: statement.transaction)] : views
                if standing.allSatisfy({ matches(reading.condition, $0) == .yes }) { return true }
            }
        }
        return nil
    }

    /// Read committed evaluates a condition before it waits for a row and again for that row alone, so it can miss rows that began to
    /// match meanwhile. Proof that such a row was found clears the statement.
    private mutating func noteHazards(_ index: Int, _ open: [(key: Int, views: [Int])]) {
        let statement = log.statements[index]
        switch log.transactions[statement.transaction].isolation {
        case nil, .readCommitted, .readUncommitted: break
        default: return
        }
        var cleared: Set<Int> = []
        for view in predicateViews.reversed() {
            guard view.statement == index else { break }
            let writer = store.versions[view.version].transaction
            guard view.isProven, writer >= 0, matches(statement.condition, view.version) == .yes else { continue }
            cleared.insert(writer)
        }
        for (key, views) in open {
            for view in views {
                let writer = store.versions[view].transaction
                guard writer >= 0, !cleared.contains(writer) else { continue }
                let end = log.transactions[writer].end
                guard end > statement.start, end <= effect[index] else { continue }
                recheckHazards.append(RecheckHazard(statement: index, other: writer, key: key))
            }
        }
    }
}
