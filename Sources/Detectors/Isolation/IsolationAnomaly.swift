/// A phenomenon that some isolation level forbids, in the vocabulary of Adya and of the Elle checker.
public enum IsolationAnomaly: Hashable, Sendable {
    /// A cycle of the serialisation graph.
    case cycle(CycleAnomaly)
    /// G1a: a committed transaction read what an aborted one wrote.
    case abortedRead
    /// G1b: a transaction read a version that its writer replaced before committing.
    case intermediateRead
    /// A committed transaction built on a version of an aborted one.
    case dirtyUpdate
    /// A read contradicts what the same transaction read or wrote before.
    case internalInconsistency
    /// A transaction observed what it wrote only later.
    case futureRead
    /// A list was read with the same element twice.
    case duplicateElements
    /// Two reads of a list cannot come from one order of appends.
    case incompatibleOrder
    /// The order of a key's versions contradicts itself.
    case cyclicVersions
    /// P4: two transactions read the same version of a key and both wrote the key.
    case lostUpdate
    /// A value was read that nobody wrote.
    case garbageRead
    /// Two transactions wrote the same value, so that a read of it cannot be attributed.
    case duplicateWrites
    /// Nothing connected any two transactions: the history proves nothing.
    case emptyTransactionGraph
    /// The bounded search for cycles of one component ended early.
    case cycleSearchTruncated

    /// The name used in reports and by Elle.
    public var name: String {
        switch self {
        case .cycle(let cycle): cycle.name
        case .abortedRead: "G1a"
        case .intermediateRead: "G1b"
        case .dirtyUpdate: "dirty-update"
        case .internalInconsistency: "internal"
        case .futureRead: "future-read"
        case .duplicateElements: "duplicate-elements"
        case .incompatibleOrder: "incompatible-order"
        case .cyclicVersions: "cyclic-versions"
        case .lostUpdate: "lost-update"
        case .garbageRead: "garbage-read"
        case .duplicateWrites: "duplicate-writes"
        case .emptyTransactionGraph: "empty-transaction-graph"
        case .cycleSearchTruncated: "cycle-search-truncated"
        }
    }

    /// True for notes about the analysis, which no level forbids.
    public var isInconclusive: Bool {
        switch self {
        case .emptyTransactionGraph, .cycleSearchTruncated, .duplicateWrites: true
        default: false
        }
    }

    /// Anomalies whose presence follows directly from this one.
    var directlyImplied: [IsolationAnomaly] {
        switch self {
        case .cycle(let cycle): cycle.directlyImplied.map(IsolationAnomaly.cycle)
        case .dirtyUpdate, .incompatibleOrder, .garbageRead: [.abortedRead]
        case .futureRead: [.cycle(CycleAnomaly(.information))]
        case .lostUpdate: [.cycle(CycleAnomaly(.antidependency))]
        default: []
        }
    }

    /// This anomaly and all that follow from it.
    public var implied: Set<IsolationAnomaly> {
        var seen: Set<IsolationAnomaly> = [self]
        var pending = [self]
        while let next = pending.popLast() {
            for anomaly in next.directlyImplied where seen.insert(anomaly).inserted { pending.append(anomaly) }
        }
        return seen
    }
}

/// A kind of cycle in the serialisation graph: which dependencies it is made of.
public struct CycleAnomaly: Hashable, Sendable {
    /// What the data dependencies of the cycle are, worst first.
    public enum Shape: Int, Sendable, CaseIterable {
        /// G0: write dependencies only.
        case write
        /// G1c: write and read dependencies.
        case information
        /// G-single: exactly one anti-dependency.
        case single
        /// G-nonadjacent: several anti-dependencies, no two in a row.
        case nonadjacent
        /// G2: anti-dependencies, some in a row.
        case antidependency
    }

    /// Which order beside data the cycle needs.
    public enum Order: Int, Sendable, CaseIterable {
        case data
        case session
        case realtime
    }

    public var shape: Shape
    /// An anti-dependency of the cycle comes from a predicate; always false without anti-dependencies.
    public var predicate: Bool
    public var order: Order

    /// Makes a kind of cycle.
    public init(_ shape: Shape, predicate: Bool = false, order: Order = .data) {
        self.shape = shape
        self.predicate = predicate
        self.order = order
    }

    /// `G0`, `G1c`, `G-single-item`, `G2`, …, with `-process` or `-realtime` where that order takes part.
    public var name: String {
        let base =
            switch shape {
            case .write: "G0"
            case .information: "G1c"
            case .single: predicate ? "G-single" : "G-single-item"
            case .nonadjacent: predicate ? "G-nonadjacent" : "G-nonadjacent-item"
            case .antidependency: predicate ? "G2" : "G2-item"
            }
        return switch order {
        case .data: base
        case .session: base + "-process"
        case .realtime: base + "-realtime"
        }
    }

    var directlyImplied: [CycleAnomaly] {
        var result: [CycleAnomaly] = []
        func weaker(_ change: (inout CycleAnomaly) -> Void) {
            var copy = self
            change(&copy)
            result.append(copy)
        }
        switch order {
        case .data: weaker { $0.order = .session }
        case .session: weaker { $0.order = .realtime }
        case .realtime: break
        }
        switch shape {
        case .write: weaker { $0.shape = .information }
        case .information: break
        case .single: weaker { $0.shape = .nonadjacent }
        case .nonadjacent: weaker { $0.shape = .antidependency }
        case .antidependency: break
        }
        if shape.rawValue >= Shape.single.rawValue, !predicate { weaker { $0.predicate = true } }
        return result
    }
}
