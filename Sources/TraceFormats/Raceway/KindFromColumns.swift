import TraceModel

/// The `kind` object of an event whose format sent none.
enum KindFromColumns {
    static func write(_ row: Int, of batch: borrowing EventBatch, into bytes: inout [UInt8]) {
        let operation = batch.operations[row]
        // A failed attempt has no word on the wire, and must not look like a lock that is held.
        guard let name = tag(of: operation), !batch.flags[row].contains(.failed) else {
            return step(row, of: batch, into: &bytes)
        }
        bytes.append(Byte.openBrace)
        RacewayJSONWriter.key(name, into: &bytes)
        bytes.append(Byte.openBrace)
        members(operation, row, of: batch, into: &bytes)
        RacewayJSONWriter.append("}}", to: &bytes)
    }

    private static func tag(of operation: TraceModel.Operation) -> StaticString? {
        switch operation {
        case .read, .write, .atomicRead, .atomicWrite, .atomicReadModifyWrite: "StateChange"
        case .fence: "MemoryFence"
        case .lockAcquire: "LockAcquire"
        case .lockRelease: "LockRelease"
        case .fork: "AsyncSpawn"
        case .join: "TaskJoin"
        case .await: "AsyncAwait"
        case .taskStart: "TaskStart"
        case .taskEnd: "TaskEnd"
        case .channelSend: "ChannelSend"
        case .channelReceive: "ChannelReceive"
        case .channelClose: "ChannelClose"
        case .signal: "Signal"
        case .wait: "Wait"
        case .barrierArrive: "BarrierArrive"
        case .barrierLeave: "BarrierLeave"
        case .transactionBegin: "TransactionBegin"
        case .transactionCommit: "TransactionCommit"
        case .transactionRollback: "TransactionRollback"
        case .dataRead: "DataRead"
        case .dataWrite: "DataWrite"
        case .none, .acquire, .release, .releaseMerge, .swap, .acquireRelease, .acquireAll, .callSend, .callReturn: nil
        }
    }

    private static func members(
        _ operation: TraceModel.Operation,
        _ row: Int,
        of batch: borrowing EventBatch,
        into bytes: inout [UInt8]
    ) {
        let event = batch[row]
        switch operation {
        case .read, .write, .atomicRead, .atomicWrite, .atomicReadModifyWrite:
            RacewayJSONWriter.member("variable", event.object, of: batch, into: &bytes)
            value("old_value", event.oldValue, of: batch, into: &bytes)
            value("new_value", event.newValue, of: batch, into: &bytes)
            location(event, of: batch, into: &bytes)
            word("access_type", accessType(operation), into: &bytes)
            if operation.isAtomic { word("memory_order", order(event.flags.memoryOrder), into: &bytes) }
        case .fence:
            word("ordering", order(event.flags.memoryOrder), into: &bytes)
            location(event, of: batch, into: &bytes)
        case .lockAcquire, .lockRelease:
            RacewayJSONWriter.member("lock_id", event.object, of: batch, into: &bytes)
            word("lock_type", event.flags.contains(.shared) ? "RwLock-Read" : "Mutex", into: &bytes)
            location(event, of: batch, into: &bytes)
        case .fork:
            RacewayJSONWriter.member("task_id", event.subject, of: batch, into: &bytes)
            RacewayJSONWriter.member("spawned_by", event.location, of: batch, into: &bytes)
        case .await:
            RacewayJSONWriter.member("future_id", event.subject, of: batch, into: &bytes)
            RacewayJSONWriter.member("awaited_at", event.location, of: batch, into: &bytes)
        case .join, .taskStart, .taskEnd:
            RacewayJSONWriter.member("task_id", event.subject, of: batch, into: &bytes)
            location(event, of: batch, into: &bytes)
        case .channelSend, .channelReceive, .channelClose:
            RacewayJSONWriter.member("channel", event.object, of: batch, into: &bytes)
            if !event.subject.isEmpty {
                RacewayJSONWriter.member("message_id", event.subject, of: batch, into: &bytes)
            }
            number(event.flags.contains(.numbered) ? "sequence" : "capacity", event.number, into: &bytes)
        case .signal, .wait: RacewayJSONWriter.member("object", event.object, of: batch, into: &bytes)
        case .barrierArrive, .barrierLeave:
            RacewayJSONWriter.member("barrier", event.object, of: batch, into: &bytes)
            number("generation", event.number, into: &bytes)
        case .transactionBegin, .transactionCommit, .transactionRollback:
            RacewayJSONWriter.member("transaction_id", event.subject, of: batch, into: &bytes)
            if !event.object.isEmpty { RacewayJSONWriter.member("isolation", event.object, of: batch, into: &bytes) }
        case .dataRead, .dataWrite:
            RacewayJSONWriter.member("key", event.object, of: batch, into: &bytes)
            if !event.subject.isEmpty {
                RacewayJSONWriter.member("transaction_id", event.subject, of: batch, into: &bytes)
            }
            number("version", event.number, into: &bytes)
            if !event.newValue.isEmpty { value("value", event.newValue, of: batch, into: &bytes) }
        default: break
        }
    }

    /// The two ends of a span are a call; what else the wire has no kind for is a step with a name.
    private static func step(_ row: Int, of batch: borrowing EventBatch, into bytes: inout [UInt8]) {
        let event = batch[row]
        switch event.kind {
        case .spanStart where event.operation == .none:
            RacewayJSONWriter.append("{\"FunctionCall\":{", to: &bytes)
            RacewayJSONWriter.member("function_name", event.object, of: batch, into: &bytes)
            RacewayJSONWriter.append(",\"module\":\"\",\"args\":null", to: &bytes)
            RacewayJSONWriter.member("file", event.location, of: batch, into: &bytes)
            RacewayJSONWriter.append(",\"line\":0}}", to: &bytes)
        case .spanEnd where event.operation == .none:
            RacewayJSONWriter.append("{\"FunctionReturn\":{", to: &bytes)
            RacewayJSONWriter.member("function_name", event.object, of: batch, into: &bytes)
            RacewayJSONWriter.append("}}", to: &bytes)
        default: custom(row, of: batch, into: &bytes)
        }
    }

    private static func custom(_ row: Int, of batch: borrowing EventBatch, into bytes: inout [UInt8]) {
        let event = batch[row]
        RacewayJSONWriter.append("{\"Custom\":{", to: &bytes)
        word("name", event.operation == .none ? "\(event.kind)" : "\(event.operation)", into: &bytes)
        RacewayJSONWriter.key("data", into: &bytes)
        bytes.append(Byte.openBrace)
        RacewayJSONWriter.member("object", event.object, of: batch, into: &bytes)
        location(event, of: batch, into: &bytes)
        RacewayJSONWriter.append("}}}", to: &bytes)
    }

    private static func location(_ event: Event, of batch: borrowing EventBatch, into bytes: inout [UInt8]) {
        RacewayJSONWriter.member("location", event.location, of: batch, into: &bytes)
    }

    private static func value(
        _ name: StaticString,
        _ range: ByteRange,
        of batch: borrowing EventBatch,
        into bytes: inout [UInt8]
    ) {
        RacewayJSONWriter.key(name, into: &bytes)
        if range.isEmpty { return RacewayJSONWriter.append("null", to: &bytes) }
        batch.withPayload(range) { bytes.append(contentsOf: $0) }
    }

    private static func word(_ name: StaticString, _ text: String, into bytes: inout [UInt8]) {
        RacewayJSONWriter.key(name, into: &bytes)
        bytes.append(Byte.quote)
        bytes.append(contentsOf: text.utf8)
        bytes.append(Byte.quote)
    }

    private static func number(_ name: StaticString, _ value: Int64, into bytes: inout [UInt8]) {
        guard value >= 0 else { return }
        RacewayJSONWriter.key(name, into: &bytes)
        Decimal.append(value, to: &bytes)
    }

    private static func accessType(_ operation: TraceModel.Operation) -> String {
        switch operation {
        case .write: "Write"
        case .atomicRead: "AtomicRead"
        case .atomicWrite: "AtomicWrite"
        case .atomicReadModifyWrite: "AtomicRMW"
        default: "Read"
        }
    }

    private static func order(_ order: EventFlags.MemoryOrder) -> String {
        switch order {
        case .sequentiallyConsistent: "SeqCst"
        case .relaxed: "Relaxed"
        case .acquire: "Acquire"
        case .release: "Release"
        case .acquireRelease: "AcqRel"
        }
    }
}
