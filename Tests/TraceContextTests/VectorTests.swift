public import ProtocolVectors
public import Testing
import TraceContext
import TraceModel

extension PropagationVector: CustomTestStringConvertible {
    public var testDescription: String { name }
}

@Suite struct `Conformance vectors` {
    @Test(arguments: vectors(.traceparent))
    func `traceparent is read as the vectors say`(vector: PropagationVector) {
        let incoming = IncomingContext(headers: vector.headers)
        checkParent(incoming, vector)
        #expect(incoming.parent?.parent.description == vector.expect.parent)
        if let parent = incoming.parent, let flags = vector.expect.flags {
            #expect(parent.headerValue == "00-\(parent.trace.hex)-\(parent.parent)-\(flags)")
        }
    }

    @Test(arguments: vectors(.tracestate))
    func `tracestate is read and sent on as the vectors say`(vector: PropagationVector) {
        let incoming = IncomingContext(headers: vector.headers)
        checkParent(incoming, vector)
        #expect(incoming.state.headerValue() == vector.expect.tracestate)
    }

    @Test(arguments: vectors(.baggage))
    func `baggage is read and sent on as the vectors say`(vector: PropagationVector) {
        let incoming = IncomingContext(headers: vector.headers)
        checkParent(incoming, vector)
        #expect(incoming.baggage.members.map(PropagationVector.Member.init) == vector.expect.baggage)
        #expect(incoming.baggage.headerValue == vector.expect.baggageSent)
    }

    @Test(arguments: vectors(.racewayClock))
    func `raceway-clock is read as the vectors say and survives being sent`(vector: PropagationVector) throws {
        let incoming = IncomingContext(headers: vector.headers)
        checkParent(incoming, vector)
        #expect(incoming.clock.map(PropagationVector.Clock.init) == vector.expect.clock)
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

/// The cases of one file for a test's arguments; none when it cannot be read, which another test notices.
private func vectors(_ file: ProtocolVectors.File) -> [PropagationVector] {
    (try? ProtocolVectors.propagation(file)) ?? []
}

@Suite struct `The files of vectors` {
    @Test(arguments: [ProtocolVectors.File.traceparent, .tracestate, .baggage, .racewayClock])
    func `can be read`(file: ProtocolVectors.File) throws {
        #expect(try ProtocolVectors.propagation(file).count > 30)
    }

    @Test func `of recordings can be read`() throws {
        #expect(try ProtocolVectors.recordings().count > 10)
    }
}
