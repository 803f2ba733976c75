/// A promise about the histories that a store lets happen.
///
/// What each level forbids follows Adya (1999), Cerone et al. (CONCUR 2015) for internal consistency, and Elle (VLDB 2021)
/// for G-nonadjacent, dirty update and the session and real-time variants.
public enum IsolationLevel: String, Sendable, CaseIterable {
    case readUncommitted = "read-uncommitted"
    case readCommitted = "read-committed"
    case cursorStability = "cursor-stability"
    case readAtomic = "read-atomic"
    case repeatableRead = "repeatable-read"
    case consistentView = "consistent-view"
    case snapshotIsolation = "snapshot-isolation"
    case serializable
    case strongSessionSnapshotIsolation = "strong-session-snapshot-isolation"
    case strongSessionSerializable = "strong-session-serializable"
    case strongSnapshotIsolation = "strong-snapshot-isolation"
    case strictSerializable = "strict-serializable"

    /// What the level forbids by definition; everything that implies one of these is forbidden too.
    public var proscribed: Set<IsolationAnomaly> {
        var result: Set<IsolationAnomaly> = Set(weaker.flatMap(\.proscribed))
        func forbid(_ shapes: [CycleAnomaly.Shape], predicate: Bool = true, order: CycleAnomaly.Order = .data) {
            for shape in shapes {
                let mayMatch = shape.rawValue >= CycleAnomaly.Shape.single.rawValue
                result.insert(.cycle(CycleAnomaly(shape, predicate: predicate && mayMatch, order: order)))
            }
        }
        switch self {
        case .readUncommitted:
            forbid([.write])
            result.formUnion([.duplicateElements, .cyclicVersions])
        case .readCommitted:
            forbid([.information])
            result.formUnion([.abortedRead, .intermediateRead])
        case .cursorStability:
            result.insert(.lostUpdate)
        case .readAtomic:
            result.formUnion([.internalInconsistency, .futureRead])
        case .repeatableRead:
            forbid([.antidependency], predicate: false)
        case .consistentView:
            forbid([.single])
        case .snapshotIsolation:
            forbid([.nonadjacent])
        case .serializable:
            forbid([.antidependency])
        case .strongSessionSnapshotIsolation:
            forbid([.information, .nonadjacent], order: .session)
        case .strongSessionSerializable:
            forbid([.antidependency], order: .session)
        case .strongSnapshotIsolation:
            forbid([.information, .nonadjacent], order: .realtime)
        case .strictSerializable:
            forbid([.antidependency], order: .realtime)
        }
        return result
    }

    /// Levels that this one includes, not counting theirs.
    private var weaker: [IsolationLevel] {
        switch self {
        case .readUncommitted: []
        case .readCommitted: [.readUncommitted]
        case .cursorStability, .readAtomic: [.readCommitted]
        case .repeatableRead, .consistentView: [.cursorStability]
        case .snapshotIsolation: [.consistentView, .readAtomic]
        case .serializable: [.snapshotIsolation, .repeatableRead]
        case .strongSessionSnapshotIsolation: [.snapshotIsolation]
        case .strongSessionSerializable: [.serializable, .strongSessionSnapshotIsolation]
        case .strongSnapshotIsolation: [.strongSessionSnapshotIsolation]
        case .strictSerializable: [.strongSessionSerializable, .strongSnapshotIsolation]
        }
    }
}
