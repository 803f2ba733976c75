public import TraceModel

/// One sequential flow of control.
public struct Task: Sendable, Hashable {
    /// Index into the batch's processes.
    public var process: UInt32
    /// Thread name within the process.
    public var thread: Symbol

    /// Names a task.
    public init(process: UInt32, thread: Symbol) {
        self.process = process
        self.thread = thread
    }
}

/// The tasks of a batch, numbered by name so that the numbering does not depend on arrival.
struct TaskTable {
    private(set) var tasks: ContiguousArray<Task> = []
    /// Task of each row.
    private(set) var ofRow: ContiguousArray<UInt32>
    private var index: [UInt64: UInt32] = [:]

    /// Groups the rows of a batch.
    ///
    /// - Parameter namedTasks: whether a task that only a fork or join names is a task too; it can pass order on.
    /// - Complexity: O(rows + tasks log tasks).
    init(_ batch: borrowing EventBatch, namedTasks: Bool) {
        ofRow = ContiguousArray(repeating: 0, count: batch.count)
        var found: ContiguousArray<Task> = []
        var lastKey = UInt64.max
        var last: UInt32 = 0
        for row in 0..<batch.count {
            let key = UInt64(batch.processIndices[row]) << 32 | UInt64(batch.threads[row].rawValue)
            if key != lastKey {
                lastKey = key
                if let known = index[key] {
                    last = known
                } else {
                    last = UInt32(found.count)
                    index[key] = last
                    found.append(Task(process: batch.processIndices[row], thread: batch.threads[row]))
                }
            }
            ofRow[row] = last
        }
        if namedTasks {
            for row in 0..<batch.count where batch.operations[row] == .fork || batch.operations[row] == .join {
                let task = Task(process: batch.processIndices[row], thread: batch.subjects[row])
                let key = UInt64(task.process) << 32 | UInt64(task.thread.rawValue)
                guard index[key] == nil else { continue }
                index[key] = UInt32(found.count)
                found.append(task)
            }
        }
        let ranks = Self.canonicalRanks(found, batch)
        tasks = ContiguousArray(repeating: Task(process: 0, thread: .empty), count: found.count)
        for (old, task) in found.enumerated() { tasks[Int(ranks[old])] = task }
        for row in 0..<batch.count { ofRow[row] = ranks[Int(ofRow[row])] }
        for (key, old) in index { index[key] = ranks[Int(old)] }
    }

    /// The task of a process whose thread has this name.
    func find(process: UInt32, thread: Symbol) -> UInt32? {
        index[UInt64(process) << 32 | UInt64(thread.rawValue)]
    }

    private static func canonicalRanks(
        _ found: ContiguousArray<Task>,
        _ batch: borrowing EventBatch
    )
        -> ContiguousArray<UInt32>
    {
        let threadRanks = SymbolRanks(found.lazy.map(\.thread), batch.symbols)
        let nameRanks = SymbolRanks(batch.processes.flatMap { [$0.service, $0.instance] }, batch.symbols)
        let order = found.indices.sorted { a, b in
            let left = batch.processes[Int(found[a].process)]
            let right = batch.processes[Int(found[b].process)]
            if left.service != right.service { return nameRanks[left.service] < nameRanks[right.service] }
            if left.instance != right.instance { return nameRanks[left.instance] < nameRanks[right.instance] }
            if left.processID != right.processID { return left.processID < right.processID }
            return threadRanks[found[a].thread] < threadRanks[found[b].thread]
        }
        var ranks = ContiguousArray<UInt32>(repeating: 0, count: found.count)
        for (rank, old) in order.enumerated() { ranks[old] = UInt32(rank) }
        return ranks
    }
}

/// The places of symbols in the order of their strings, so that sorting by name compares integers.
struct SymbolRanks {
    private var ranks: [Symbol: UInt32] = [:]

    /// Ranks the distinct symbols of a sequence.
    ///
    /// - Complexity: O(n log n) string comparisons in distinct symbols.
    init(_ symbols: some Sequence<Symbol>, _ table: SymbolTable) {
        let distinct = Set(symbols).map { (symbol: $0, text: table[$0]) }.sorted { $0.text < $1.text }
        ranks.reserveCapacity(distinct.count)
        for (rank, entry) in distinct.enumerated() { ranks[entry.symbol] = UInt32(rank) }
    }

    subscript(_ symbol: Symbol) -> UInt32 { ranks[symbol] ?? 0 }
}
