import TraceModel

/// Makes the rows of one span: their ids, their chain of parents and what they have in common.
struct SpanRows {
    private let span: Span
    private let isServer: Bool
    private let process: UInt32
    private let symbol: Symbol
    /// The task of the span.
    let thread: Symbol
    private let cause: EventID
    private var count: UInt64 = 0
    private var last = EventID.none

    /// - Parameter cause: the row that the first one follows.
    init(_ span: Span, task: String, cause: EventID, batch: inout EventBatch) {
        self.span = span
        self.cause = cause
        isServer = SpanForest.key(of: span).isServer
        process = batch.intern(
            ProcessKey(
                service: batch.symbols.intern(span.service),
                instance: batch.symbols.intern(span.instance),
                processID: 0
            )
        )
        symbol = batch.symbols.intern(span.id)
        thread = batch.symbols.intern(task)
    }

    /// A row of the span with nothing but its place.
    func row(_ kind: EventKind, _ operation: Operation = .none, at time: Int64) -> Event {
        var event = Event()
        event.trace = span.trace
        event.kind = kind
        event.operation = operation
        event.timestamp = time
        event.process = process
        event.thread = thread
        event.span = symbol
        return event
    }

    /// Appends a row behind the last one of its task within the span.
    mutating func append(_ row: Event, to batch: inout EventBatch) {
        count += 1
        var event = row
        event.id = Self.id(span.id, isServer: isServer, count)
        if count == 1 {
            event.parent = cause
        } else if event.thread == thread {
            event.parent = last
        } else {
            // Another task recorded on this span: it follows the start, and nothing else here.
            event.parent = Self.id(span.id, isServer: isServer, 1)
        }
        if event.thread == thread { last = event.id }
        batch.append(event)
    }

    /// The row of a span's start.
    static func start(of span: Span) -> EventID {
        id(span.id, isServer: SpanForest.key(of: span).isServer, 1)
    }

    /// The id of a span's *n*-th row: the same whenever the span is projected.
    static func id(_ span: String, isServer: Bool, _ n: UInt64) -> EventID {
        let value = SpanIdentifiers.paddedSpan(span).flatMap { UInt64($0, radix: 16) }
        return EventID(
            high: value ?? SpanIdentifiers.fingerprint(span.utf8),
            low: (isServer ? 1 << 62 : 0) | (n & (1 << 62 - 1))
        )
    }

    /// Numbers the rows from a hash of a log record, since its neighbours of the same span are not known.
    mutating func number(from moment: Span.Moment) {
        var text = moment.name + "\(moment.timestamp)"
        for attribute in moment.attributes { text += "\0" + attribute.key + "\0" + attribute.value.text }
        // Rows of one record are few, so clearing the low bits keeps them apart.
        count = (SpanIdentifiers.fingerprint(text.utf8) >> 2) & ~0xff | 0x100
    }
}
