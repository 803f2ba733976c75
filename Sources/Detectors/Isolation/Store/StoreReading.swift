/// Everything that the events about stores tell: the serialisation graph, and anomalies that need no cycle.
struct StoreReading {
    let history: StoreHistory
    let chains: VersionChains
    private(set) var reads: [ReadResolution.Read]
    private let readsByTransaction: ReadsByTransaction
    /// The reads of transactions with many, by row and position.
    private var readsOfMany: [Int: [Int]] = [:]
    /// Between all that committed, queries that ran alone included.
    private(set) var dependencies: ContiguousArray<Dependency> = []
    /// Which transactions can take part in a cycle; see ``mayTakePart(_:)``.
    private(set) var takesPart: ContiguousArray<Bool> = []
    private(set) var findings: [StoreFinding] = []

    /// An anomaly that is no cycle.
    struct StoreFinding {
        var anomaly: IsolationAnomaly
        /// The transaction that suffered first.
        var transactions: [Int]
        var key: Int
        /// Rows of the events that show it.
        var rows: [Int]
        var isProven = true
        /// Distinguishes findings that share an anomaly.
        var pattern = Pattern.none
    }

    /// The mistake behind an anomaly, where it has a name of its own.
    enum Pattern {
        case none
        /// One row read twice with different results, and nothing written on the strength of it.
        case nonRepeatableRead
        /// The same version number given by two transactions.
        case duplicateVersion
        /// Both updates are relative: nothing is lost, but what was checked no longer held.
        case checkThenAct
        /// Statements of one request, outside of a transaction.
        case withoutTransaction
        /// A condition evaluated while the rows it is about were changing.
        case recheck
    }

    var log: StoreLog { history.log }

    init(_ log: StoreLog) {
        history = StoreHistory(log)
        let lists = ListRows.of(history)
        chains = VersionChains(history, except: Set(lists.keys))
        let resolution = ReadResolution(history, except: Set(lists.keys))
        reads = resolution.reads
        readsByTransaction = ReadsByTransaction(reads, transactions: log.transactions.count)
        takesPart = ContiguousArray(log.transactions.indices.lazy.map { [history] in Self.mayTakePart($0, history) })
        dependencies.reserveCapacity(history.store.versions.count + 2 * reads.count)
        addWriteDependencies()
        let progress = ReadProgress(history, reads, readsByTransaction)
        for read in reads { addReadDependencies(read, progress) }
        for read in resolution.contradictions { addContradiction(read) }
        for (key, transactions) in chains.contradictions {
            findings.append(
                StoreFinding(
                    anomaly: .duplicateWrites,
                    transactions: transactions,
                    key: key,
                    rows: transactions.compactMap { lastWrite(of: $0, key) },
                    pattern: .duplicateVersion
                )
            )
        }
        for hazard in history.recheckHazards {
            let statement = log.statements[hazard.statement]
            findings.append(
                StoreFinding(
                    anomaly: .cycle(CycleAnomaly(.single, predicate: true)),
                    transactions: [statement.transaction, hazard.other],
                    key: hazard.key,
                    rows: [statement.row] + [lastWrite(of: hazard.other, hazard.key)].compactMap { $0 },
                    isProven: false,
                    pattern: .recheck
                )
            )
        }
        let listed = ListRows.reading(history, lists)
        for dependency in listed.dependencies { append(dependency) }
        findings += listed.findings
        addUnexplainedRepeats(resolution.unexplained)
        for transaction in log.transactions.indices
        where readsByTransaction.count(of: transaction) > ReadsByTransaction.fewMax {
            readsOfMany[transaction] = readsByTransaction[transaction].map { Int($0) }.sorted { a, b in
                (reads[a].key, reads[a].position, a) < (reads[b].key, reads[b].position, b)
            }
        }
    }

    /// A committed transaction. A query that ran alone promises nothing about other statements: only what it read is held
    /// against the store.
    private static func mayTakePart(_ transaction: Int, _ history: StoreHistory) -> Bool {
        guard history.fates[transaction].status == .committed else { return false }
        return history.fates[transaction].isExplicit
            || history.log.transactions[transaction].statements.contains { history.log.statements[$0].isWrite }
    }

    /// Keeps an edge between two that committed.
    private mutating func append(_ dependency: Dependency) {
        guard history.fates[dependency.from].status == .committed, history.fates[dependency.to].status == .committed
        else { return }
        dependencies.append(dependency)
    }

    /// Each committed transaction of a task before the task's next, when the first had ended by then.
    var sessionOrder: [Dependency] {
        var last: [Int: Int] = [:]
        var result: [Dependency] = []
        for (index, transaction) in log.transactions.enumerated() where transaction.status == .committed {
            if let previous = last[transaction.session], log.transactions[previous].end <= transaction.begin {
                result.append(Dependency(from: previous, to: index, kind: .session))
            }
            last[transaction.session] = index
        }
        return result
    }

    private func lastWrite(of transaction: Int, _ key: Int) -> Int? {
        history.own(transaction, key).map { log.statements[history.store.versions[$0].statement].row }
    }

    // MARK: - Dependencies

    private mutating func addWriteDependencies() {
        for chain in chains.chains {
            for (earlier, later) in zip(chain.dropFirst(), chain.dropFirst(2)) {
                let (a, b) = (history.store.versions[earlier], history.store.versions[later])
                append(
                    Dependency(
                        from: a.transaction,
                        to: b.transaction,
                        kind: .writeWrite,
                        key: a.key,
                        fromVersion: earlier,
                        toVersion: later,
                        fromPosition: a.position,
                        toPosition: b.position,
                        proven: chains.isProven(earlier, later)
                    )
                )
            }
        }
    }

    private mutating func addReadDependencies(_ read: ReadResolution.Read, _ progress: ReadProgress) {
        let version = history.store.versions[read.version]
        let condition = log.statements[read.statement].condition
        if version.transaction >= 0, version.transaction != read.transaction, read.alternatives.isEmpty {
            addObservation(read, version)
            let changedMatch =
                chains.before(read.version).map {
                    history.matches(condition, $0) != history.matches(condition, read.version)
                } ?? false
            if read.isRow || changedMatch {
                add(
                    read.isRow ? .writeRead : .predicateWriteRead,
                    from: version.transaction,
                    to: read.transaction,
                    read,
                    fromVersion: read.version,
                    toVersion: -1,
                    proven: read.isProven,
                    positions: (version.position, read.position)
                )
            }
        }
        guard let later = overwriting(read, read.version) else { return }
        let writer = history.store.versions[later].transaction
        for other in read.alternatives {
            guard let next = overwriting(read, other), history.store.versions[next].transaction == writer else {
                return
            }
        }
        if writer == read.transaction { return }
        if progress.isSuperseded(read, by: writer) { return noteRepeatedRead(read, by: writer) }
        add(
            read.isRow ? .readWrite : .predicateReadWrite,
            from: read.transaction,
            to: writer,
            read,
            fromVersion: read.version,
            toVersion: later,
            proven: read.isProven && chains.isProven(read.version, later),
            positions: (read.position, history.store.versions[later].position)
        )
    }

    /// The next installed version that a read of `version` conflicts with: any for a row, one that matches differently otherwise.
    private func overwriting(_ read: ReadResolution.Read, _ version: Int) -> Int? {
        let condition = log.statements[read.statement].condition
        let before = history.matches(condition, version)
        return chains.after(version).prefix(StoreVersions.versionsNearMax).first { later in
            if read.isRow { return true }
            let after = history.matches(condition, later)
            return before != .unknown && after != .unknown && after != before
        }
    }

    private mutating func add(
        _ kind: DependencyKind,
        from: Int,
        to: Int,
        _ read: ReadResolution.Read,
        fromVersion: Int,
        toVersion: Int,
        proven: Bool,
        positions: (Int, Int)
    ) {
        append(
            Dependency(
                from: from,
                to: to,
                kind: kind,
                key: read.key,
                fromVersion: fromVersion,
                toVersion: toVersion,
                fromPosition: positions.0,
                toPosition: positions.1,
                proven: proven
            )
        )
    }

    // MARK: - Anomalies of one read

    /// G1a and G1b: what a committed transaction, or a query alone, should never have seen.
    private mutating func addObservation(_ read: ReadResolution.Read, _ version: StoreVersion) {
        guard read.isProven, history.fates[read.transaction].status == .committed else { return }
        let anomaly: IsolationAnomaly
        switch history.fates[version.transaction].status {
        case .unknown: return
        case .aborted: anomaly = .abortedRead
        case .committed:
            guard let last = history.own(version.transaction, version.key), last > read.version else { return }
            // A row that was left out would have been left out in its last version too.
            let condition = log.statements[read.statement].condition
            if !read.isRow, history.matches(condition, last) == history.matches(condition, read.version) { return }
            anomaly = .intermediateRead
        }
        findings.append(
            StoreFinding(
                anomaly: anomaly,
                transactions: [read.transaction, version.transaction],
                key: read.key,
                rows: [log.statements[version.statement].row, log.statements[read.statement].row]
            )
        )
    }

    private mutating func addContradiction(_ read: ReadResolution.Read) {
        guard log.transactions[read.transaction].status == .committed else { return }
        let written = log.statements[history.store.versions[read.version].statement].row
        findings.append(
            StoreFinding(
                anomaly: .internalInconsistency,
                transactions: [read.transaction],
                key: read.key,
                rows: [written, log.statements[read.statement].row]
            )
        )
    }

    /// Statements of the transaction that are looked at for an earlier read of a row.
    private static let repeatsMax = 256

    /// A row that was read with one value and then with another that no known write explains.
    private mutating func addUnexplainedRepeats(_ statements: [(statement: Int, key: Int)]) {
        for (index, key) in statements {
            let statement = log.statements[index]
            let transaction = log.transactions[statement.transaction]
            guard takesPart[statement.transaction], transaction.isolation == nil,
                let name = history.store.keys.indices.contains(key) ? history.store.keys[key].name : nil,
                let row = statement.observed.first(where: { $0.key == name })
            else { continue }
            let seen = history.state(row, statement.table)
            let before = transaction.statements[..<transaction.statements.count(upTo: index - 1)]
            let earlier = before.suffix(Self.repeatsMax).last { other in
                log.statements[other].table == statement.table && !log.statements[other].isWrite
                    && log.statements[other].observed.contains {
                        $0.key == name && history.state($0, statement.table).agrees(with: seen) == .no
                    }
            }
            guard let earlier else { continue }
            findings.append(
                StoreFinding(
                    anomaly: .internalInconsistency,
                    transactions: [statement.transaction],
                    key: key,
                    rows: [log.statements[earlier].row, statement.row],
                    pattern: .nonRepeatableRead
                )
            )
        }
    }

    /// A level above read committed promises that what was read stays; an undeclared one may.
    private mutating func noteRepeatedRead(_ read: ReadResolution.Read, by writer: Int) {
        guard history.fates[read.transaction].isolation == nil, takesPart[read.transaction], read.isProven else {
            return
        }
        findings.append(
            StoreFinding(
                anomaly: .cycle(CycleAnomaly(.single, predicate: !read.isRow)),
                transactions: [read.transaction, writer],
                key: read.key,
                rows: [log.statements[read.statement].row] + [lastWrite(of: writer, read.key)].compactMap { $0 },
                pattern: .nonRepeatableRead
            )
        )
    }
}

extension StoreReading {
    /// The statements whose reads an edge rests on.
    func reads(behind edge: Dependency) -> [Int] {
        let reader: Int
        let position: Int
        switch edge.kind {
        case .writeRead, .predicateWriteRead: (reader, position) = (edge.to, edge.toPosition)
        case .readWrite, .predicateReadWrite: (reader, position) = (edge.from, edge.fromPosition)
        case .writeWrite, .session, .realtime: return []
        }
        guard let sorted = readsOfMany[reader] else {
            return readsByTransaction[reader].lazy.map { reads[Int($0)] }
                .filter { $0.key == edge.key && $0.position == position }
                .map(\.statement)
        }
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            let read = reads[sorted[middle]]
            if (read.key, read.position) < (edge.key, position) { low = middle + 1 } else { high = middle }
        }
        return sorted[low...].lazy.map { reads[$0] }.prefix { $0.key == edge.key && $0.position == position }
            .map(\.statement)
    }
}
