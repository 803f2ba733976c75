/// Decides which version of a row each read saw.
///
/// A value or a version number names the version where it can. Without one, a read is decided only where a single version
/// was there to be seen, or where the declared isolation level or a lock leaves one; otherwise it stays undecided.
struct ReadResolution {
    /// A read of one row whose version is known.
    struct Read {
        @Narrow var statement: Int
        @Narrow var transaction: Int
        @Narrow var key: Int
        @Narrow var version: Int
        /// The value or version number proves it, or an absence that only this version explains.
        var isProven: Bool
        /// The row itself was returned; otherwise only whether it matched was learnt.
        var isRow: Bool
        @Narrow var position: Int
        /// Versions that it may have seen instead; only what holds for all of them is known.
        var alternatives: [Int] = []
    }

    private let history: StoreHistory
    private(set) var reads: [Read] = []
    /// Reads that contradict what their transaction had written.
    private(set) var contradictions: [Read] = []
    /// Reads with a value that no version explains.
    private(set) var unexplained: [(statement: Int, key: Int)] = []
    private var visits = 0
    /// Versions of a row by what a column holds, made for rows that were read by value.
    private var byValue: [Int: [ColumnValue: [Int]]] = [:]

    private struct ColumnValue: Hashable {
        var column: String
        var value: String
    }

    private var log: StoreLog { history.log }
    private var store: StoreVersions { history.store }

    init(_ history: StoreHistory, except lists: Set<Int>) {
        self.history = history
        for index in log.statements.indices where !log.statements[index].isVoid { resolve(index, except: lists) }
        for view in history.predicateViews {
            let statement = log.statements[view.statement]
            reads.append(
                Read(
                    statement: view.statement,
                    transaction: statement.transaction,
                    key: view.key,
                    version: view.version,
                    isProven: view.isProven && !statement.isInferred,
                    isRow: false,
                    position: statement.start
                )
            )
        }
    }

    private mutating func resolve(_ index: Int, except lists: Set<Int>) {
        if log.statements[index].isWrite { return }
        let statement = log.statements[index]
        var returned: Set<Int> = []
        for row in statement.observed {
            guard let key = store.find(row, of: statement.table), !lists.contains(key) else { continue }
            if statement.isSQL { returned.insert(key) }
            let state = history.state(row, statement.table)
            if let read = decide(index, key, state, row.version) {
                reads.append(
                    Read(
                        statement: index,
                        transaction: statement.transaction,
                        key: key,
                        version: read.version,
                        isProven: read.isProven && !statement.isInferred,
                        isRow: true,
                        position: row.position
                    )
                )
            }
        }
        guard case .query = statement.body else { return }
        let selection = history.selection(statement)
        let keys =
            selection.keys.map { $0.compactMap { store.find(statement.table, $0) } }
            ?? store.keysOfTable[statement.table] ?? []
        let weight = history.weight(statement.condition)
        for key in keys where !returned.contains(key) && !lists.contains(key) {
            visits += history.cost(of: key) * weight
            guard visits <= StoreHistory.conditionVisitsMax else { return }
            let isAbsent = statement.isFullyObserved
            guard let read = decideUnseen(index, key, isAbsent: isAbsent) else { continue }
            reads.append(
                Read(
                    statement: index,
                    transaction: statement.transaction,
                    key: key,
                    version: read.version,
                    isProven: read.isProven && !statement.isInferred,
                    isRow: !isAbsent && history.matches(statement.condition, read.version) == .yes,
                    position: statement.start,
                    alternatives: read.alternatives
                )
            )
        }
    }

    // MARK: - With a value

    private struct Decision {
        var version: Int
        var isProven: Bool
        var alternatives: [Int] = []
    }

    /// How plausible it is that a version was the one seen, best first.
    private enum Plausibility: Int {
        /// Committed, and not replaced before the reader began.
        case current
        /// Committed and replaced by then: a stale read.
        case replaced
        /// Replaced by its own writer before it committed.
        case intermediate
        /// Its writer rolled back.
        case aborted
        /// Written later in the order by a transaction that had begun: the order of concurrent events is not exact.
        case overlapping
        /// It came to be only after the read.
        case future
    }

    private mutating func decide(_ index: Int, _ key: Int, _ state: RowState, _ number: Int64) -> Decision? {
        let transaction = log.statements[index].transaction
        if let own = history.own(transaction, key, before: history.effect[index] + 1),
            store.versions[own].statement < index
        {
            let agreement =
                number >= 0 && store.versions[own].number >= 0
                ? (number == store.versions[own].number ? RowState.Agreement.yes : .no)
                : store.states[own].agrees(with: state)
            if agreement == .no {
                contradictions.append(
                    Read(
                        statement: index,
                        transaction: transaction,
                        key: key,
                        version: own,
                        isProven: true,
                        isRow: true,
                        position: log.statements[index].start
                    )
                )
            }
            return nil
        }
        guard state != .unknown || number >= 0 else { return decideUnseen(index, key, isAbsent: false) }
        var best: (plausibility: Plausibility, version: Int)?
        var isAmbiguous = false
        for version in candidates(key, state, number) {
            guard let plausibility = plausibility(of: version, for: index) else { continue }
            guard let known = best, known.plausibility.rawValue <= plausibility.rawValue else {
                best = (plausibility, version)
                isAmbiguous = false
                continue
            }
            guard known.plausibility == plausibility, known.version != version else { continue }
            if plausibility == .intermediate || plausibility == .aborted || plausibility == .replaced {
                // The latest of several equal values; that it was one of them is certain.
                best = (plausibility, max(known.version, version))
            } else {
                isAmbiguous = true
            }
        }
        if let best {
            // A value written only later in the order may as well have stood there before the log.
            let isLate = best.plausibility == .future && number < 0
            if isAmbiguous || (isLate && store.states[store.initial(key)] == .unknown) { return nil }
            return Decision(version: best.version, isProven: true)
        }
        // No version is known to have this value: it is the state before the log, if that is not known to differ.
        let initial = store.initial(key)
        if number >= 0, let written = store.keys[key].leastNumber {
            // Numbers rise: one below all that were written stood there before the log, one above was made by somebody unseen.
            return number < written ? Decision(version: initial, isProven: true) : nil
        }
        if store.states[initial] != .unknown { unexplained.append((index, key)) }
        return store.states[initial] == .unknown && number < 0
            ? Decision(version: initial, isProven: true) : nil
    }

    /// Versions known to hold what was read.
    private mutating func candidates(_ key: Int, _ state: RowState, _ number: Int64) -> [Int] {
        if number >= 0 {
            let numbered = store.versions(of: key, numbered: number)
            if !numbered.isEmpty { return numbered }
        }
        switch state {
        case .unknown: return []
        case .absent:
            return store.keys[key].versions.suffix(StoreVersions.versionsNearMax).filter {
                store.states[$0] == .absent
            } + (store.states[store.initial(key)] == .absent ? [store.initial(key)] : [])
        case .present(let columns):
            // A numbered read can only be explained by a value where some version has no number.
            if number >= 0, !store.keys[key].hasUnnumbered { return [] }
            let index = valueIndex(of: key)
            let lists = columns.all.map { column, value in
                index[ColumnValue(column: column, value: value.keyText)] ?? []
            }
            let shortest = lists.filter { !$0.isEmpty }.min { $0.count < $1.count } ?? []
            return shortest.suffix(StoreVersions.versionsNearMax).filter {
                (number < 0 || store.versions[$0].number < 0) && store.states[$0].agrees(with: state) == .yes
            }
        }
    }

    private mutating func valueIndex(of key: Int) -> [ColumnValue: [Int]] {
        if let known = byValue[key] { return known }
        var index: [ColumnValue: [Int]] = [:]
        for version in store.keys[key].versions {
            guard case .present(let columns) = store.states[version] else { continue }
            for (column, value) in columns.all {
                index[ColumnValue(column: column, value: value.keyText), default: []].append(version)
            }
        }
        byValue[key] = index
        return index
    }

    private func plausibility(of version: Int, for index: Int) -> Plausibility? {
        let writer = store.versions[version].transaction
        guard writer >= 0 else { return isReplaced(version, for: index) ? .replaced : .current }
        guard writer != log.statements[index].transaction else { return nil }
        let fate = history.fates[writer]
        if fate.status == .unknown { return nil }
        if fate.status == .aborted { return .aborted }
        if store.versions[version].start > history.effect[index] {
            return fate.begin < history.effect[index] ? .overlapping : .future
        }
        if isIntermediate(version) { return .intermediate }
        return isReplaced(version, for: index) ? .replaced : .current
    }

    /// Its writer made another version of the row later.
    func isIntermediate(_ version: Int) -> Bool {
        let writer = store.versions[version].transaction
        guard writer >= 0, let last = history.own(writer, store.versions[version].key) else { return false }
        return last != version && last > version
    }

    /// Another version was committed over it before the reading transaction began.
    private func isReplaced(_ version: Int, for index: Int) -> Bool {
        let transaction = log.statements[index].transaction
        let current = history.committed(store.versions[version].key, by: begin(of: index), except: transaction)
        let end = end(of: version)
        return current != version && self.end(of: current) > end
    }

    private func end(of version: Int) -> Int {
        let writer = store.versions[version].transaction
        return writer < 0 ? -1 : history.fates[writer].end
    }

    private func begin(of index: Int) -> Int {
        let fate = history.fates[log.statements[index].transaction]
        return fate.isExplicit ? fate.begin : log.statements[index].start
    }

    // MARK: - Without a value

    /// The version that a read without a value saw, when only one was there to be seen.
    private func decideUnseen(_ index: Int, _ key: Int, isAbsent: Bool) -> Decision? {
        let statement = log.statements[index]
        if history.own(statement.transaction, key, before: history.effect[index] + 1) != nil { return nil }
        if mayHaveChanged(statement.table, index) { return nil }
        if statement.locks {
            let current = history.committed(key, by: history.effect[index], except: statement.transaction)
            return Decision(version: current, isProven: false)
        }
        guard isAbsent else {
            let seen = visible(index, key, withUncommitted: false)
            return seen.count == 1 ? Decision(version: seen[0], isProven: false) : nil
        }
        // The row was not returned: it was seen in a version that does not match.
        func unmatched(_ versions: [Int]) -> [Int] {
            var last: [Int: Int] = [:]
            for version in versions where history.matches(statement.condition, version) != .yes {
                last[store.versions[version].transaction] = version
            }
            // Where a standing version explains the absence, one that was rolled back is not needed for it.
            let standing = last.filter { $0.key < 0 || log.transactions[$0.key].status != .aborted }
            return (standing.isEmpty ? last : standing).values.sorted()
        }
        let isolation = log.transactions[statement.transaction].isolation
        let mayBeDirty = isolation == nil || isolation == .readUncommitted
        var left = unmatched(visible(index, key, withUncommitted: mayBeDirty))
        if left.isEmpty { left = unmatched(visible(index, key, withUncommitted: true)) }
        guard let first = left.first else { return nil }
        // Proven when no version of another writer that was there by then would have been left out as well.
        let writers = Set(left.map { store.versions[$0].transaction })
        let others = store.keys[key].versions.suffix(StoreVersions.versionsNearMax).filter {
            !writers.contains(store.versions[$0].transaction) && store.versions[$0].position <= history.effect[index]
                && !isReplaced($0, for: index)
        }
        let isOnlyOne = others.allSatisfy { history.matches(statement.condition, $0) == .yes }
        return Decision(version: first, isProven: isOnlyOne, alternatives: Array(left.dropFirst()))
    }

    /// A statement whose rows are not known may have changed any row of the table while the reading transaction ran, or just before.
    private func mayHaveChanged(_ table: String, _ index: Int) -> Bool {
        guard let changes = history.uncertainChanges[table] else { return false }
        let reader = log.statements[index].transaction
        return changes.suffix(StoreVersions.versionsNearMax).contains { change in
            let writer = log.statements[change].transaction
            return writer == reader
                || (log.statements[change].start <= history.effect[index]
                    && log.transactions[writer].status != .aborted)
        }
    }

    /// Versions that were there to be seen: the one standing when the transaction began and all that appeared until the read.
    private func visible(_ index: Int, _ key: Int, withUncommitted: Bool) -> [Int] {
        let statement = log.statements[index]
        let isolation = log.transactions[statement.transaction].isolation
        if isolation == .readCommitted, history.effect[index] == statement.start, !withUncommitted {
            return [history.committed(key, by: statement.start, except: statement.transaction)]
        }
        let begin = begin(of: index)
        var result = [history.committed(key, by: begin, except: statement.transaction)]
        for version in store.keys[key].versions.suffix(StoreVersions.versionsNearMax) {
            let writer = store.versions[version].transaction
            guard writer >= 0, writer != statement.transaction,
                store.versions[version].start <= history.effect[index], history.fates[writer].end > begin,
                version != result[0]
            else { continue }
            let isCommitted =
                history.fates[writer].status == .committed && history.fates[writer].end <= history.effect[index]
            if !isCommitted {
                // Only read uncommitted shows what is not committed yet, and not every store admits to it.
                guard withUncommitted || isolation == .readUncommitted else { continue }
            } else if isIntermediate(version) {
                continue
            }
            result.append(version)
        }
        return result
    }
}
