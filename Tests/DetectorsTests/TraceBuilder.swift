import TraceModel

/// Builds small totally ordered traces: one event a call, in the order of the calls.
final class TraceBuilder {
    private(set) var batch = EventBatch()
    private let process: UInt32

    init() {
        process = batch.intern(ProcessKey(service: .empty, instance: .empty, processID: 0))
    }

    /// Adds an event; `name` is the object, or the other task of a fork or join.
    @discardableResult
    func add(
        _ task: String,
        _ operation: Operation,
        _ name: String,
        shared: Bool = false,
        failed: Bool = false,
        at location: String = "",
        type: String = "",
        old: String? = nil,
        new: String? = nil
    ) -> Int {
        var event = Event()
        event.id = EventID(high: 0, low: UInt64(batch.count + 1))
        event.trace = TraceID(high: 1, low: 1)
        event.timestamp = Int64(batch.count + 1)
        event.process = process
        event.thread = batch.symbols.intern(task)
        event.operation = operation
        event.kind = .synchronisation
        event.flags = .totallyOrdered
        if shared { event.flags.insert(.shared) }
        if failed { event.flags.insert(.failed) }
        if operation == .fork || operation == .join {
            event.subject = batch.symbols.intern(name)
        } else {
            event.object = batch.symbols.intern(name)
            event.subject = batch.symbols.intern(type)
        }
        event.location = batch.symbols.intern(location)
        if let old { event.oldValue = batch.appendPayload(old.utf8) }
        if let new { event.newValue = batch.appendPayload(new.utf8) }
        batch.append(event)
        return batch.count - 1
    }
}
