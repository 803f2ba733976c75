/// Reads dependencies from registers whose written values are unique per key.
///
/// A read names the version it saw; the order of versions has to be inferred, so it is a graph rather than a sequence.
/// Of a transaction only the external accesses count: the first read before any write of a key, and its last write.
struct RegisterReading {
    /// Values of one key, `nil` being the initial state.
    typealias Value = Int?

    private let history: History
    private var reading = HistoryReading()
    private var externalReads: [[Int: Value]]
    private var externalWrites: [[Int: Int]]

    /// Everything that the reads and writes of registers tell under `assumptions`.
    static func of(_ history: History, _ assumptions: RegisterAssumptions) -> HistoryReading {
        var analysis = RegisterReading(history)
        analysis.checkReads()
        analysis.checkWithinTransactions()
        let versions = analysis.versionOrders(assumptions)
        analysis.addDependencies(versions)
        return analysis.reading
    }

    private init(_ history: History) {
        self.history = history
        externalReads = history.transactions.map { transaction in
            var reads: [Int: Value] = [:]
            var written: Set<Int> = []
            for operation in transaction.operations {
                switch operation {
                case .read(let key, let value) where transaction.status == .committed:
                    if !written.contains(key), reads[key] == nil { reads[key] = .some(value) }
                case .write(let key, _): written.insert(key)
                default: break
                }
            }
            return reads
        }
        externalWrites = history.transactions.map { transaction in
            var writes: [Int: Int] = [:]
            for case .write(let key, let value) in transaction.operations { writes[key] = value }
            return writes
        }
    }

    private mutating func checkReads() {
        var aborted: [KeyedValue: Int] = [:]
        var replaced: [KeyedValue: Int] = [:]
        for (index, transaction) in history.transactions.enumerated() {
            var last: [Int: Int] = [:]
            for case .write(let key, let value) in transaction.operations {
                if let previous = last[key] { replaced[KeyedValue(key: key, value: previous)] = index }
                last[key] = value
                if transaction.status == .aborted { aborted[KeyedValue(key: key, value: value)] = index }
            }
        }
        for index in history.committed {
            for case .read(let key, let value?) in history.transactions[index].operations {
                let version = KeyedValue(key: key, value: value)
                if let writer = aborted[version] {
                    reading.findings.append(HistoryFinding(.abortedRead, transactions: [index, writer], key: key))
                }
                if let writer = replaced[version], writer != index {
                    reading.findings.append(HistoryFinding(.intermediateRead, transactions: [index, writer], key: key))
                }
            }
        }
    }

    private mutating func checkWithinTransactions() {
        for index in history.committed {
            var expected: [Int: Value] = [:]
            for operation in history.transactions[index].operations {
                switch operation {
                case .write(let key, let value): expected[key] = .some(value)
                case .read(let key, let value):
                    if let state = expected[key], state != value {
                        reading.findings.append(
                            HistoryFinding(.internalInconsistency, transactions: [index], key: key)
                        )
                        expected.removeAll()
                        break
                    }
                    expected[key] = .some(value)
                case .append, .readList: break
                }
            }
        }
    }

    /// Combines every source of order, and leaves out a source that contradicts those before it.
    private mutating func versionOrders(_ assumptions: RegisterAssumptions) -> [Int: VersionOrder] {
        var sources: [[Int: VersionOrder]] = [initialOrder()]
        if !assumptions.commitOrder.isEmpty { sources.append(commitOrder(assumptions.commitOrder)) }
        if assumptions.writesFollowReads { sources.append(writesFollowReads()) }
        if assumptions.sequentialKeys { sources.append(order(along: TransactionOrder.session(history))) }
        if assumptions.linearizableKeys { sources.append(order(along: TransactionOrder.realtime(history))) }
        var result: [Int: VersionOrder] = [:]
        for source in sources {
            let combined = result.merging(source) { $0.union($1) }
            let contradictions = combined.filter { $0.value.isCyclic }.keys.sorted()
            if contradictions.isEmpty {
                result = combined
                continue
            }
            for key in contradictions {
                reading.findings.append(
                    HistoryFinding(.cyclicVersions, transactions: transactions(touching: key), key: key)
                )
            }
        }
        return result
    }

    private func transactions(touching key: Int) -> [Int] {
        history.possible.filter { externalReads[$0][key] != nil || externalWrites[$0][key] != nil }
    }

    private func initialOrder() -> [Int: VersionOrder] {
        var result: [Int: VersionOrder] = [:]
        for index in history.possible {
            for (key, value) in externalWrites[index] { result[key, default: VersionOrder()].add(nil, value) }
            for (key, value) in externalReads[index] where value != nil {
                result[key, default: VersionOrder()].add(nil, value)
            }
        }
        return result
    }

    private func commitOrder(_ order: [Int]) -> [Int: VersionOrder] {
        var last: [Int: Int] = [:]
        var result: [Int: VersionOrder] = [:]
        for index in order
        where history.transactions.indices.contains(index) && history.transactions[index].status != .aborted {
            for (key, value) in externalWrites[index] {
                if let previous = last[key] { result[key, default: VersionOrder()].add(previous, value) }
                last[key] = value
            }
        }
        return result
    }

    private func writesFollowReads() -> [Int: VersionOrder] {
        var result: [Int: VersionOrder] = [:]
        for index in history.committed {
            for (key, value) in externalReads[index] where value != nil {
                if let written = externalWrites[index][key] {
                    result[key, default: VersionOrder()].add(value, written)
                }
            }
        }
        return result
    }

    /// The versions of each key in an order of transactions: the last version of one before the first of the next.
    private func order(along edges: [Dependency]) -> [Int: VersionOrder] {
        var result: [Int: VersionOrder] = [:]
        for (key, downstream) in KeyedSuccessors.of(history, edges, touches: touches) {
            for (from, to) in downstream {
                let before: Value = externalWrites[from][key] ?? externalReads[from][key] ?? nil
                let after: Value = (externalReads[to][key] ?? nil) ?? externalWrites[to][key]
                result[key, default: VersionOrder()].add(before, after)
            }
        }
        return result
    }

    private func touches(_ transaction: Int) -> Set<Int> {
        Set(externalReads[transaction].keys).union(externalWrites[transaction].keys)
    }

    private mutating func addDependencies(_ orders: [Int: VersionOrder]) {
        var readers: [Int: [Value: [Int]]] = [:]
        var writers: [Int: [Int: [Int]]] = [:]
        for index in history.possible {
            for (key, value) in externalReads[index] { readers[key, default: [:]][value, default: []].append(index) }
            for (key, value) in externalWrites[index] { writers[key, default: [:]][value, default: []].append(index) }
        }
        for (key, byValue) in writers.sorted(by: { $0.key < $1.key }) {
            for (value, candidates) in byValue.sorted(by: { $0.key < $1.key }) {
                guard candidates.count == 1 else {
                    reading.findings.append(HistoryFinding(.duplicateWrites, transactions: candidates, key: key))
                    continue
                }
                for reader in readers[key]?[value] ?? [] {
                    add(.writeRead, key, from: candidates[0], to: reader, value, value)
                }
            }
        }
        for (key, order) in orders {
            for (before, afters) in order.successors {
                for after in afters {
                    guard let after else { continue }
                    for writer in writers[key]?[after] ?? [] {
                        if let before {
                            for previous in writers[key]?[before] ?? [] {
                                add(.writeWrite, key, from: previous, to: writer, before, after)
                            }
                        }
                        for reader in readers[key]?[before] ?? [] {
                            add(.readWrite, key, from: reader, to: writer, before ?? -1, after)
                        }
                    }
                }
            }
        }
    }

    private mutating func add(_ kind: DependencyKind, _ key: Int, from: Int, to: Int, _ seen: Int, _ version: Int) {
        guard from != to else { return }
        reading.dependencies.append(
            Dependency(from: from, to: to, kind: kind, key: key, fromVersion: seen, toVersion: version)
        )
    }
}
