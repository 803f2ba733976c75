import Detectors
import TraceModel

/// Builds a batch of store events by hand, one event after another.
struct IsolationScript {
    private(set) var batch = EventBatch()
    private var next: UInt64 = 1

    /// Adds an event of a task and returns its row.
    @discardableResult
    mutating func add(
        _ kind: EventKind,
        _ operation: Operation = .none,
        task: String,
        object: String = "",
        subject: String = "",
        value: String? = nil,
        number: Int64 = -1,
        flags: EventFlags = [],
        parent: Int? = nil,
        location: String = "",
        trace: UInt64 = 1,
        span: String = ""
    ) -> Int {
        var event = Event()
        event.id = EventID(high: 0, low: next)
        event.trace = TraceID(high: 0, low: trace)
        event.timestamp = Int64(next)
        event.thread = batch.symbols.intern(task)
        event.process = batch.intern(
            ProcessKey(service: batch.symbols.intern("shop"), instance: batch.symbols.intern("a"), processID: 0)
        )
        event.span = batch.symbols.intern(span)
        event.kind = kind
        event.operation = operation
        event.flags = flags
        event.object = batch.symbols.intern(object)
        event.subject = batch.symbols.intern(subject)
        event.location = batch.symbols.intern(location)
        event.number = number
        if let value { event.newValue = batch.appendPayload(value.utf8) }
        if let parent { event.parent = batch.ids[parent] }
        next += 1
        batch.append(event)
        return batch.count - 1
    }

    @discardableResult
    mutating func begin(_ task: String, _ id: String = "", isolation: String = "") -> Int {
        add(.transactionBegin, .transactionBegin, task: task, object: isolation, subject: id)
    }

    @discardableResult
    mutating func commit(_ task: String, _ id: String = "") -> Int {
        add(.transactionCommit, .transactionCommit, task: task, subject: id)
    }

    @discardableResult
    mutating func rollback(_ task: String, _ id: String = "") -> Int {
        add(.transactionRollback, .transactionRollback, task: task, subject: id)
    }

    @discardableResult
    mutating func read(
        _ task: String,
        _ object: String,
        _ value: String?,
        _ id: String = "",
        version: Int64 = -1
    ) -> Int {
        add(.dataRead, .dataRead, task: task, object: object, subject: id, value: value, number: version)
    }

    @discardableResult
    mutating func write(
        _ task: String,
        _ object: String,
        _ value: String?,
        _ id: String = "",
        version: Int64 = -1
    ) -> Int {
        add(.dataWrite, .dataWrite, task: task, object: object, subject: id, value: value, number: version)
    }

    @discardableResult
    mutating func sql(
        _ task: String,
        _ text: String,
        database: String = "db",
        trace: UInt64 = 1,
        span: String = ""
    ) -> Int {
        add(.databaseQuery, task: task, object: text, subject: database, trace: trace, span: span)
    }

    @discardableResult
    mutating func result(_ task: String, rows: Int64 = -1, of query: Int? = nil) -> Int {
        add(.databaseResult, task: task, number: rows, parent: query)
    }

    @discardableResult
    mutating func error(_ task: String, of query: Int? = nil) -> Int {
        add(.error, task: task, object: "DatabaseError", parent: query)
    }

    /// The findings, with the events in the order in which they were added.
    func findings() -> [AnomalyFinding] { report().findings }

    func report() -> IsolationDetector.Report {
        IsolationDetector.report(batch: batch, order: Array(0..<batch.count), options: AnalysisOptions())
    }

    var kinds: [String] { findings().map(\.kind) }
}
