/// The closed set of names under which isolation anomalies are reported: the mistake's own name where it has one, else Adya's.
enum IsolationKind: String, CaseIterable {
    case writeCycle = "G0"
    case abortedRead = "G1a"
    case intermediateRead = "G1b"
    case circularInformation = "G1c"
    case single = "G-single"
    case nonadjacent = "G-nonadjacent"
    case antidependency = "G2-item"
    case predicateAntidependency = "G2"
    case lostUpdate = "lost_update"
    case checkThenAct = "check_then_act"
    case writeSkew = "write_skew"
    case longFork = "long_fork"
    case nonRepeatableRead = "non_repeatable_read"
    case staleRead = "stale_read"
    case dirtyUpdate = "dirty_update"
    case internalInconsistency = "internal"
    case futureRead = "future_read"
    case duplicateElements = "duplicate_elements"
    case incompatibleOrder = "incompatible_order"
    case cyclicVersions = "cyclic_versions"
    case duplicateVersion = "duplicate_version"
    case garbageRead = "garbage_read"
    case ambiguousWrites = "duplicate_writes"

    var severity: Severity {
        switch self {
        case .writeCycle, .lostUpdate, .dirtyUpdate, .duplicateVersion: .critical
        case .abortedRead, .circularInformation, .writeSkew, .predicateAntidependency, .checkThenAct,
            .incompatibleOrder, .cyclicVersions, .duplicateElements, .antidependency, .garbageRead:
            .high
        case .intermediateRead, .single, .nonadjacent, .longFork, .internalInconsistency, .futureRead, .staleRead:
            .medium
        case .nonRepeatableRead, .ambiguousWrites: .low
        }
    }

    /// The name of a cycle.
    static func of(_ cycle: DependencyCycle, _ reading: StoreReading) -> IsolationKind {
        let anomaly = cycle.anomaly
        if anomaly.order != .data { return .staleRead }
        switch anomaly.shape {
        case .write: return .writeCycle
        case .information: return .circularInformation
        case .single: return .single
        case .nonadjacent:
            let writers = cycle.transactions.filter { writes($0, reading) }
            return cycle.edges.count == 4 && writers.count == 2 ? .longFork : .nonadjacent
        case .antidependency:
            if anomaly.predicate { return .predicateAntidependency }
            let rows = Set(cycle.edges.map(\.key))
            return cycle.edges.count == 2 && rows.count == 2 ? .writeSkew : .antidependency
        }
    }

    /// The name of an anomaly that is no cycle.
    static func of(_ finding: StoreReading.StoreFinding) -> IsolationKind {
        switch finding.pattern {
        case .nonRepeatableRead: return .nonRepeatableRead
        case .duplicateVersion: return .duplicateVersion
        case .checkThenAct: return .checkThenAct
        case .none, .withoutTransaction, .recheck: break
        }
        switch finding.anomaly {
        case .cycle: return .single
        case .abortedRead: return .abortedRead
        case .intermediateRead: return .intermediateRead
        case .dirtyUpdate: return .dirtyUpdate
        case .internalInconsistency: return .internalInconsistency
        case .futureRead: return .futureRead
        case .duplicateElements: return .duplicateElements
        case .incompatibleOrder: return .incompatibleOrder
        case .cyclicVersions: return .cyclicVersions
        case .lostUpdate: return .lostUpdate
        case .garbageRead: return .garbageRead
        case .duplicateWrites, .emptyTransactionGraph, .cycleSearchTruncated: return .ambiguousWrites
        }
    }

    private static func writes(_ transaction: Int, _ reading: StoreReading) -> Bool {
        reading.log.transactions[transaction].statements.contains { reading.log.statements[$0].isWrite }
    }
}
