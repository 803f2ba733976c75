/// One row of an ``EventBatch``: fixed width, no heap, symbols and ranges relative to the batch that holds it.
public struct Event: Sendable {
    /// Identity within the trace; the position in the file for formats without ids.
    public var id: EventID = .none
    /// The trace.
    public var trace: TraceID = .zero
    /// The causal parent, or ``EventID/none``.
    public var parent: EventID = .none
    /// Nanoseconds since 1970 UTC by the sender's clock; the position for formats without time.
    public var timestamp: Int64 = 0
    /// Nanoseconds, or -1 when unknown.
    public var duration: Int64 = -1
    /// The client's per-task sequence number, or -1.
    public var sequence: Int64 = -1
    /// The client's own clock component within one span, or -1.
    public var ownClock: Int64 = -1
    /// Index into ``EventBatch/processes``.
    public var process: UInt32 = 0
    /// Thread, goroutine, async task or request handler, unique within the process.
    public var thread: Symbol = .empty
    /// The span the event belongs to, and the caller's span.
    public var span: Symbol = .empty
    public var upstreamSpan: Symbol = .empty
    /// What the sender called it, and what it means.
    public var kind: EventKind = .unknown
    public var operation: Operation = .none
    public var flags: EventFlags = []
    /// The variable, lock, channel, barrier, row or function the event concerns.
    public var object: Symbol = .empty
    /// A second name: task id, message id, transaction id, lock type, HTTP method, unknown kind's tag.
    public var subject: Symbol = .empty
    /// `file:line` or whatever the sender calls the place.
    public var location: Symbol = .empty
    /// Capacity, generation, status, row count: see ``Operation``; -1 when absent.
    public var number: Int64 = -1
    /// JSON text of the value before and after, verbatim. A read carries what it saw in `newValue`.
    public var oldValue: ByteRange = .none
    public var newValue: ByteRange = .none
    /// Verbatim JSON of the `kind` object, the `metadata` object, the clock vector and the lock set as sent.
    public var kindPayload: ByteRange = .none
    public var metadataPayload: ByteRange = .none
    public var vectorPayload: ByteRange = .none
    public var lockSetPayload: ByteRange = .none
    /// Slice of ``EventBatch/vectorEntries``: the sender's clock vector, decoded.
    public var vector: ByteRange = .none

    /// An event with nothing set.
    @inlinable
    public init() {}
}

/// One component of a clock vector that a client sent.
public struct VectorEntry: Hashable, Sendable {
    /// Component name, usually `service#instance`.
    public var component: Symbol
    /// Its value.
    public var value: UInt64

    /// Makes an entry.
    @inlinable
    public init(component: Symbol, value: UInt64) {
        self.component = component
        self.value = value
    }
}
