import Synchronization
import TraceContext
import TraceModel
public import Tracing

/// A span of a ``RacewayTracer``: an interval of one task, with the events that happened in it.
///
/// A server span is recorded as a request and its response, any other as a call and its return.
public final class RacewaySpan: Tracing.Span {
    public let context: InstrumentationContext
    private let record: SpanRecord
    private let position: Position

    init(record: SpanRecord, position: Position, context: InstrumentationContext) {
        self.record = record
        self.position = position
        self.context = context
    }

    public var operationName: String {
        get { record.values.withLock { $0.name } }
        set { record.values.withLock { $0.name = newValue } }
    }

    public var attributes: SpanAttributes {
        get { record.values.withLock { $0.attributes } }
        set { record.values.withLock { $0.attributes = newValue } }
    }

    public var isRecording: Bool { !record.values.withLock { $0.isEnded } }

    public func setStatus(_ status: SpanStatus) {
        record.values.withLock { $0.isFailed = status.code == .error }
    }

    /// Notes the event with its attributes.
    public func addEvent(_ event: SpanEvent) {
        guard isRecording else { return }
        position.record(.note(name: event.name, data: Self.pairs(event.attributes)))
    }

    /// Notes the error's type and description.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        guard isRecording else { return }
        position.record(.failure(type: "\(type(of: error))", message: "\(error)"))
    }

    /// Notes which span is meant. Order comes from headers and forks, not from links.
    public func addLink(_ link: SpanLink) {
        guard isRecording, let target = link.context[PositionKey.self]?.propagation else { return }
        let place: [(key: String, value: RecordedValue)] = [
            ("trace_id", .text(target.trace.hex)), ("span_id", .text(target.span.description)),
        ]
        position.record(.note(name: "link", data: place + Self.pairs(link.attributes)))
    }

    /// Ends the span; only the first call counts.
    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let ended: (isFirst: Bool, isAnswered: Bool) = record.values.withLock { values in
            if values.isEnded { return (false, false) }
            values.isEnded = true
            return (true, values.hasSentRequest && !values.isFailed)
        }
        guard ended.isFirst else { return }
        let duration = max(0, position.recorder.now - record.start)
        if record.isServer {
            position.record(.response(record, duration: duration))
            return
        }
        // A call that failed may never have come back: its callee's end orders nothing.
        if ended.isAnswered { position.record(.response(record, duration: duration)) }
        position.record(.spanEnd(record, duration: duration))
    }

    private static func pairs(_ attributes: SpanAttributes) -> [(key: String, value: RecordedValue)] {
        var pairs: [(key: String, value: RecordedValue)] = []
        attributes.forEach { key, value in pairs.append((key, RecordedValue(value))) }
        return pairs.sorted { $0.key < $1.key }
    }
}
