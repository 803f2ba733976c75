import TraceModel

/// An event as a test writes it: text instead of symbols, so that it survives being moved between batches.
struct EventSpec: Hashable, Sendable {
    /// One entry of the clock vector that a client sent.
    struct Component: Hashable, Sendable {
        var name: String
        var value: UInt64
    }

    var id: UInt64
    var trace: UInt64 = 1
    /// 0 for none.
    var parent: UInt64 = 0
    var time: Int64 = 0
    var sequence: Int64 = -1
    var ownClock: Int64 = -1
    var service = "app"
    var instance = "a"
    var thread = "t"
    var span = ""
    var upstreamSpan = ""
    var kind: EventKind = .custom
    var operation: Operation = .none
    var flags: EventFlags = []
    var object = ""
    var subject = ""
    var location = ""
    var number: Int64 = -1
    var oldValue = ""
    var newValue = ""
    var vector: [Component] = []

    /// What tells two events with one identity apart; unique to the content.
    var payload: String {
        let texts = [thread, span, upstreamSpan, object, subject, location, oldValue, newValue]
        let numbers = [Int64(kind.rawValue), Int64(operation.rawValue), Int64(flags.rawValue), number, Int64(parent)]
        return (numbers.map(String.init) + texts + vector.map { "\($0.name)=\($0.value)" }).joined(separator: "|")
    }
}

extension EventSpec: CustomStringConvertible {
    /// Only what is set, so that a shrunk counterexample fits on a screen.
    var description: String {
        var parts = ["#\(id)", "\(service)/\(instance)/\(thread)", "@\(time)", "\(operation)"]
        func add(_ name: String, _ value: some CustomStringConvertible, unless absent: Bool) {
            if !absent { parts.append("\(name)=\(value)") }
        }
        add("kind", "\(kind)", unless: kind == .custom)
        add("object", object, unless: object.isEmpty)
        add("subject", subject, unless: subject.isEmpty)
        add("number", number, unless: number == -1)
        add("flags", String(flags.rawValue, radix: 2), unless: flags.isEmpty)
        add("trace", trace, unless: trace == 1)
        add("parent", parent, unless: parent == 0)
        add("span", span, unless: span.isEmpty)
        add("upstream", upstreamSpan, unless: upstreamSpan.isEmpty)
        add("sequence", sequence, unless: sequence == -1)
        add("own", ownClock, unless: ownClock == -1)
        add("vector", vector.map { "\($0.name)=\($0.value)" }.joined(separator: ","), unless: vector.isEmpty)
        return parts.joined(separator: " ")
    }
}

extension EventBatch {
    /// The events in the given order of arrival.
    init(_ specs: some Sequence<EventSpec>) {
        self.init()
        for spec in specs { append(spec) }
    }

    private mutating func append(_ spec: EventSpec) {
        var event = Event()
        event.id = EventID(high: 0, low: spec.id)
        event.trace = TraceID(high: 0, low: spec.trace)
        event.parent = EventID(high: 0, low: spec.parent)
        event.timestamp = spec.time
        event.sequence = spec.sequence
        event.ownClock = spec.ownClock
        event.process = intern(
            ProcessKey(
                service: symbols.intern(spec.service),
                instance: symbols.intern(spec.instance),
                processID: 1
            )
        )
        event.thread = symbols.intern(spec.thread)
        event.span = symbols.intern(spec.span)
        event.upstreamSpan = symbols.intern(spec.upstreamSpan)
        event.kind = spec.kind
        event.operation = spec.operation
        event.flags = spec.flags
        event.object = symbols.intern(spec.object)
        event.subject = symbols.intern(spec.subject)
        event.location = symbols.intern(spec.location)
        event.number = spec.number
        event.kindPayload = appendPayload(spec.payload.utf8)
        if !spec.oldValue.isEmpty { event.oldValue = appendPayload(spec.oldValue.utf8) }
        if !spec.newValue.isEmpty { event.newValue = appendPayload(spec.newValue.utf8) }
        event.vector = appendVector(
            spec.vector.map { VectorEntry(component: symbols.intern($0.name), value: $0.value) }
        )
        append(event)
    }
}
