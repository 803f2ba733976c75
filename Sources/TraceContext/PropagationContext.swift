public import TraceModel

/// The position of one unit of work in its trace, and all that travels with it to the next process.
///
/// A value: it draws identifiers from the generator that the caller passes, reads no clock, and keeps no state
/// elsewhere.
public struct PropagationContext: Sendable, Hashable {
    /// The service and instance whose events the vector clock counts.
    public struct Identity: Sendable, Hashable {
        /// Service name.
        public var service: String
        /// Instance id.
        public var instance: String

        /// Makes an identity.
        public init(service: String, instance: String) {
            self.service = service
            self.instance = instance
        }

        /// Its component in a vector clock.
        public var component: String { "\(service)#\(instance)" }
    }

    /// The trace; never zero.
    public private(set) var trace: TraceID
    /// The span of this unit of work.
    public private(set) var span: SpanID
    /// The span that caused it, here or in the calling process; empty for a root.
    public private(set) var upstream: String
    /// Flags to pass on.
    public var flags: TraceFlags
    /// Entries of tracing systems to pass on.
    public var state: TraceState
    /// Values of the application to pass on.
    public var baggage: Baggage
    /// What this process knows of the others and of itself.
    public var clock: ClockVector

    /// Starts a trace. Every bit of its id is random, so the random flag is set.
    public init(using generator: inout some RandomNumberGenerator, flags: TraceFlags = .sampled) {
        trace = TraceID(using: &generator)
        span = SpanID(using: &generator)
        upstream = ""
        self.flags = flags.union(.random)
        state = TraceState()
        baggage = Baggage()
        clock = ClockVector()
    }

    /// Continues what a request brought, or starts a trace when it brought none.
    ///
    /// A sender with a clock chose our span: its id is taken over when it is a W3C id, so that both sides name the same
    /// span. Any other span id is drawn here.
    public init(continuing incoming: IncomingContext, using generator: inout some RandomNumberGenerator) {
        self.init(using: &generator)
        baggage = incoming.baggage
        if let parent = incoming.parent {
            trace = parent.trace
            upstream = parent.parent.description
            flags = parent.flags
            state = incoming.state
        }
        if let sender = incoming.clock {
            trace = sender.trace
            if incoming.parent == nil { flags = .sampled }
            upstream = sender.parentSpan ?? upstream
            clock = sender.clock
            if let chosen = SpanID(hex: sender.span) {
                span = chosen
                // A sender of the older kind repeats our own span in traceparent; nothing is its own cause.
                if upstream == sender.span { upstream = "" }
            }
        }
    }

    /// A unit of work caused by this one: same trace, its own span.
    public func child(using generator: inout some RandomNumberGenerator) -> PropagationContext {
        var child = self
        child.span = SpanID(using: &generator)
        child.upstream = span.description
        return child
    }

    /// This position as a `traceparent`: the receiver's parent is this span.
    public var parent: TraceParent? { TraceParent(trace: trace, parent: span, flags: flags) }

    /// Puts the headers of a request to another process into `headers`, replacing any that are there under these names
    /// in any case.
    ///
    /// With an `identity`, sending is an event of it: its component ticks, and `raceway-clock` carries the clock
    /// together with a fresh span id for the receiver. Without one, no clock is sent. Call it once a request; retries
    /// are requests of their own.
    public mutating func inject(
        into headers: inout [(name: String, value: String)],
        as identity: Identity? = nil,
        using generator: inout some RandomNumberGenerator
    ) {
        headers.removeAll { PropagationHeader(name: $0.name) != nil }
        func add(_ header: PropagationHeader, _ value: String?) {
            if let value { headers.append((header.rawValue, value)) }
        }
        add(.traceparent, parent?.headerValue)
        add(.tracestate, state.headerValue())
        add(.baggage, baggage.headerValue)
        guard let identity else { return }
        clock.tick(identity.component)
        let message = RacewayClock(
            trace: trace,
            span: SpanID(using: &generator).description,
            parentSpan: span.description,
            service: identity.service,
            instance: identity.instance,
            clock: clock
        )
        add(.racewayClock, message.headerValue)
    }
}
