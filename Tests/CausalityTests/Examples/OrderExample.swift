import TraceModel

/// A small program with what docs/edges.md says about it.
struct OrderExample: Sendable, CustomStringConvertible {
    /// A sentence.
    var description: String
    var events: [EventSpec]
    /// Chains of ids, each before the next.
    var chains: [[UInt64]] = []
    /// Pairs of ids that nothing orders.
    var concurrent: [[UInt64]] = []
    var counts = ReferenceOrder.Counts()

    /// Every example, by rule.
    static let all = program + tasks + locks + objects + atomics + calls + contradictions
}

/// An event of an example: id, thread, time and meaning first.
func step(
    _ id: UInt64,
    _ thread: String,
    _ time: Int64,
    _ operation: Operation = .none,
    _ object: String = "",
    subject: String = "",
    number: Int64 = -1,
    flags: EventFlags = [],
    parent: UInt64 = 0,
    trace: UInt64 = 1,
    instance: String = "a",
    span: String = "",
    sequence: Int64 = -1,
    ownClock: Int64 = -1,
    order: EventFlags.MemoryOrder = .sequentiallyConsistent
) -> EventSpec {
    var spec = EventSpec(id: id, trace: trace, parent: parent, time: time)
    spec.thread = thread
    spec.operation = operation
    spec.kind = .custom
    spec.object = object
    spec.subject = subject
    spec.number = number
    spec.flags = flags
    spec.flags.memoryOrder = order
    spec.instance = instance
    spec.span = span
    spec.sequence = sequence
    spec.ownClock = ownClock
    return spec
}

/// A step of a call over the wire.
func call(
    _ id: UInt64,
    _ thread: String,
    _ time: Int64,
    _ kind: EventKind = .custom,
    span: String,
    upstream: String = "",
    ownClock: Int64 = -1,
    carries: UInt64? = nil,
    instance: String = "a"
) -> EventSpec {
    var spec = step(id, thread, time, instance: instance, span: span, ownClock: ownClock)
    spec.kind = kind
    spec.upstreamSpan = upstream
    spec.vector = carries.map { [.init(name: "app#a", value: $0)] } ?? []
    return spec
}
