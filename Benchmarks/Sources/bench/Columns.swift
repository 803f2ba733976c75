import TraceModel

/// Traces written straight into columns, for detectors that have nothing to do in a log of locks.
enum Columns {
    /// Transactions of six events, of eight tasks that take turns, over rows that grow in number with the trace.
    static func transactions(events: Int) -> EventBatch {
        var builder = Builder(service: "shop")
        var generator = Inputs.Generator(state: 9)
        let keys = max(100, events / 60)
        var versions = [Int64](repeating: 0, count: keys)
        for transaction in 0..<(events / 6) {
            let task = "t\(transaction % 8)"
            let name = "x\(transaction)"
            builder.add(.transactionBegin, .transactionBegin, task, "read committed", name)
            let rows = [generator.below(keys), generator.below(keys)]
            for row in rows {
                let value = Array(String(versions[row]).utf8)
                builder.add(.dataRead, .dataRead, task, "db/rows/\(row)", name, value: value, number: versions[row])
            }
            for row in Set(rows).sorted() {
                versions[row] += 1
                let value = Array(String(versions[row]).utf8)
                builder.add(.dataWrite, .dataWrite, task, "db/rows/\(row)", name, value: value, number: versions[row])
            }
            builder.add(.transactionCommit, .transactionCommit, task, "", name)
        }
        return builder.batch
    }

    /// Requests of three events, a hundred a second, of fifty operations; each operation has a window of its own every minute.
    static func requests(events: Int) -> EventBatch {
        var builder = Builder(service: "api")
        var generator = Inputs.Generator(state: 10)
        for request in 0..<(events / 3) {
            let task = "t\(request % 64)"
            let start = Int64(request) * 10_000_000
            let took = Int64(5_000_000 + generator.below(20_000_000))
            builder.add(.httpRequest, .none, task, "/api/\(request % 50)x", "GET", trace: request, at: start)
            builder.add(
                .databaseQuery,
                .none,
                task,
                "SELECT",
                "db",
                trace: request,
                at: start + took / 2,
                took: took / 3
            )
            builder.add(.httpResponse, .none, task, "", "", number: 200, trace: request, at: start + took, took: took)
        }
        return builder.batch
    }

    /// Appends events to a batch, one of them a nanosecond.
    struct Builder {
        private(set) var batch = EventBatch()
        private let process: UInt32
        private let flags: EventFlags

        init(service: String, flags: EventFlags = .totallyOrdered) {
            self.flags = flags
            process = batch.intern(
                ProcessKey(service: batch.symbols.intern(service), instance: .empty, processID: 1)
            )
        }

        mutating func add(
            _ kind: EventKind,
            _ operation: Operation,
            _ task: String,
            _ object: String,
            _ subject: String,
            old: [UInt8] = [],
            value: [UInt8] = [],
            number: Int64 = -1,
            trace: Int = 1,
            at time: Int64? = nil,
            took: Int64 = -1
        ) {
            var event = Event()
            event.id = EventID(high: 0, low: UInt64(batch.count + 1))
            event.trace = TraceID(high: 1, low: UInt64(trace))
            event.timestamp = time ?? Int64(batch.count + 1)
            event.duration = took
            event.process = process
            event.thread = batch.symbols.intern(task)
            event.kind = kind
            event.operation = operation
            event.flags = flags
            event.object = batch.symbols.intern(object)
            event.subject = batch.symbols.intern(subject)
            event.number = number
            if !old.isEmpty { event.oldValue = batch.appendPayload(old) }
            if !value.isEmpty { event.newValue = batch.appendPayload(value) }
            batch.append(event)
        }

        /// An access of a variable; empty texts are values that the sender did not give.
        mutating func access(
            _ operation: Operation,
            _ task: String,
            _ object: String,
            _ old: String,
            _ new: String,
            trace: Int = 1
        ) {
            add(.stateChange, operation, task, object, "", old: Array(old.utf8), value: Array(new.utf8), trace: trace)
        }
    }
}
