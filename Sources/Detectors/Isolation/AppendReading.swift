/// Reads dependencies from lists that transactions append to.
///
/// A read of a list shows every version before it, in order, so the longest read of a key orders its versions; an append that
/// nobody saw comes after all that were seen (Kingsbury and Alvaro, VLDB 2021, section 4.3).
struct AppendReading {
    /// Readers of one version that are ordered before each append that came next: n readers and n appends that nobody saw would have
    /// n² reasons.
    private static let readersMax = 1_024

    private let history: History
    /// Transactions that may have taken effect.
    private let possible: [Int]
    private var reading = HistoryReading()
    /// Who appended each element, aborted or not; possible transactions win.
    private var writers: [KeyedValue: Int] = [:]
    /// Elements that the same transaction appended another one after.
    private var replaced: Set<KeyedValue> = []
    /// Per key the elements in version order, and each one's place.
    private var orders: [Int: [Int]] = [:]
    private var places: [KeyedValue: Int] = [:]

    /// Everything that the appends and list reads of a history tell.
    ///
    /// - Complexity: O(sum of the lengths of the lists read).
    static func of(_ history: History) -> HistoryReading {
        var analysis = AppendReading(history)
        analysis.indexWriters()
        analysis.orderVersions()
        analysis.addDependencies()
        analysis.checkReads()
        analysis.checkWithinTransactions()
        analysis.checkDirtyUpdates()
        return analysis.reading
    }

    private init(_ history: History) {
        self.history = history
        possible = history.possible
    }

    private func isPossible(_ transaction: Int) -> Bool { history.transactions[transaction].status != .aborted }

    private mutating func indexWriters() {
        var duplicates: Set<KeyedValue> = []
        for (index, transaction) in history.transactions.enumerated() {
            var last: [Int: Int] = [:]
            for case .append(let key, let element) in transaction.operations {
                let version = KeyedValue(key: key, value: element)
                if let previous = last[key] { replaced.insert(KeyedValue(key: key, value: previous)) }
                last[key] = element
                if let writer = writers[version] {
                    if duplicates.insert(version).inserted {
                        reading.findings.append(
                            HistoryFinding(.duplicateWrites, transactions: [writer, index], key: key)
                        )
                    }
                    if isPossible(writer) { continue }
                }
                writers[version] = index
            }
        }
    }

    private mutating func orderVersions() {
        var longest: [Int: [Int]] = [:]
        var appended: [Int: [Int]] = [:]
        var readsByKey: [Int: [(transaction: Int, elements: [Int])]] = [:]
        var keys: Set<Int> = []
        for index in possible {
            for operation in history.transactions[index].operations {
                switch operation {
                case .append(let key, let element):
                    keys.insert(key)
                    appended[key, default: []].append(element)
                case .readList(let key, let elements):
                    keys.insert(key)
                    readsByKey[key, default: []].append((index, elements))
                    // Of contradicting reads of one length a fixed one is believed, whatever their order.
                    let known = longest[key] ?? []
                    if elements.count > known.count
                        || (elements.count == known.count && elements.lexicographicallyPrecedes(known))
                    {
                        longest[key] = elements
                    }
                case .write, .read: break
                }
            }
        }
        for key in keys.sorted() {
            let longest = longest[key] ?? []
            var order: [Int] = []
            for element in longest where places[KeyedValue(key: key, value: element)] == nil {
                places[KeyedValue(key: key, value: element)] = order.count
                order.append(element)
            }
            if order.isEmpty, let only = appended[key], only.count == 1 {
                places[KeyedValue(key: key, value: only[0])] = 0
                order = only
            }
            orders[key] = order
            for read in readsByKey[key] ?? [] where !longest.starts(with: read.elements) {
                let other = readsByKey[key]?.first { $0.elements == longest }?.transaction ?? read.transaction
                reading.findings.append(
                    HistoryFinding(.incompatibleOrder, transactions: [read.transaction, other], key: key)
                )
                break
            }
        }
    }

    private mutating func addDependencies() {
        // Who read each version; the initial one has no element.
        var readers: [KeyedValue: [Int]] = [:]
        var initialReaders: [Int: [Int]] = [:]
        for index in possible {
            for case .readList(let key, let elements) in history.transactions[index].operations {
                if let last = elements.last {
                    let version = KeyedValue(key: key, value: last)
                    readers[version, default: []].append(index)
                    if let writer = writers[version], isPossible(writer) {
                        add(.writeRead, from: writer, to: index, version, seen: last)
                    }
                } else if history.transactions[index].status == .committed {
                    initialReaders[key, default: []].append(index)
                }
            }
        }
        for index in possible {
            for case .append(let key, let element) in history.transactions[index].operations {
                let version = KeyedValue(key: key, value: element)
                let place = places[version] ?? orders[key]?.count ?? 0
                guard place > 0, let previous = orders[key]?[place - 1] else {
                    for reader in (initialReaders[key] ?? []).prefix(Self.readersMax) {
                        add(.readWrite, from: reader, to: index, version, seen: -1)
                    }
                    continue
                }
                let before = KeyedValue(key: key, value: previous)
                if let writer = writers[before], isPossible(writer) {
                    add(.writeWrite, from: writer, to: index, version, seen: previous)
                }
                for reader in (readers[before] ?? []).prefix(Self.readersMax) {
                    add(.readWrite, from: reader, to: index, version, seen: previous)
                }
            }
        }
    }

    private mutating func add(_ kind: DependencyKind, from: Int, to: Int, _ version: KeyedValue, seen: Int) {
        guard from != to else { return }
        reading.dependencies.append(
            Dependency(
                from: from,
                to: to,
                kind: kind,
                key: version.key,
                fromVersion: seen,
                toVersion: version.value
            )
        )
    }

    private mutating func checkReads() {
        for index in possible {
            let isCommitted = history.transactions[index].status == .committed
            for case .readList(let key, let elements) in history.transactions[index].operations {
                if Set(elements).count != elements.count {
                    reading.findings.append(HistoryFinding(.duplicateElements, transactions: [index], key: key))
                }
                guard isCommitted else { continue }
                for element in elements {
                    let version = KeyedValue(key: key, value: element)
                    guard let writer = writers[version] else {
                        reading.findings.append(HistoryFinding(.garbageRead, transactions: [index], key: key))
                        continue
                    }
                    if !isPossible(writer) {
                        reading.findings.append(HistoryFinding(.abortedRead, transactions: [index, writer], key: key))
                    } else if element == elements.last, replaced.contains(version), writer != index {
                        reading.findings.append(
                            HistoryFinding(.intermediateRead, transactions: [index, writer], key: key)
                        )
                    }
                }
            }
        }
    }

    /// Internal consistency (Cerone et al., axiom INT) and reads of what is appended only later.
    private mutating func checkWithinTransactions() {
        for index in history.committed {
            // A known state, or only its end when the transaction appended without having read.
            var expected: [Int: (elements: [Int], isWhole: Bool)] = [:]
            var seen: Set<KeyedValue> = []
            var isInternal = false
            var isFuture = false
            for operation in history.transactions[index].operations {
                switch operation {
                case .append(let key, let element):
                    if seen.contains(KeyedValue(key: key, value: element)) && !isFuture {
                        isFuture = true
                        reading.findings.append(HistoryFinding(.futureRead, transactions: [index], key: key))
                    }
                    expected[key, default: ([], false)].elements.append(element)
                case .readList(let key, let elements):
                    if let state = expected[key], !isInternal {
                        let agrees =
                            state.isWhole ? elements == state.elements : elements.ends(with: state.elements)
                        if !agrees {
                            isInternal = true
                            reading.findings.append(
                                HistoryFinding(.internalInconsistency, transactions: [index], key: key)
                            )
                        }
                    }
                    expected[key] = (elements, true)
                    for element in elements { seen.insert(KeyedValue(key: key, value: element)) }
                case .write, .read: break
                }
            }
        }
    }

    /// A committed version that stands on an aborted one.
    private mutating func checkDirtyUpdates() {
        for (key, order) in orders.sorted(by: { $0.key < $1.key }) {
            var aborted: Int?
            for element in order {
                guard let writer = writers[KeyedValue(key: key, value: element)] else { continue }
                switch history.transactions[writer].status {
                case .aborted: aborted = aborted ?? writer
                case .unknown: break
                case .committed:
                    if let dirty = aborted {
                        reading.findings.append(HistoryFinding(.dirtyUpdate, transactions: [dirty, writer], key: key))
                    }
                    aborted = nil
                }
            }
        }
    }
}

extension [Int] {
    /// True when the list ends with `suffix`.
    fileprivate func ends(with suffix: [Int]) -> Bool {
        suffix.count <= count && self[(count - suffix.count)...] == suffix[...]
    }
}
