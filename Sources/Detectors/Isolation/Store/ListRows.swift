/// Rows whose value is a list that transactions append to: reads carry the whole list, writes the element added.
enum ListRows {
    /// Rows that are read as arrays and never written as one, with a dense number each.
    static func of(_ history: StoreHistory) -> [Int: Int] {
        var readAsList: Set<Int> = []
        var isExcluded = ContiguousArray(repeating: false, count: history.store.keys.count)
        for statement in history.log.statements {
            for row in statement.observed {
                guard let key = history.store.find(row, of: statement.table) else { continue }
                switch (statement.body, row.value) {
                case (.read, .list?): readAsList.insert(key)
                case (.read, .scalar(.null)?), (.read, nil): break
                case (.write, .scalar?): break
                default: isExcluded[key] = true
                }
            }
        }
        let keys = readAsList.filter { !isExcluded[$0] }.sorted()
        return Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
    }

    /// Dependencies and anomalies of the list rows, in terms of the log's transactions and keys.
    static func reading(
        _ history: StoreHistory,
        _ lists: [Int: Int]
    ) -> (dependencies: [Dependency], findings: [StoreReading.StoreFinding]) {
        guard !lists.isEmpty else { return ([], []) }
        var elements: [String: Int] = [:]
        func element(_ text: String) -> Int {
            if let known = elements[text] { return known }
            elements[text] = elements.count
            return elements.count - 1
        }
        let log = history.log
        var rows: [StoreHistory.RowOfTransaction: Int] = [:]
        let transactions = log.transactions.indices.map { index in
            var operations: [History.Operation] = []
            for number in log.transactions[index].statements {
                let statement = log.statements[number]
                guard !statement.isVoid, let row = statement.observed.first,
                    let key = history.store.find(row, of: statement.table), lists[key] != nil
                else { continue }
                rows[StoreHistory.RowOfTransaction(transaction: index, key: key)] = statement.row
                switch (statement.body, row.value) {
                case (.read, .list(let items)?):
                    operations.append(.readList(key: key, elements: items.map(element)))
                case (.read, .scalar(.null)?): operations.append(.readList(key: key, elements: []))
                case (.write, .scalar(let value)?):
                    operations.append(.append(key: key, element: element(jsonText(value))))
                default: break
                }
            }
            return History.Transaction(operations, status: log.transactions[index].status)
        }
        let reading = AppendReading.of(History(transactions))
        let findings = reading.findings.map { finding in
            StoreReading.StoreFinding(
                anomaly: finding.anomaly,
                transactions: finding.transactions,
                key: finding.key,
                rows: finding.transactions.compactMap {
                    rows[StoreHistory.RowOfTransaction(transaction: $0, key: finding.key)]
                }
            )
        }
        return (
            reading.dependencies.map { dependency in
                var named = dependency
                named.fromVersion = -1
                named.toVersion = -1
                return named
            },
            findings
                + LostUpdates.of(History(transactions)).map { finding in
                    StoreReading.StoreFinding(
                        anomaly: .lostUpdate,
                        transactions: finding.transactions,
                        key: finding.key,
                        rows: finding.transactions.compactMap {
                            rows[StoreHistory.RowOfTransaction(transaction: $0, key: finding.key)]
                        }
                    )
                }
        )
    }

    /// As the element is spelled inside an array.
    private static func jsonText(_ value: SQLValue) -> String {
        if case .text(let text) = value { "\"\(text)\"" } else { value.keyText }
    }
}
