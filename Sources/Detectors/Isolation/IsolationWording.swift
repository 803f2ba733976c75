/// Sentences about isolation anomalies, with the names that the sender used.
struct IsolationWording {
    private let reading: StoreReading

    init(_ reading: StoreReading) { self.reading = reading }

    /// `table/key` as the sender would write it, with the store in front when there is one.
    static func object(_ reading: StoreReading, _ key: Int) -> String {
        guard reading.history.store.keys.indices.contains(key) else { return "" }
        let entry = reading.history.store.keys[key]
        let table = entry.table.hasPrefix("/") ? String(entry.table.dropFirst()) : entry.table
        return "\(table)/\(entry.name)"
    }

    private func name(_ transaction: Int) -> String { reading.log.transactions[transaction].name }

    private func object(_ key: Int) -> String { Self.object(reading, key) }

    /// ` = 10` when the version's content is known.
    private func value(_ version: Int) -> String {
        guard version >= 0, reading.history.store.versions.indices.contains(version) else { return "" }
        switch reading.history.store.states[version] {
        case .unknown: return ""
        case .absent: return " (absent)"
        case .present(let columns):
            let shown = columns.all.sorted { $0.key < $1.key }.prefix(4).map { column, value in
                column.isEmpty ? value.keyText : "\(column)=\(value.keyText)"
            }
            return shown.isEmpty ? "" : " = " + shown.joined(separator: ", ")
        }
    }

    /// One line an edge: `T1 -rw-> T2: T1 read accounts/1 = 10, which T2 overwrote`.
    func steps(_ cycle: DependencyCycle) -> [String] {
        cycle.edges.map { edge in
            let (a, b) = (name(edge.from), name(edge.to))
            let row = object(edge.key)
            switch edge.kind {
            case .writeWrite:
                return "\(a) -ww-> \(b): \(b) overwrote \(row) as \(a) had written it"
            case .writeRead:
                return "\(a) -wr-> \(b): \(b) read \(row)\(value(edge.fromVersion)), written by \(a)"
            case .readWrite:
                return "\(a) -rw-> \(b): \(a) read \(row)\(value(edge.fromVersion)), which \(b) then changed"
            case .predicateWriteRead:
                return "\(a) -wr-> \(b): a condition of \(b) saw what \(a) made of \(row)"
            case .predicateReadWrite:
                return "\(a) -rw-> \(b): \(b) changed whether \(row) matches a condition that \(a) had evaluated"
            case .session: return "\(a) -> \(b): the same session, in this order"
            case .realtime: return "\(a) -> \(b): one ended before the other began"
            }
        }
    }

    /// One sentence on a cycle.
    func verdict(_ kind: IsolationKind, _ cycle: DependencyCycle) -> String {
        let names = cycle.transactions.map(name)
        let all = names.joined(separator: ", ")
        let rows = distinct(cycle.edges.map(\.key).filter { $0 >= 0 }.map(object)).joined(separator: " and ")
        switch kind {
        case .writeCycle:
            return "\(all) overwrote each other's rows in opposite order (\(rows)): the result mixes their writes."
        case .circularInformation:
            return "\(all) each saw what another of them wrote (\(rows)), so that none can come first."
        case .single:
            guard let missed = cycle.edges.first(where: { DependencyKinds.antidependencies.contains($0.kind) }) else {
                return "\(all) cannot be put into an order."
            }
            let (reader, writer) = (name(missed.from), name(missed.to))
            if missed.kind == .predicateReadWrite {
                return
                    "\(reader) evaluated a condition before \(writer) changed which rows match it (\(rows)), and saw the state "
                    + "after \(writer) elsewhere: it worked on two moments at once."
            }
            return
                "\(reader) read \(object(missed.key)) as it was before \(writer) and saw the state after \(writer) elsewhere "
                + "(\(rows)): no moment had both."
        case .staleRead:
            return
                "\(all) of one session and others: a later transaction of the session missed what an earlier one had done (\(rows))."
        case .longFork:
            return "Two readers among \(all) saw independent writes of \(rows) in opposite order."
        case .nonadjacent, .antidependency, .predicateAntidependency:
            return "\(all) each missed a write of the next (\(rows)): in any serial order one would have seen another."
        case .writeSkew:
            return
                "\(all) each read a row that the other then changed (\(rows)): in any serial order the second would have seen the "
                + "first, so a rule over both rows may be broken."
        default:
            return "\(all) cannot be put into an order that explains what they saw of \(rows)."
        }
    }

    /// One sentence on an anomaly that is no cycle.
    func verdict(_ kind: IsolationKind, _ finding: StoreReading.StoreFinding) -> String {
        let first = finding.transactions.first.map(name) ?? "a transaction"
        let second = finding.transactions.dropFirst().first.map(name) ?? first
        let row = object(finding.key)
        switch kind {
        case .lostUpdate:
            let outside = finding.pattern == .withoutTransaction ? ", without a transaction around read and write" : ""
            return
                "\(first) and \(second) both changed \(row) from the same version\(outside): the update of \(first) is lost."
        case .checkThenAct:
            return
                "\(first) and \(second) both read \(row) and then changed it relative to its value: no change is lost, but what "
                + "\(second) had checked no longer held."
        case .abortedRead:
            return "\(first) read \(row) as written by \(second), which rolled back: the value never was."
        case .intermediateRead: return "\(first) read \(row) in a version that \(second) replaced before it committed."
        case .dirtyUpdate: return "\(second) built its change of \(row) on a version of \(first), which rolled back."
        case .internalInconsistency:
            return "\(first) read \(row) and did not see what it had itself written or read before."
        case .futureRead: return "\(first) saw in \(row) what it wrote only afterwards."
        case .nonRepeatableRead where finding.transactions.count == 1:
            return "\(first) read \(row) twice and saw different values, neither of them its own."
        case .nonRepeatableRead: return "\(first) read \(row) twice and saw the change of \(second) the second time."
        case .single:
            return
                "A change by condition in \(first) waited for \(second), which changed which rows match (\(row)): at read committed it "
                + "may have missed rows that began to match."
        case .duplicateElements: return "\(first) read \(row) with an element twice."
        case .incompatibleOrder:
            return "\(first) and \(second) read \(row) in states that no single order of appends explains."
        case .cyclicVersions: return "The versions of \(row) contradict each other."
        case .duplicateVersion:
            return "\(first) and \(second) both made the same version of \(row): one overwrote the other."
        case .garbageRead: return "\(first) read in \(row) what nobody wrote."
        case .ambiguousWrites:
            return "\(first) and \(second) wrote the same value to \(row): who was read cannot be told."
        default: return "\(first) and \(second) disagree on \(row)."
        }
    }

    private func distinct(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
