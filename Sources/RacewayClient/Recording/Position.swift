public import Instrumentation
public import TraceContext

/// Where in which trace a flow of control is: what every event says beside what happened.
///
/// A class, so that finding it through the task-local context costs one pointer.
final class Position: Sendable {
    let recorder: Recorder
    let task: TaskState
    /// Trace, span, upstream span, and the clocks that came with the request.
    let propagation: PropagationContext
    /// The span that is open here, whose attributes an outgoing request is described by.
    let span: SpanRecord?

    init(recorder: Recorder, task: TaskState, propagation: PropagationContext, span: SpanRecord?) {
        self.recorder = recorder
        self.task = task
        self.propagation = propagation
        self.span = span
    }

    /// The position of the running task, or `nil` outside of every span of this library.
    static var current: Position? { InstrumentationContext.current?[PositionKey.self] }

    /// Notes an event here.
    @discardableResult
    func record(_ detail: EventDetail) -> EventRecord { recorder.record(detail, at: self) }

    /// The same place for another task.
    func moved(to task: TaskState) -> Position {
        Position(recorder: recorder, task: task, propagation: propagation, span: span)
    }
}

/// Under which the position travels in the task-local context.
enum PositionKey: InstrumentationContextKey {
    typealias Value = Position
    static var nameOverride: String? { "raceway-position" }
}

/// Under which the headers of a request travel from `extract` to the span that begins with them.
enum IncomingKey: InstrumentationContextKey {
    typealias Value = IncomingContext
    static var nameOverride: String? { "raceway-incoming" }
}

/// Under which the application's baggage travels.
enum BaggageKey: InstrumentationContextKey {
    typealias Value = Baggage
    static var nameOverride: String? { "baggage" }
}

extension InstrumentationContext {
    /// The application's values that travel with every request (W3C Baggage); empty when there are none.
    public var baggage: Baggage {
        get { self[BaggageKey.self] ?? Baggage() }
        set { self[BaggageKey.self] = newValue.isEmpty ? nil : newValue }
    }
}
