import JSONText
public import TraceModel

/// Writes ops JSONL, the format that any tracer can be converted to.
public enum OpsWriter {
    /// A log as ops JSONL. STD's transaction markers have no operation there and are left out.
    public static func text(of log: OperationLog) -> [UInt8] {
        var bytes: [UInt8] = []
        for index in 0..<log.count {
            guard let name = log.steps[index].opsName else { continue }
            line(
                name,
                task: log.taskName(log.tasks[index]),
                operand: (key(of: log.steps[index]), log.operandName(of: index)),
                location: log.location(of: index),
                timestamp: log.timestamps.isEmpty ? nil : log.timestamps[index],
                into: &bytes
            )
        }
        return bytes
    }

    /// Appends the line (for an atomic read-modify-write the two lines) of an event.
    ///
    /// The order of a batch is not an order of operations: the caller has sorted the rows of one trace.
    ///
    /// - Returns: false when the event means nothing that ops JSONL can say; nothing is appended then.
    @discardableResult
    public static func write(_ row: Int, of batch: borrowing EventBatch, into bytes: inout [UInt8]) -> Bool {
        let event = batch[row]
        let steps = steps(of: event)
        for step in steps {
            guard let name = step.opsName else { continue }
            let operand = step.operand == .task ? event.subject : event.object
            line(
                name,
                task: batch.symbols[event.thread],
                operand: (key(of: step), batch.symbols[operand]),
                location: batch.symbols[event.location],
                timestamp: event.flags.contains(.totallyOrdered) ? nil : event.timestamp,
                into: &bytes
            )
        }
        return !steps.isEmpty
    }

    private static func steps(of event: Event) -> [OperationStep] {
        let isShared = event.flags.contains(.shared)
        return switch event.operation {
        case .read: [.read]
        case .write: [.write]
        case .atomicRead: [.atomicRead]
        case .atomicWrite: [.atomicWrite]
        case .atomicReadModifyWrite: [.atomicRead, .atomicWrite]
        case .lockAcquire: [isShared ? .readLock : .lock]
        case .lockRelease: [isShared ? .readUnlock : .unlock]
        case .fork: [.fork]
        case .join, .await: [.join]
        case .taskEnd: [.end]
        case .acquire: [.acquire]
        case .release: [.release]
        case .releaseMerge: [.releaseMerge]
        case .swap: [.swap]
        case .acquireRelease: [.acquireRelease]
        case .acquireAll: [.acquireAll]
        default: []
        }
    }

    private static func key(of step: OperationStep) -> String? {
        switch step.operand {
        case .nothing: nil
        case .variable: "x"
        case .synchronisation: "s"
        case .task: "u"
        }
    }

    private static func line(
        _ name: String,
        task: String,
        operand: (key: String?, name: String),
        location: String,
        timestamp: Int64?,
        into bytes: inout [UInt8]
    ) {
        var json = JSONWriter()
        json.object { json in
            json.member("op", name)
            json.member("t", task)
            if let key = operand.key { json.member(key, operand.name) }
            if !location.isEmpty { json.member("loc", location) }
            if let timestamp { json.member("ts", timestamp) }
        }
        json.newline()
        bytes.append(contentsOf: json.bytes)
    }
}
