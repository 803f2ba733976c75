/// One anomaly of a history with the transactions that show it.
public struct HistoryFinding: Sendable, Hashable {
    public var anomaly: IsolationAnomaly
    /// Indices into ``History/transactions``; for a cycle in its order.
    public var transactions: [Int]
    /// The key concerned, or -1 when several are.
    public var key: Int
    /// The edges of a cycle.
    var cycle: DependencyCycle?

    init(_ anomaly: IsolationAnomaly, transactions: [Int], key: Int = -1, cycle: DependencyCycle? = nil) {
        self.anomaly = anomaly
        self.transactions = transactions
        self.key = key
        self.cycle = cycle
    }
}

/// What one reading of a history yields: edges between transactions, and anomalies that need no cycle.
struct HistoryReading {
    var dependencies: [Dependency] = []
    var findings: [HistoryFinding] = []
}

/// A version of a key: a list element or a register value.
struct KeyedValue: Hashable {
    var key: Int
    var value: Int
}
