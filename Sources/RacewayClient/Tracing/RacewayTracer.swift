public import Logging
public import ServiceLifecycle
import Synchronization
import TraceContext
public import Tracing

/// A backend for swift-distributed-tracing that also records accesses to shared state and sends everything to Raceway.
///
/// ```swift
/// let tracer = RacewayTracer(.init(service: "bank"), server: "http://127.0.0.1:8080")
/// InstrumentationSystem.bootstrap(tracer)
/// try await ServiceGroup(services: [tracer, application], logger: logger).run()
/// ```
///
/// Recording never throws, never waits for the network, and is bounded in memory. The exporter runs inside ``run()``;
/// without it events only fill the buffer.
public final class RacewayTracer: Tracer, Service {
    public typealias Span = RacewaySpan

    let recorder: Recorder
    private let exporter: Exporter

    /// Makes a tracer that sends events through `transport`.
    public init(_ configuration: TracerConfiguration, transport: any EventTransport, logger: Logger? = nil) {
        recorder = Recorder(configuration)
        exporter = Exporter(recorder: recorder, transport: transport, logger: logger)
    }

    /// Makes a tracer that sends events to a server.
    ///
    /// - Parameters:
    ///   - server: `http://host:port`; without one `RACEWAY_ENDPOINT` of the environment, else `http://127.0.0.1:8080`.
    ///   - key: API key; without one `RACEWAY_KEY` of the environment.
    public convenience init(
        _ configuration: TracerConfiguration,
        server: String? = nil,
        key: String? = nil,
        logger: Logger? = nil
    ) {
        let endpoint = server ?? TracerConfiguration.variable("RACEWAY_ENDPOINT") ?? "http://127.0.0.1:8080"
        let transport = HTTPTransport(server: endpoint, key: key ?? TracerConfiguration.variable("RACEWAY_KEY"))
        self.init(configuration, transport: transport, logger: logger)
    }

    /// Sends events until the service group shuts down or the task is cancelled, and then what is left, within
    /// ``TracerConfiguration/shutdownLimit``.
    public func run() async throws { await exporter.run() }

    /// Sends what was recorded before the call; returns when it was delivered or given up.
    public func flush() async { await exporter.drain() }

    /// What became of the events so far.
    public var statistics: TracerStatistics { exporter.statistics }
}

// MARK: - Spans

extension RacewayTracer {
    /// Begins a span: in the trace of `context`, in the trace whose headers were extracted into it, or in a new one.
    ///
    /// The span belongs to the task that runs; where none is known it begins one.
    public func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> InstrumentationContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> RacewaySpan {
        var context = context()
        let record = SpanRecord(
            name: operationName,
            kind: kind,
            function: function,
            location: SourceLocation(fileID, line),
            start: recorder.now
        )
        var generator = SystemRandomNumberGenerator()
        let outer = context[PositionKey.self]
        let task = (Position.current ?? outer)?.task ?? TaskState(using: &generator)
        let propagation = propagation(in: context, under: outer, using: &generator)
        let position = Position(recorder: recorder, task: task, propagation: propagation, span: record)
        context[PositionKey.self] = position
        context[IncomingKey.self] = nil
        position.record(kind == .server ? .request(record) : .spanStart(record))
        return RacewaySpan(record: record, position: position, context: context)
    }

    private func propagation(
        in context: InstrumentationContext,
        under outer: Position?,
        using generator: inout SystemRandomNumberGenerator
    ) -> PropagationContext {
        if let incoming = context[IncomingKey.self] {
            return PropagationContext(continuing: incoming, using: &generator)
        }
        return outer?.propagation.child(using: &generator) ?? PropagationContext(using: &generator)
    }

    /// Legacy spelling of ``startSpan(_:context:ofKind:at:function:file:line:)``.
    public func startAnySpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> InstrumentationContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> any Tracing.Span {
        startSpan(
            operationName,
            context: context(),
            ofKind: kind,
            at: instant(),
            function: function,
            file: fileID,
            line: line
        )
    }

    /// Asks the exporter to send soon; does not wait. See ``flush()``.
    public func forceFlush() { recorder.buffer.requestFlush() }
}

// MARK: - Headers

extension RacewayTracer {
    /// Reads `traceparent`, `tracestate`, `baggage` and `raceway-clock`. What is not valid is left out; it never fails.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout InstrumentationContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        let headers = PropagationHeader.allCases.compactMap { header in
            extractor.extract(key: header.rawValue, from: carrier).map { (name: header.rawValue, value: $0) }
        }
        continueTrace(headers, into: &context)
    }

    /// ``extract(_:into:using:)`` of header lines, for carriers that keep the lines of one name apart.
    ///
    /// Two `traceparent` lines are an error that a carrier which returns only one of them would hide.
    public func continueTrace(
        _ headers: some Sequence<(name: String, value: String)>,
        into context: inout InstrumentationContext
    ) {
        let incoming = IncomingContext(headers: headers)
        if !incoming.baggage.isEmpty { context.baggage = incoming.baggage }
        guard incoming.parent != nil || incoming.clock != nil else { return }
        context[IncomingKey.self] = incoming
    }

    /// Writes the headers for a request that is sent now, from the span in `context`.
    ///
    /// Call it once a request. In a client span it also notes the request itself.
    public func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        for header in headers(from: context) { injector.inject(header.value, forKey: header.name, into: &carrier) }
    }

    /// The headers for a request that is sent now.
    func headers(from context: InstrumentationContext) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        guard let position = context[PositionKey.self] else {
            if let value = context.baggage.headerValue { headers.append((PropagationHeader.baggage.rawValue, value)) }
            return headers
        }
        let count = noteRequest(at: position)
        var propagation = position.propagation
        propagation.baggage = context.baggage
        let configuration = recorder.configuration
        let identity = PropagationContext.Identity(service: configuration.service, instance: configuration.instance)
        // Sending ticks the component once more, to the count of the event.
        let before = ClockVector.Component(name: identity.component, value: count - 1)
        propagation.clock.merge(ClockVector(CollectionOfOne(before)))
        var generator = SystemRandomNumberGenerator()
        propagation.inject(into: &headers, as: configuration.sendsClock ? identity : nil, using: &generator)
        return headers
    }

    private func noteRequest(at position: Position) -> UInt64 {
        guard let span = position.span, span.kind == .client else { return recorder.tick() }
        span.values.withLock { $0.hasSentRequest = true }
        return position.record(.request(span)).clock
    }
}
