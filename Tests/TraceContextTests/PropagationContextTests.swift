import Testing
import TraceContext
import TraceModel

@Suite struct `Propagation context` {
    private let line = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private func value(_ name: String, in headers: [(name: String, value: String)]) -> String? {
        let found = headers.filter { $0.name == name }
        #expect(found.count <= 1, "\(name) was sent \(found.count) times")
        return found.first?.value
    }

    @Test func `a trace id and its UUID are two spellings of one value`() throws {
        let parent = try TraceParent(parsing: line)
        #expect(parent.trace.description == "0af76519-16cd-43dd-8448-eb211c80319c")
        #expect(parent.trace == TraceID("0AF76519-16CD-43DD-8448-EB211C80319C"))
        #expect(parent.headerValue == line)
    }

    @Test func `three calls of one request share the trace and have a parent each`() {
        var generator = Seeded(7)
        let incoming = IncomingContext(headers: [("traceparent", line)])
        let context = PropagationContext(continuing: incoming, using: &generator)
        var parents: Set<SpanID> = [context.span]
        for _ in 0..<3 {
            var call = context.child(using: &generator)
            var headers: [(name: String, value: String)] = []
            call.inject(into: &headers, using: &generator)
            let sent = IncomingContext(headers: headers).parent
            #expect(sent?.trace == context.trace)
            #expect(call.upstream == context.span.description)
            if let sent { parents.insert(sent.parent) }
        }
        #expect(parents.count == 4)
        #expect(context.upstream == "b7ad6b7169203331")
    }

    @Test(arguments: [nil, "00-00000000000000000000000000000000-b7ad6b7169203331-01", "ff-junk"])
    func `without a valid traceparent a new random trace starts`(line: String?) {
        var generator = Seeded(3)
        let headers = line.map { [(name: "traceparent", value: $0), (name: "tracestate", value: "foo=1")] } ?? []
        let incoming = IncomingContext(headers: headers)
        let first = PropagationContext(continuing: incoming, using: &generator)
        let second = PropagationContext(continuing: incoming, using: &generator)
        #expect(first.trace != second.trace)
        #expect(first.upstream.isEmpty)
        #expect(first.flags == [.sampled, .random])
        #expect(first.state.isEmpty)
    }

    @Test func `a continued trace keeps the random flag as it came`() {
        var generator = Seeded(5)
        for (flags, expected) in [
            ("00", TraceFlags()), ("01", .sampled), ("02", .random), ("03", [.sampled, .random]),
        ] {
            let incoming = IncomingContext(headers: [("traceparent", line.dropLast(2) + flags)])
            let context = PropagationContext(continuing: incoming, using: &generator)
            #expect(context.child(using: &generator).flags == expected)
        }
    }

    @Test func `baggage travels also without a trace`() {
        var generator = Seeded(5)
        var context = PropagationContext(
            continuing: IncomingContext(headers: [("Baggage", "user=alice")]),
            using: &generator
        )
        var headers: [(name: String, value: String)] = []
        context.inject(into: &headers, using: &generator)
        #expect(value("baggage", in: headers) == "user=alice")
    }

    @Test func `injecting replaces what was there in any case and leaves other headers`() throws {
        var generator = Seeded(9)
        var context = PropagationContext(using: &generator)
        var headers: [(name: String, value: String)] = [
            ("Accept", "*/*"), ("TraceParent", line), ("tracestate", "old=1"), ("TRACESTATE", "old=2"),
            ("baggage", "old=1"), ("Raceway-Clock", "v1;e30"), ("host", "example.test"),
        ]
        context.inject(into: &headers, using: &generator)
        #expect(headers.map(\.name) == ["Accept", "host", "traceparent"])
        let parent = try #require(context.parent)
        #expect(headers.last?.value == parent.headerValue)
    }

    @Test func `sending with an identity ticks its component and chooses the receiver's span`() throws {
        var generator = Seeded(11)
        var sender = PropagationContext(using: &generator)
        let shop = PropagationContext.Identity(service: "shop", instance: "shop-1")
        sender.clock.tick(shop.component)
        var headers: [(name: String, value: String)] = []
        sender.inject(into: &headers, as: shop, using: &generator)
        #expect(sender.clock["shop#shop-1"] == 2)

        let incoming = IncomingContext(headers: headers)
        let clock = try #require(incoming.clock)
        #expect(clock.parentSpan == sender.span.description)
        #expect(clock.service == "shop")
        #expect(clock.instance == "shop-1")
        #expect(clock.clock["shop#shop-1"] == 2)
        #expect(clock.span != sender.span.description)

        let receiver = PropagationContext(continuing: incoming, using: &generator)
        #expect(receiver.trace == sender.trace)
        #expect(receiver.span.description == clock.span)
        #expect(receiver.upstream == sender.span.description)
        #expect(receiver.clock["shop#shop-1"] == 2)

        var again: [(name: String, value: String)] = []
        sender.inject(into: &again, as: shop, using: &generator)
        let second = try #require(IncomingContext(headers: again).clock)
        #expect(second.span != clock.span, "each call has its own receiver span")
        #expect(second.clock["shop#shop-1"] == 3)
    }

    @Test func `an existing SDK names our span in both headers and the caller's in the clock`() throws {
        var generator = Seeded(13)
        var headers: [(name: String, value: String)] = [("traceparent", line)]
        let sent = RacewayClock(
            trace: TraceID(high: 0x0af7_6519_16cd_43dd, low: 0x8448_eb21_1c80_319c),
            span: "b7ad6b7169203331",
            parentSpan: "00f067aa0ba902b7",
            service: "web",
            instance: "web-1",
            clock: ClockVector([.init(name: "web#web-1", value: 5)])
        )
        headers.append(("raceway-clock", sent.headerValue))
        let receiver = PropagationContext(continuing: IncomingContext(headers: headers), using: &generator)
        #expect(receiver.span.description == "b7ad6b7169203331")
        #expect(receiver.upstream == "00f067aa0ba902b7")
    }

    @Test func `an opaque receiver span is not taken over but the caller's span is`() throws {
        var generator = Seeded(17)
        var clock = try RacewayClock(parsing: clockLine(span: "span-b", parent: "span-a"))
        let incoming = IncomingContext(headers: [("raceway-clock", clock.headerValue)])
        let receiver = PropagationContext(continuing: incoming, using: &generator)
        #expect(receiver.upstream == "span-a")
        #expect(SpanID(hex: receiver.span.description) != nil)
        clock.parentSpan = nil
        let orphan = PropagationContext(
            continuing: IncomingContext(headers: [("raceway-clock", clock.headerValue)]),
            using: &generator
        )
        #expect(orphan.upstream.isEmpty)
    }

    @Test func `a span is never its own cause`() throws {
        var generator = Seeded(19)
        var headers: [(name: String, value: String)] = [("traceparent", line)]
        headers.append(("raceway-clock", try clockLine(span: "b7ad6b7169203331", parent: nil)))
        let receiver = PropagationContext(continuing: IncomingContext(headers: headers), using: &generator)
        #expect(receiver.span.description == "b7ad6b7169203331")
        #expect(receiver.upstream.isEmpty)
    }

    @Test func `a generator that only gives zero cannot hang or make an invalid header`() throws {
        struct Zero: RandomNumberGenerator {
            mutating func next() -> UInt64 { 0 }
        }
        var zero = Zero()
        let context = PropagationContext(using: &zero)
        let parent = try #require(context.parent)
        #expect(try TraceParent(parsing: parent.headerValue) == parent)
    }

    private func clockLine(span: String, parent: String?) throws -> String {
        RacewayClock(
            trace: TraceID(high: 0x0af7_6519_16cd_43dd, low: 0x8448_eb21_1c80_319c),
            span: span,
            parentSpan: parent,
            service: "web",
            instance: "web-1",
            clock: ClockVector()
        ).headerValue
    }
}
