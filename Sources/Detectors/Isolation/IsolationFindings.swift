import JSONText
import TraceModel

/// Turns cycles and other evidence into findings: one for each mistake, with the others of its kind counted.
struct IsolationFindings {
    let batch: EventBatch
    let reading: StoreReading
    private var byFingerprint: [String: Entry] = [:]
    /// Pairs of transactions that a lost update explains, with the row.
    private var explained: Set<Explained> = []

    /// Fingerprints of what was found, and the generalised names that they are made of.
    private var groups: [Group: String] = [:]
    private var patterns: [Int: String] = [:]
    private var locations: [Symbol: String] = [:]

    /// What was reported on which table, so that what could happen is not told beside what did.
    private(set) var reportedTables: Set<KindOnTable> = []
    private var perKind: [IsolationKind: Int] = [:]

    /// Most distinct findings of one kind; further ones are left out.
    static let findingsMax = 512

    struct KindOnTable: Hashable {
        var kind: IsolationKind
        var table: String
    }

    private struct Group: Hashable {
        var kind: IsolationKind
        var patterns: [String]
        var locations: [String]
    }

    private struct Entry {
        var finding: AnomalyFinding
        var count: Int
    }

    private struct Explained: Hashable {
        var transactions: Set<Int>
        var key: Int
    }

    init(_ batch: EventBatch, _ reading: StoreReading) {
        self.batch = batch
        self.reading = reading
    }

    mutating func collect() {
        let updates = StoreLostUpdates.of(reading)
        for finding in updates + reading.findings where finding.anomaly == .lostUpdate {
            explained.insert(Explained(transactions: Set(finding.transactions), key: finding.key))
        }
        for finding in updates { add(finding) }
        var known: Set<Set<Int>> = []
        let takesPart = reading.takesPart
        addCycles(&known) { $0.proven && takesPart[$0.from] && takesPart[$0.to] }
        if reading.dependencies.contains(where: { !$0.proven && takesPart[$0.from] && takesPart[$0.to] }) {
            addCycles(&known) { takesPart[$0.from] && takesPart[$0.to] }
        }
        addStaleReads()
        for finding in reading.findings {
            // What a cycle already says needs no suspicion.
            if finding.pattern == .recheck, known.contains(Set(finding.transactions)) { continue }
            add(finding)
        }
    }

    /// Reports the cycles of some dependencies that are not known by their transactions.
    private mutating func addCycles(_ known: inout Set<Set<Int>>, _ isMeant: (Dependency) -> Bool) {
        let count = reading.log.transactions.count
        let graph = DependencyGraph(nodeCount: count, dependencies: reading.dependencies, where: isMeant)
        let cycles = (pairs(graph) + CycleSearch(graph).cycles).filter { known.insert(Set($0.transactions)).inserted }
        for cycle in cycles where !isExplained(cycle) && matters(cycle) { add(cycle) }
    }

    /// What a session wrote or saw, its later transactions see too, unless it was answered by a copy that lags.
    private mutating func addStaleReads() {
        let dependencies = reading.dependencies + reading.sessionOrder
        let graph = DependencyGraph(
            nodeCount: reading.log.transactions.count,
            dependencies: dependencies,
            where: \.proven
        )
        for cycle in CycleSearch(graph, orders: [.data, .session]).cycles {
            let anomaly = cycle.anomaly
            guard anomaly.order == .session, anomaly.shape == .single || anomaly.shape == .information else { continue }
            add(cycle)
        }
    }

    mutating func add(_ findings: [AnomalyFinding]) {
        for finding in findings where byFingerprint[finding.fingerprint] == nil {
            byFingerprint[finding.fingerprint] = Entry(finding: finding, count: 1)
        }
    }

    /// In canonical order.
    func sorted() -> [AnomalyFinding] {
        byFingerprint.values.map { entry in
            var finding = entry.finding
            if !finding.details.contains(where: { $0.name == "count" }) {
                finding.details.insert(.init("count", json: String(entry.count)), at: 0)
            }
            return finding
        }.sorted { a, b in
            if a.grade != b.grade { return a.grade > b.grade }
            if a.severity != b.severity { return a.severity > b.severity }
            return (a.kind, a.id) < (b.kind, b.id)
        }
    }

    /// Cycles of two transactions, each of them: most anomalies are, and each is a mistake of its own.
    private func pairs(_ graph: DependencyGraph) -> [DependencyCycle] {
        graph.edges.compactMap { edge in
            guard edge.from < edge.to, let back = graph.edge(from: edge.to, to: edge.from) else { return nil }
            return DependencyCycle(edges: [edge, graph.edges[back]])
        }
    }

    private func isExplained(_ cycle: DependencyCycle) -> Bool {
        guard cycle.edges.count == 2, let key = cycle.edges.first?.key, cycle.edges.allSatisfy({ $0.key == key }) else {
            return false
        }
        return explained.contains(Explained(transactions: Set(cycle.transactions), key: key))
    }

    /// Read committed allows transactions to miss each other's writes. Where none of them wrote anything after what it missed, nothing
    /// was decided on it.
    private func matters(_ cycle: DependencyCycle) -> Bool {
        guard cycle.anomaly.shape == .antidependency else { return true }
        return cycle.edges.contains { edge in
            guard DependencyKinds.antidependencies.contains(edge.kind) else { return false }
            let reader = reading.log.transactions[edge.from]
            guard reader.isolation == .readCommitted || reader.isolation == .readUncommitted else { return true }
            // Statements come in the order of their start, so the last write settles it.
            let lastWrite = reader.statements.last { reading.log.statements[$0].isWrite }
            return lastWrite.map { reading.log.statements[$0].start > edge.fromPosition } ?? false
        }
    }

    // MARK: - One finding

    private mutating func add(_ cycle: DependencyCycle) {
        let kind = IsolationKind.of(cycle, reading)
        let evidence = Evidence(
            kind: kind,
            adya: cycle.anomaly.name,
            isProven: cycle.proven,
            keys: cycle.edges.map(\.key).filter { $0 >= 0 },
            transactions: cycle.transactions,
            rows: cycle.edges.flatMap(accessRows)
        )
        add(evidence) { ($0.verdict(kind, cycle), $0.steps(cycle)) }
    }

    private mutating func add(_ finding: StoreReading.StoreFinding) {
        let kind = IsolationKind.of(finding)
        let evidence = Evidence(
            kind: kind,
            adya: finding.anomaly.name,
            isProven: finding.isProven,
            keys: [finding.key],
            transactions: finding.transactions,
            rows: finding.rows
        )
        add(evidence) { ($0.verdict(kind, finding), []) }
    }

    private struct Evidence {
        var kind: IsolationKind
        var adya: String
        var isProven: Bool
        var keys: [Int]
        var transactions: [Int]
        var rows: [Int]
    }

    /// Counts an instance of a mistake that is known; words are only found for the first and for a stronger one.
    private mutating func add(
        _ evidence: Evidence,
        _ words: (IsolationWording) -> (verdict: String, cycle: [String])
    ) {
        let patterns = Set(evidence.keys.map { pattern($0) }).sorted()
        let locations = Set(evidence.rows.map { location($0) }).sorted()
        let group = Group(kind: evidence.kind, patterns: patterns, locations: locations)
        if let known = groups[group], let entry = byFingerprint[known] {
            byFingerprint[known]?.count += 1
            guard evidence.isProven, entry.finding.grade < .manifested else { return }
        }
        if groups[group] == nil {
            guard perKind[evidence.kind, default: 0] < Self.findingsMax else { return }
            perKind[evidence.kind, default: 0] += 1
            for key in evidence.keys where reading.history.store.keys.indices.contains(key) {
                let table = reading.history.store.keys[key].table
                reportedTables.insert(KindOnTable(kind: evidence.kind, table: table))
            }
        }
        var fingerprint = Fingerprint()
        fingerprint.add(evidence.kind.rawValue)
        for pattern in patterns { fingerprint.add(pattern) }
        for location in locations { fingerprint.add(location) }
        let (verdict, cycle) = words(IsolationWording(reading))
        let names = evidence.transactions.map { reading.log.transactions[$0].name }
        var details: [AnomalyFinding.Detail] = [
            .init("adya", json: IsolationJSON.string(evidence.adya)),
            .init("transactions", json: IsolationJSON.strings(names)),
        ]
        if !cycle.isEmpty { details.append(.init("cycle", json: IsolationJSON.strings(cycle))) }
        let levels = Set(evidence.transactions.compactMap { reading.log.transactions[$0].isolation?.rawValue })
        if !levels.isEmpty { details.append(.init("isolation", json: IsolationJSON.strings(levels.sorted()))) }
        var seen: Set<Int> = []
        let finding = AnomalyFinding(
            id: "a-" + fingerprint.short,
            fingerprint: fingerprint.hex,
            kind: evidence.kind.rawValue,
            grade: evidence.isProven ? .manifested : .candidate,
            severity: evidence.isProven ? evidence.kind.severity : evidence.kind.severity.lowered,
            verdict: verdict,
            object: evidence.keys.first.map { IsolationWording.object(reading, $0) } ?? "",
            events: evidence.rows.filter { seen.insert($0).inserted }.map(eventName),
            details: details
        )
        if groups[group] == nil {
            groups[group] = finding.fingerprint
            byFingerprint[finding.fingerprint] = Entry(finding: finding, count: 1)
        } else {
            byFingerprint[finding.fingerprint]?.finding = finding
        }
    }

    private mutating func pattern(_ key: Int) -> String {
        if let known = patterns[key] { return known }
        let pattern = ObjectPattern.of(IsolationWording.object(reading, key))
        patterns[key] = pattern
        return pattern
    }

    private mutating func location(_ row: Int) -> String {
        let symbol = batch.locations[row]
        if let known = locations[symbol] { return known }
        let location = Fingerprint.stableLocation(batch.symbols[symbol])
        locations[symbol] = location
        return location
    }

    private func eventName(_ row: Int) -> String {
        batch.flags[row].contains(.totallyOrdered) ? String(batch.ids[row].low) : batch.ids[row].description
    }

    /// Rows of the statements behind an edge.
    private func accessRows(of edge: Dependency) -> [Int] {
        let log = reading.log
        let versions = [edge.fromVersion, edge.toVersion].filter { $0 >= 0 }.map { reading.history.store.versions[$0] }
        let writes = versions.filter { $0.statement >= 0 }.map { log.statements[$0.statement].row }
        let reads = reading.reads(behind: edge).map { log.statements[$0].row }
        return edge.kind == .writeRead || edge.kind == .predicateWriteRead ? writes + reads : reads + writes
    }
}

/// Small pieces of JSON text for the details of findings.
enum IsolationJSON {
    static func string(_ text: String) -> String {
        var json = JSONWriter()
        json.value(text)
        return json.text
    }

    static func strings(_ texts: [String]) -> String {
        var json = JSONWriter()
        json.array { json in
            for text in texts { json.value(text) }
        }
        return json.text
    }
}

extension Severity {
    /// One step less, for what is not proven.
    var lowered: Severity {
        switch self {
        case .critical: .high
        case .high: .medium
        case .medium: .low
        case .low, .info: .info
        }
    }
}
