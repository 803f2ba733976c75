import TraceModel

/// Groups the database events of a batch into transactions.
///
/// A transaction is named by the sender's id (within its trace), or spans `BEGIN` to `COMMIT` or `ROLLBACK` of one task and
/// database. A `COMMIT` without `BEGIN` ends a transaction that the driver began unseen; any other statement outside stands
/// alone.
struct StoreLogBuilder {
    let batch: EventBatch
    var log = StoreLog()
    var tasks: [Task: TaskState] = [:]
    /// Transactions by the sender's id.
    private var named: [NamedTransaction: Int] = [:]
    /// Named transactions whose beginning was not seen.
    private var unannounced: Set<Int> = []
    /// The statement that an event with this id sent, while its result may still come.
    var statementOfEvent: [EventKey: Int] = [:]
    /// Processes that report results, so that a statement without one is still running.
    var reportsResults: Set<UInt32> = []
    private var units: [Unit: Int] = [:]
    /// Names of objects and of isolation levels that were taken apart already.
    var dataObjects: [Symbol: DataObjectName] = [:]
    private var levels: [Symbol: IsolationLevel?] = [:]
    var places: [PlaceName: Int] = [:]
    private var sessions: [Task: Int] = [:]

    /// A thread of control within one trace.
    struct Task: Hashable {
        var process: UInt32
        var thread: Symbol
        var trace: TraceID
    }

    /// What is open in a task.
    struct TaskState {
        /// Transactions begun by an event rather than by a statement, innermost last.
        var transactions = OpenTransactions()
        /// One a database; rarely more than one.
        var connections: [Connection] = []
        /// The event about stores before: an error directly behind a statement is the statement's.
        var previousRow = -1
    }

    /// The statements of one task to one database.
    struct Connection {
        var database: Symbol
        var open: Int?
        var nextIsolation: IsolationLevel?
        var sessionIsolation: IsolationLevel?
        /// The last statement sent, whose rows and result may follow.
        var last: Int?
        /// Statements outside of a transaction since the last boundary.
        var run: [Int] = []
        var savepoints = Savepoints()
        /// The transaction that the last statement ended.
        var justEnded: Int?
    }

    /// Databases that a task is followed at; of more the one that it turned to first is forgotten.
    static let connectionsMax = 32

    struct PlaceName: Hashable {
        var table: String
        var key: String
    }

    struct EventKey: Hashable {
        var trace: TraceID
        var id: EventID
    }

    private struct NamedTransaction: Hashable {
        var trace: TraceID
        var id: Symbol
    }

    private struct Unit: Hashable {
        var task: Task
        var span: Symbol
    }

    /// The log of the rows of `batch` that `order` lists, in that order.
    ///
    /// - Complexity: O(rows + bytes of SQL).
    static func log(of batch: EventBatch, order: some Collection<Int>) -> StoreLog {
        var builder = StoreLogBuilder(batch)
        for (position, row) in order.enumerated() where batch.ids.indices.contains(row) { builder.add(row, position) }
        return builder.finish()
    }

    private init(_ batch: EventBatch) { self.batch = batch }

    /// Most events say nothing about stores: they cost two loads.
    private mutating func add(_ row: Int, _ position: Int) {
        let operation = batch.operations[row]
        let kind = batch.kinds[row]
        let isData =
            operation.rawValue >= Operation.transactionBegin.rawValue
            && operation.rawValue <= Operation.dataWrite.rawValue
        guard isData || kind == .databaseQuery || kind == .databaseResult || kind == .error else { return }
        let task = Task(process: batch.processIndices[row], thread: batch.threads[row], trace: batch.traces[row])
        if kind == .error, !isData, tasks[task] == nil { return }
        var state = tasks.removeValue(forKey: task) ?? TaskState()
        switch operation {
        case .transactionBegin: begin(row, position, task, &state)
        case .transactionCommit, .transactionRollback: end(row, position, task, &state)
        case .dataRead, .dataWrite: access(row, position, task, &state)
        default:
            switch kind {
            case .databaseQuery: query(row, position, task, &state)
            case .databaseResult: result(row, position, task, state)
            default: failure(row, task, &state)
            }
        }
        state.previousRow = row
        tasks[task] = state
    }

    private mutating func begin(_ row: Int, _ position: Int, _ task: Task, _ state: inout TaskState) {
        let id = batch.subjects[row]
        let key = NamedTransaction(trace: task.trace, id: id)
        let index: Int
        if !id.isEmpty, let known = named[key], unannounced.contains(known), log.transactions[known].end == Int.max {
            unannounced.remove(known)
            index = known
        } else {
            index = open(row, position, task, name: id.isEmpty ? nil : batch.symbols[id])
            if !id.isEmpty { named[key] = index }
        }
        log.transactions[index].isolation = isolation(named: batch.objects[row])
        state.transactions.append(index)
    }

    private mutating func end(_ row: Int, _ position: Int, _ task: Task, _ state: inout TaskState) {
        let id = batch.subjects[row]
        let index = id.isEmpty ? state.transactions.last : named[NamedTransaction(trace: task.trace, id: id)]
        guard let index else { return }
        state.transactions.remove(index)
        unannounced.remove(index)
        let failed = batch.flags[row].contains(.failed)
        close(index, row, position, committed: batch.operations[row] == .transactionCommit && !failed)
    }

    /// Starts a transaction whose outcome is not known yet.
    mutating func open(_ row: Int, _ position: Int, _ task: Task, name: String?) -> Int {
        let unit = Unit(task: task, span: batch.spans[row])
        let number = units[unit] ?? units.count
        units[unit] = number
        let session = sessions[task] ?? sessions.count
        sessions[task] = session
        log.transactions.append(
            StoreTransaction(
                name: name ?? "\(batch.symbols[task.thread])#\(log.transactions.count + 1)",
                status: .unknown,
                isExplicit: true,
                unit: number,
                session: session,
                isolation: nil,
                begin: position,
                end: Int.max,
                beginRow: row,
                endRow: row
            )
        )
        return log.transactions.count - 1
    }

    mutating func close(_ index: Int, _ row: Int, _ position: Int, committed: Bool) {
        guard log.transactions[index].end == Int.max else { return }
        log.transactions[index].end = position
        log.transactions[index].endRow = row
        if !committed {
            log.transactions[index].status = .aborted
        } else if !log.transactions[index].hasFailedStatement {
            // After a failed statement PostgreSQL rolls back on COMMIT and MySQL commits: not known.
            log.transactions[index].status = .committed
        }
    }

    /// The transaction with the sender's id, begun here when its beginning was not seen; `nil` for an empty id.
    mutating func transaction(named id: Symbol, _ row: Int, _ position: Int, _ task: Task) -> Int? {
        guard !id.isEmpty else { return nil }
        let key = NamedTransaction(trace: task.trace, id: id)
        if let known = named[key] { return known }
        let index = open(row, position, task, name: batch.symbols[id])
        named[key] = index
        unannounced.insert(index)
        return index
    }

    /// A sender that gives ids but neither beginnings nor ends groups its accesses, and nothing says that it rolled back.
    private mutating func finish() -> StoreLog {
        for index in unannounced {
            guard let last = log.transactions[index].statements.last else { continue }
            log.transactions[index].status = .committed
            log.transactions[index].end = log.statements[last].end
            log.transactions[index].endRow = log.statements[last].row
        }
        return log
    }

    private mutating func isolation(named symbol: Symbol) -> IsolationLevel? {
        if let known = levels[symbol] { return known }
        let level = Self.isolation(named: batch.symbols[symbol])
        levels[symbol] = .some(level)
        return level
    }

    private static func isolation(named name: String) -> IsolationLevel? {
        let spelling = name.lowercased().map { $0 == " " || $0 == "_" ? "-" : String($0) }.joined()
        return spelling == "snapshot" ? .snapshotIsolation : IsolationLevel(rawValue: spelling)
    }
}
