import Testing
import TraceContext
import TraceModel

@Suite struct `Conformance vectors` {
    @Test(arguments: PropagationVector.cases("traceparent"))
    func `traceparent is read as the vectors say`(vector: PropagationVector) {
        let incoming = IncomingContext(headers: vector.pairs)
        checkParent(incoming, vector)
        #expect(incoming.parent?.parent.description == vector.expect.parent)
        if let parent = incoming.parent, let flags = vector.expect.flags {
            #expect(parent.headerValue == "00-\(parent.trace.hex)-\(parent.parent)-\(flags)")
        }
    }

    @Test(arguments: PropagationVector.cases("tracestate"))
    func `tracestate is read and sent on as the vectors say`(vector: PropagationVector) {
        let incoming = IncomingContext(headers: vector.pairs)
        checkParent(incoming, vector)
        #expect(incoming.state.headerValue() == vector.expect.tracestate)
    }

    @Test(arguments: PropagationVector.cases("baggage"))
    func `baggage is read and sent on as the vectors say`(vector: PropagationVector) {
        let incoming = IncomingContext(headers: vector.pairs)
        checkParent(incoming, vector)
        #expect(incoming.baggage.members.map(PropagationVector.Member.init) == vector.expect.baggage)
        #expect(incoming.baggage.headerValue == vector.expect.baggageSent)
    }

    @Test(arguments: PropagationVector.cases("raceway-clock"))
    func `raceway-clock is read as the vectors say and survives being sent`(vector: PropagationVector) throws {
        let incoming = IncomingContext(headers: vector.pairs)
        checkParent(incoming, vector)
        let clock = incoming.clock.map {
            PropagationVector.Clock(
                trace: $0.trace.description,
                span: $0.span,
                parentSpan: $0.parentSpan,
                service: $0.service,
                instance: $0.instance,
                clock: $0.clock.components.map { .init(name: $0.name, value: $0.value) }
            )
        }
        #expect(clock == vector.expect.clock)
        if let read = incoming.clock { #expect(try RacewayClock(parsing: read.headerValue) == read) }
    }

    private func checkParent(_ incoming: IncomingContext, _ vector: PropagationVector) {
        #expect(incoming.parent?.trace.hex == vector.expect.trace)
        #expect(incoming.problems.map { "\($0.header.rawValue)/\($0.code)" } == vector.expect.problems)
        // A bad header costs its neighbours nothing: whatever came, there is a position to continue from.
        var generator = Seeded(1)
        let context = PropagationContext(continuing: incoming, using: &generator)
        #expect(context.trace != .zero)
        #expect(context.parent != nil)
    }
}
