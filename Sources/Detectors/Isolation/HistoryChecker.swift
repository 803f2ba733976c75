/// Checks a recorded history against what an isolation level promises.
///
/// Linear in the size of the history but for the search that tells kinds of cycles apart, which is bounded; see
/// ``CycleSearch``. Histories that contradict themselves yield findings, never errors.
public struct HistoryChecker: Sendable {
    /// What must not happen.
    public var prohibited: Set<IsolationAnomaly>
    /// How to order the versions of registers.
    public var registers: RegisterAssumptions

    /// Checks against a level.
    public init(level: IsolationLevel, registers: RegisterAssumptions = RegisterAssumptions()) {
        self.prohibited = level.proscribed
        self.registers = registers
    }

    /// Checks for anomalies: these and all that imply one of them.
    public init(anomalies: Set<IsolationAnomaly>, registers: RegisterAssumptions = RegisterAssumptions()) {
        self.prohibited = anomalies
        self.registers = registers
    }

    /// What a check found.
    public struct Verdict: Sendable {
        /// Prohibited anomalies, and notes that make the verdict inconclusive; in order of severity.
        public var findings: [HistoryFinding]
        /// False when something prohibited was found.
        public var isValid: Bool

        /// Names of the kinds of anomalies found, sorted and without repetition.
        public var anomalyNames: [String] { Set(findings.map(\.anomaly.name)).sorted() }
    }

    /// True when `anomaly` is, or implies, something that must not happen.
    public func prohibits(_ anomaly: IsolationAnomaly) -> Bool { !anomaly.implied.isDisjoint(with: prohibited) }

    /// Everything that the history shows and that must not happen.
    public func check(_ history: History) -> Verdict {
        let appends = AppendReading.of(history)
        let registers = RegisterReading.of(history, self.registers)
        let order = additionalOrder
        var dependencies = appends.dependencies + registers.dependencies
        switch order {
        case .data: break
        case .session: dependencies += TransactionOrder.session(history)
        case .realtime: dependencies += TransactionOrder.realtime(history)
        }
        let graph = DependencyGraph(nodeCount: history.transactions.count, dependencies: dependencies)
        var findings = appends.findings + registers.findings + LostUpdates.of(history)
        if graph.edges.isEmpty { findings.append(HistoryFinding(.emptyTransactionGraph, transactions: [])) }
        let search = CycleSearch(graph, orders: order == .data ? [.data] : [.data, order])
        for cycle in search.cycles {
            findings.append(HistoryFinding(.cycle(cycle.anomaly), transactions: cycle.transactions, cycle: cycle))
        }
        if search.truncated > 0 { findings.append(HistoryFinding(.cycleSearchTruncated, transactions: [])) }
        let bad = findings.filter { prohibits($0.anomaly) }
        return Verdict(findings: bad + findings.filter(\.anomaly.isInconclusive), isValid: bad.isEmpty)
    }

    /// The strongest order beside data that something prohibited can depend on. Real time includes sessions.
    private var additionalOrder: CycleAnomaly.Order {
        let orders = prohibited.compactMap { anomaly -> CycleAnomaly.Order? in
            guard case .cycle(let cycle) = anomaly else { return nil }
            return cycle.order
        }
        return orders.max { $0.rawValue < $1.rawValue } ?? .data
    }
}
