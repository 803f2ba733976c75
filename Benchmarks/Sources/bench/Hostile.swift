import TraceModel

/// Makes the traces of ``HostileBenchmarks``; each has about the number of events asked for.
enum Hostile {
    struct Shape: Sendable {
        var name: String
        var make: @Sendable (Int) -> EventBatch
    }

    static let shapes = [
        Shape(name: "lost updates", make: lostUpdates),
        Shape(name: "all overlap", make: overlap),
        Shape(name: "one lock", make: oneLock),
        Shape(name: "nested locks", make: nestedLocks),
        Shape(name: "leaked locks", make: leakedLocks),
        Shape(name: "tasks alive", make: tasksAlive),
        Shape(name: "worker awaited", make: worker),
        Shape(name: "barrier", make: barrier),
        Shape(name: "merged signal", make: mergedSignal),
        Shape(name: "predicted", make: predicted),
        Shape(name: "initialised", make: initialised),
        Shape(name: "one transaction", make: oneTransaction),
        Shape(name: "statements on a row", make: statements),
    ]

    /// Requests two by two read a value and both write from it: every other update is lost.
    private static func lostUpdates(_ events: Int) -> EventBatch {
        var builder = Columns.Builder(service: "bank", flags: [])
        for pair in 0..<events / 4 {
            let requests = [2 * pair, 2 * pair + 1]
            for request in requests { builder.access(.read, "t\(request)", "account", "", "\(pair)", trace: request) }
            for request in requests {
                builder.access(.write, "t\(request)", "account", "\(pair)", "\(pair + 1)", trace: request)
            }
        }
        return builder.batch
    }

    /// All requests read one value, then all write from it.
    private static func overlap(_ events: Int) -> EventBatch {
        var builder = Columns.Builder(service: "bank", flags: [])
        for request in 0..<events / 2 { builder.access(.read, "t\(request)", "account", "", "0", trace: request) }
        for request in 0..<events / 2 {
            builder.access(.write, "t\(request)", "account", "0", "\(request)", trace: request)
        }
        return builder.batch
    }

    /// Tasks that take one lock, one after the other.
    private static func oneLock(_ events: Int) -> EventBatch {
        var builder = Columns.Builder(service: "api", flags: [])
        for task in 0..<events / 3 {
            builder.add(.lockAcquire, .lockAcquire, "t\(task)", "l", "Lock")
            builder.access(.write, "t\(task)", "v", "\(task)", "\(task + 1)")
            builder.add(.lockRelease, .lockRelease, "t\(task)", "l", "Lock")
        }
        return builder.batch
    }

    private static func nestedLocks(_ events: Int) -> EventBatch {
        var builder = Columns.Builder(service: "api", flags: [])
        for lock in 0..<events / 2 { builder.add(.lockAcquire, .lockAcquire, "t", "l\(lock)", "Lock") }
        for lock in 0..<events / 2 { builder.add(.lockRelease, .lockRelease, "t", "l\(lock)", "Lock") }
        return builder.batch
    }

    /// Tasks that take a lock each and never give it back.
    private static func leakedLocks(_ events: Int) -> EventBatch {
        var builder = Columns.Builder(service: "api", flags: [])
        for task in 0..<events / 2 { builder.add(.lockAcquire, .lockAcquire, "t\(task)", "l\(task)", "Lock") }
        for task in 0..<events / 2 { builder.add(.functionCall, .none, "t\(task)", "f", "") }
        return builder.batch
    }

    /// Tasks that all live from the beginning to the end and meet at one lock.
    private static func tasksAlive(_ events: Int) -> EventBatch {
        var builder = Columns.Builder(service: "api", flags: [])
        for round in 0..<2 {
            for task in 0..<events / 6 {
                builder.add(.lockAcquire, .lockAcquire, "t\(task)", "l", "Lock")
                builder.access(.write, "t\(task)", "v\(round)", "\(task)", "\(task + 1)")
                builder.add(.lockRelease, .lockRelease, "t\(task)", "l", "Lock")
            }
        }
        return builder.batch
    }

    /// One worker thread runs every task that another one starts and waits for.
    private static func worker(_ events: Int) -> EventBatch {
        var builder = Columns.Builder(service: "api", flags: [])
        for task in 0..<events / 4 {
            builder.add(.asyncSpawn, .fork, "main", "", "k\(task)")
            builder.add(.taskStart, .taskStart, "worker", "", "k\(task)")
            builder.add(.taskEnd, .taskEnd, "worker", "", "k\(task)")
            builder.add(.asyncAwait, .await, "main", "", "k\(task)")
        }
        return builder.batch
    }

    private static func barrier(_ events: Int) -> EventBatch {
        var builder = Columns.Builder(service: "api", flags: [])
        for task in 0..<events / 2 { builder.add(.barrierArrive, .barrierArrive, "t\(task)", "b", "", number: 1) }
        for task in 0..<events / 2 { builder.add(.barrierLeave, .barrierLeave, "t\(task)", "b", "", number: 1) }
        return builder.batch
    }

    /// Tasks that merge their clocks into one object which others then wait for and race.
    private static func mergedSignal(_ events: Int) -> EventBatch {
        var builder = Columns.Builder(service: "api", flags: .totallyOrdered)
        for task in 0..<events / 3 { builder.add(.synchronisation, .releaseMerge, "t\(task)", "s", "") }
        for task in 0..<events / 3 {
            builder.add(.synchronisation, .acquire, "u\(task)", "s", "")
            builder.access(.write, "u\(task)", "v\(task % 3)", "", "")
        }
        return builder.batch
    }

    /// Objects that only the order of one lock protects: each is a race that a schedule proves.
    private static func predicted(_ events: Int) -> EventBatch {
        var builder = Columns.Builder(service: "api", flags: .totallyOrdered)
        for object in 0..<events / 2 { builder.access(.write, "a", word(object), "", "") }
        for task in ["a", "b"] {
            builder.add(.lockAcquire, .lockAcquire, task, "l", "Lock")
            builder.add(.lockRelease, .lockRelease, task, "l", "Lock")
        }
        for object in 0..<events / 2 { builder.access(.write, "b", word(object), "", "") }
        return builder.batch
    }

    /// Objects that one task looks at before another one makes them, and a third uses twice.
    private static func initialised(_ events: Int) -> EventBatch {
        var builder = Columns.Builder(service: "api", flags: [])
        for object in 0..<events / 4 { builder.access(.read, "a", "v\(object)", "", "null") }
        for object in 0..<events / 4 { builder.access(.write, "b", "v\(object)", "null", "1") }
        for object in 0..<events / 2 { builder.access(.read, "c", "v\(object % (events / 4))", "", "1") }
        return builder.batch
    }

    /// One transaction that writes and reads one row for ever, while somebody else reads it.
    private static func oneTransaction(_ events: Int) -> EventBatch {
        var builder = Columns.Builder(service: "shop", flags: .totallyOrdered)
        builder.add(.transactionBegin, .transactionBegin, "t", "read committed", "x")
        for step in 0..<events / 3 {
            let value = Array(String(step).utf8)
            builder.add(.dataWrite, .dataWrite, "t", "db/rows/1", "x", value: value)
            builder.add(.dataRead, .dataRead, "t", "db/rows/1", "x", value: value)
            builder.add(.dataRead, .dataRead, "u", "db/rows/1", "y\(step)", value: value)
        }
        builder.add(.transactionCommit, .transactionCommit, "t", "", "x")
        return builder.batch
    }

    /// Transactions of fifty tasks that read and write one row, as the text of statements.
    private static func statements(_ events: Int) -> EventBatch {
        var builder = Columns.Builder(service: "shop", flags: .totallyOrdered)
        for transaction in 0..<events / 4 {
            let task = "t\(transaction % 50)"
            let texts = [
                "BEGIN", "SELECT balance FROM accounts WHERE id = 1",
                "UPDATE accounts SET balance = \(transaction) WHERE id = 1", "COMMIT",
            ]
            for text in texts { builder.add(.databaseQuery, .none, task, text, "db") }
        }
        return builder.batch
    }

    /// A name without digits, so that no two objects are one pattern.
    private static func word(_ number: Int) -> String {
        "v"
            + String(number, radix: 10).map { String(UnicodeScalar(UInt8(ascii: "a") + UInt8($0.hexDigitValue ?? 0))) }
            .joined()
    }
}
