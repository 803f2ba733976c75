import TraceModel

/// What the ids in forks, joins and awaits mean: the tasks that say they started under an id, the children of a fork, and where a task
/// is in each trace. One pass over the events, then O(1) a question, however often an id was used and however long a task lives.
struct TaskReferences {
    /// An id within a process, within one trace or in all of them.
    private struct Name: Hashable {
        var process: UInt32
        var subject: Symbol
        var trace: TraceID?
    }

    private struct Visit: Hashable {
        var task: UInt32
        var trace: TraceID
    }

    private struct Ending: Hashable {
        var visit: Visit
        var subject: Symbol
    }

    /// The rows of one task in one trace, in program order.
    private struct Stay {
        var first: UInt32
        var last: UInt32
        var end: UInt32?
    }

    /// The earliest row with each name.
    private struct Earliest {
        private var rows: [Name: UInt32] = [:]

        mutating func add(_ row: Int, _ process: UInt32, _ subject: Symbol, in trace: TraceID, _ batch: borrowing EventBatch) {
            for scope in [trace, nil] {
                let name = Name(process: process, subject: subject, trace: scope)
                if let known = rows[name], !PositionOrder.precedes(row, Int(known), batch) { continue }
                rows[name] = UInt32(row)
            }
        }

        /// Of the trace when it has any, else of any.
        func find(_ process: UInt32, _ subject: Symbol, in trace: TraceID) -> Int? {
            let own = rows[Name(process: process, subject: subject, trace: trace)]
            return (own ?? rows[Name(process: process, subject: subject, trace: nil)]).map { Int($0) }
        }
    }

    private var starts = Earliest()
    private var children = Earliest()
    private var stays: [Visit: Stay] = [:]
    private var ends: [Ending: UInt32] = [:]

    /// - Complexity: O(rows).
    init(_ batch: borrowing EventBatch, _ kept: ContiguousArray<UInt32>, _ order: ProgramOrder) {
        for row in kept.lazy.map({ Int($0) })
        where batch.operations[row] == .taskStart && !batch.subjects[row].isEmpty {
            starts.add(row, batch.processIndices[row], batch.subjects[row], in: batch.traces[row], batch)
        }
        var open: (visit: Visit, stay: Stay)?
        for row in order.rows {
            let visit = Visit(task: order.task(of: Int(row)), trace: batch.traces[Int(row)])
            // Neighbours mostly share both: comparing costs a twentieth of hashing.
            if open?.visit != visit {
                if let open { stays[open.visit] = open.stay }
                open = (visit, stays[visit] ?? Stay(first: row, last: row))
            }
            open?.stay.last = row
            guard batch.operations[Int(row)] == .taskEnd else { continue }
            open?.stay.end = row
            ends[Ending(visit: visit, subject: batch.subjects[Int(row)])] = row
        }
        if let open { stays[open.visit] = open.stay }
    }

    /// The first event that says it starts a task under this id.
    func start(_ process: UInt32, _ subject: Symbol, in trace: TraceID) -> Int? {
        starts.find(process, subject, in: trace)
    }

    /// Remembers the first event of what a fork under this id started.
    mutating func addChild(_ row: Int, of fork: Int, _ batch: borrowing EventBatch) {
        children.add(row, batch.processIndices[fork], batch.subjects[fork], in: batch.traces[row], batch)
    }

    /// The first event of anything that was forked under this id.
    func child(_ process: UInt32, _ subject: Symbol, in trace: TraceID) -> Int? {
        children.find(process, subject, in: trace)
    }

    /// The first event of a task in a trace.
    func first(of task: Int, in trace: TraceID) -> Int? {
        stays[Visit(task: UInt32(task), trace: trace)].map { Int($0.first) }
    }

    /// Where a task's work under an id ended in a trace: its own end, else the last that was logged, else its last event.
    ///
    /// A worker's thread ends many tasks: the one that was asked for counts.
    func end(of task: Int, _ subject: Symbol, in trace: TraceID) -> Int? {
        let visit = Visit(task: UInt32(task), trace: trace)
        guard let stay = stays[visit] else { return nil }
        return Int(ends[Ending(visit: visit, subject: subject)] ?? stay.end ?? stay.last)
    }
}
