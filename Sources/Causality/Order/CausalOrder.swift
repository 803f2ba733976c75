public import TraceModel

/// The happens-before order of a set of events: a linear extension of it, and the program that computes its clocks.
///
/// A pure function of the event set: arrival order, duplicates and batch boundaries change nothing. The edges are
/// stated in `docs/edges.md`.
public struct CausalOrder: Sendable {
    /// Rows of the batch in causal order, duplicates left out.
    public let rows: ContiguousArray<UInt32>
    /// The tasks, numbered by name.
    public let tasks: ContiguousArray<Task>
    /// Task of each row of the batch.
    public let taskOfRow: ContiguousArray<UInt32>
    /// Number of the object that each row accesses, `UInt32.max` when it accesses none.
    public let objectOfRow: ContiguousArray<UInt32>
    /// The objects, numbered by first use in causal order.
    public let objects: ContiguousArray<SharedObject>
    /// Lockset held at each row, after the row's own operation.
    public let locksetOfRow: ContiguousArray<UInt32>
    /// The locksets, and the name of each lock with its process (`nil` when global).
    public let locksets: LocksetTable
    public let locks: ContiguousArray<(name: Symbol, process: UInt32?)>
    /// What every lock operation did, in causal order.
    public let lockSteps: ContiguousArray<LockStep>
    /// Locks that did not behave like locks: released by a task that did not hold them, or taken while another task held
    /// them (a wait on a monitor that was not logged, a lost event). Only their observed order can be trusted.
    public let irregularLocks: Set<UInt32>
    /// Rows whose causal past has a hole: what is unordered with them may only seem so.
    public let taintOfRow: ContiguousArray<Bool>
    /// Instructions whose `event` is a row.
    public let program: Program
    /// What the events mention but do not contain.
    public let missing: MissingEdges
    /// Rows dropped because another row has their identity.
    public let duplicates: Int
    /// True when the input's own position is the order.
    public let isTotal: Bool
    /// Row of each row's causal parent; negative for none.
    public let parentOfRow: ContiguousArray<Int32>
    /// By how much the clocks of two processes were seen to disagree, at least ``skewFloorNanoseconds``.
    public let skewNanoseconds: Int64
    /// What clocks of two processes are never trusted below, even when no edge shows any skew: a millisecond.
    public static let skewFloorNanoseconds: Int64 = 1_000_000

    /// Orders the events of a batch as one program.
    ///
    /// - Parameters:
    ///   - batch: events in any order; either all or none of them totally ordered.
    ///   - variableScope: how far a bare variable name reaches.
    /// - Complexity: O(n log n) in events, O(n) when they arrived nearly in order.
    public init(_ batch: EventBatch, variableScope: VariableScope = .service) {
        let (kept, index) = Self.deduplicate(batch)
        let total = kept.first.map { batch.flags[Int($0)].contains(.totallyOrdered) } ?? false
        let table = TaskTable(batch, namedTasks: total)
        let parents =
            total ? ContiguousArray(repeating: -1, count: batch.count) : ParentIndex.resolve(batch, kept, index)
        var emitter = ProgramEmitter(batch, tasks: table, variableScope: variableScope)
        var missing = MissingEdges()
        var skew = Self.skewFloorNanoseconds
        if total {
            rows = ContiguousArray(
                kept.sorted { a, b in
                    let (left, right) = (batch.ids[Int(a)], batch.ids[Int(b)])
                    return left == right ? batch.traces[Int(a)] < batch.traces[Int(b)] : left < right
                }
            )
            emitter.emitTotal(batch, rows: rows)
        } else {
            let order = ProgramOrder(batch, kept: kept, tasks: table, parents: parents)
            let positions = PositionOrder(batch, kept: kept)
            var collector = EdgeCollector(tasks: table, order: order, parents: parents, kept: kept)
            collector.collect(batch, positions)
            var edges = collector.edges
            positions.constrain(batch, ofTask: table.ofRow, into: &edges)
            let merge = TopologicalMerge(batch, order: order, edges: edges)
            rows = merge.rows
            emitter.emit(
                batch,
                rows: rows,
                order: order,
                edges: edges,
                dropped: merge.dropped,
                tainted: Set(collector.tainted)
            )
            skew = max(skew, Self.skew(collector.edges, merge.dropped, batch))
            missing = collector.missing
            missing.cycles += merge.droppedCount
            missing.ties = order.ties
        }
        missing.unmatchedReleases = emitter.unmatchedReleases
        self.missing = missing
        tasks = table.tasks
        taskOfRow = table.ofRow
        objectOfRow = emitter.objectOfRow
        objects = emitter.objects.objects
        locksetOfRow = emitter.locksetOfRow
        locksets = emitter.locks.locksets
        locks = emitter.locks.locks
        lockSteps = emitter.lockSteps
        irregularLocks = emitter.irregularLocks
        taintOfRow = emitter.taintOfRow
        program = emitter.program
        duplicates = batch.count - kept.count
        isTotal = total
        parentOfRow = parents
        skewNanoseconds = skew
    }

    /// The largest amount by which an effect's clock was behind its cause's in another process.
    private static func skew(_ edges: EdgeSet, _ dropped: ContiguousArray<Bool>, _ batch: borrowing EventBatch) -> Int64
    {
        var largest: Int64 = 0
        for edge in 0..<edges.count where !dropped[edge] {
            let from = Int(edges.from[edge])
            let to = Int(edges.to[edge])
            guard !edges.isHub(from), !edges.isHub(to) else { continue }
            guard batch.processIndices[from] != batch.processIndices[to] else { continue }
            let (behind, overflow) = batch.timestamps[from].subtractingReportingOverflow(batch.timestamps[to])
            if !overflow { largest = max(largest, behind) }
        }
        return largest
    }

    /// The rows to keep, one an identity, and the index of them.
    private static func deduplicate(_ batch: borrowing EventBatch) -> (ContiguousArray<UInt32>, IdentityIndex) {
        var index = IdentityIndex(count: batch.count)
        var duplicate = ContiguousArray(repeating: false, count: batch.count)
        var found = 0
        for row in 0..<batch.count {
            guard let other = index.insert(row, batch) else { continue }
            found += 1
            if EventContent.precedes(row, other, batch) {
                index.replace(other, with: row, batch)
                duplicate[other] = true
            } else {
                duplicate[row] = true
            }
        }
        var kept = ContiguousArray<UInt32>()
        kept.reserveCapacity(batch.count - found)
        for row in 0..<batch.count where !duplicate[row] { kept.append(UInt32(row)) }
        return (kept, index)
    }
}
