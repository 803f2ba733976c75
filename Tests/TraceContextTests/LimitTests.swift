import Testing
import TraceContext
import TraceModel

@Suite struct `Header limits` {
    private func state(_ members: [(String, String)]) throws -> TraceState {
        try TraceState(parsing: [members.map { "\($0.0)=\($0.1)" }.joined(separator: ",")])
    }

    @Test func `shortening a tracestate removes whole entries, long ones first, then from the right`() throws {
        let long = String(repeating: "v", count: 200)
        let list = try state([("a", "1"), ("b", long), ("c", "3"), ("d", long), ("e", "5")])
        #expect(list.headerValue(limit: 10_000) == "a=1,b=\(long),c=3,d=\(long),e=5")
        #expect(list.headerValue(limit: 300) == "a=1,b=\(long),c=3,e=5")
        #expect(list.headerValue(limit: 100) == "a=1,c=3,e=5")
        #expect(list.headerValue(limit: 11) == "a=1,c=3,e=5")
        #expect(list.headerValue(limit: 10) == "a=1,c=3")
        #expect(list.headerValue(limit: 3) == "a=1")
        #expect(list.headerValue(limit: 2) == nil)
    }

    @Test func `an entry of 128 characters is not a long one`() throws {
        let short = String(repeating: "s", count: 126)
        let long = String(repeating: "l", count: 127)
        #expect(try state([("a", long), ("b", short)]).headerValue(limit: 128) == "b=\(short)")
    }

    @Test func `a full list of the largest members is shortened by default to one header line`() throws {
        let members = (0..<32).map {
            ("k\($0)" + String(repeating: "k", count: 200), String(repeating: "v", count: 256))
        }
        let sent = try #require(try state(members).headerValue())
        #expect(sent.utf8.count <= TraceState.bytesMax)
        #expect(sent.utf8.count > TraceState.bytesMax - 460)
        #expect(try TraceState(parsing: [sent]).headerValue() == sent)
    }

    @Test func `a changed entry moves to the left and the list keeps its length`() throws {
        var list = try state((0..<32).map { ("k\($0)", "\($0)") })
        let changed = list.set("k5", to: "new")
        #expect(changed)
        #expect(list.members.first?.key == "k5")
        #expect(list.members.count == 32)
        let added = list.set("raceway", to: "1")
        #expect(added)
        #expect(list.members.first?.key == "raceway")
        #expect(list.members.count == 32)
        #expect(list["k31"] == nil, "the right-most entry makes room")
        list.remove("raceway")
        #expect(list["raceway"] == nil)
    }

    @Test(arguments: [
        ("K", "1"), ("", "1"), ("k", ""), ("k", "a,b"), ("k", "a=b"), ("k", "a "), (" k", "1"), ("k=", "1"),
    ])
    func `an entry that breaks the grammar is not added`(key: String, value: String) throws {
        var list = try state([("a", "1")])
        let added = list.set(key, to: value)
        #expect(!added)
        #expect(list.headerValue() == "a=1")
    }

    @Test func `64 members and 8192 bytes of baggage are passed on unharmed`() {
        let many = (0..<64).map { "key\($0)=value" }.joined(separator: ",")
        #expect(Baggage.parse([many]).baggage.headerValue == many)
        let large = "a=" + String(repeating: "0123456789", count: 819)
        #expect(large.utf8.count == 8192)
        #expect(Baggage.parse([large]).baggage.headerValue == large)
        let full = (0..<180).map { "k\($0)=\(String(repeating: "v", count: 30))" }.joined(separator: ",")
        #expect(Baggage.parse([full]).baggage.headerValue == full)
    }

    @Test func `baggage beyond the limits loses whole members, and says how many`() {
        let tooMany = Baggage.parse([(0..<200).map { "k\($0)=v" }.joined(separator: ",")])
        #expect(tooMany.baggage.members.count == 180)
        #expect(tooMany.skipped == 20)
        #expect(tooMany.problem?.code == .tooManyMembers)
        let tooLong = Baggage.parse(["a=1", "b=" + String(repeating: "x", count: 8192), "c=3"])
        #expect(tooLong.baggage.headerValue == "a=1,c=3")
        #expect(tooLong.skipped == 1)
        #expect(tooLong.problem?.code == .tooLong)
    }

    @Test func `a member whose encoding grew beyond the limit is left out whole`() throws {
        var baggage = Baggage()
        baggage.set(try #require(Baggage.Member("blanks", String(repeating: " ", count: 3000))))
        baggage.set(try #require(Baggage.Member("kept", "1")))
        #expect(baggage.headerValue == "kept=1")
    }

    @Test func `setting a baggage member replaces every one of its key`() throws {
        var baggage = Baggage.parse(["a=1,b=2,a=3"]).baggage
        #expect(baggage["a"] == "3")
        baggage.set(try #require(Baggage.Member("a", "4")))
        #expect(baggage.headerValue == "b=2,a=4")
        baggage.remove("a")
        #expect(baggage.headerValue == "b=2")
        #expect(Baggage.Member("not a token", "1") == nil)
        #expect(Baggage.Property("", "1") == nil)
    }

    @Test func `a clock that does not fit loses components at the end, never the sender's own`() throws {
        var clock = ClockVector()
        for index in 0..<255 { clock.merge(ClockVector([.init(name: "service-\(index)#instance-\(index)", value: 1)])) }
        clock.tick("shop#shop-1")
        #expect(clock.components.count == 256)
        let sent = RacewayClock(
            trace: TraceID(high: 1, low: 2),
            span: "a",
            parentSpan: nil,
            service: "shop",
            instance: "shop-1",
            clock: clock
        )
        let line = sent.headerValue
        #expect(line.utf8.count <= RacewayClock.bytesMax)
        let read = try RacewayClock(parsing: line)
        #expect(read.clock["shop#shop-1"] == 1)
        #expect(read.clock["service-0#instance-0"] == 1)
        #expect(read.clock.components.count < 256)
    }

    @Test func `a vector clock counts, merges and never goes backwards`() {
        var clock = ClockVector([.init(name: "a", value: 2), .init(name: "a", value: 1)])
        #expect(clock["a"] == 2)
        #expect(clock["b"] == 0)
        let first = clock.tick("b")
        #expect(first == 1)
        clock.merge(ClockVector([.init(name: "a", value: 1), .init(name: "b", value: 9)]))
        #expect(clock.components == [.init(name: "a", value: 2), .init(name: "b", value: 9)])
        clock.merge(ClockVector([.init(name: "a", value: .max)]))
        let last = clock.tick("a")
        #expect(last == .max)
        for index in 0..<1000 { clock.tick("x\(index)") }
        #expect(clock.components.count == ClockVector.componentsMax)
    }

    /// Inputs of a megabyte: each has a clear answer, and memory and time stay proportional to the input.
    @Test(
        arguments: [
            ("tracestate", String(repeating: "a=1,", count: 262_144), "tooManyMembers"),
            ("tracestate", String(repeating: ",", count: 1_048_576), nil),
            ("tracestate", String(repeating: " ", count: 1_048_576), nil),
            ("tracestate", "k=" + String(repeating: "v", count: 1_048_576), "value"),
            ("tracestate", String(repeating: "k", count: 1_048_576), "separator"),
            ("tracestate", String(repeating: "\u{e9}", count: 524_288), "separator"),
            ("tracestate", "k=" + String(repeating: "\0", count: 1_048_576), "value"),
            ("baggage", String(repeating: "a,", count: 524_288), "separator"),
            ("baggage", String(repeating: "a=%ff;p,", count: 131_072), "tooManyMembers"),
            ("baggage", "k=" + String(repeating: "%", count: 1_048_576), "tooLong"),
            ("baggage", "k=v" + String(repeating: ";", count: 1_048_576), "tooLong"),
            ("raceway-clock", "v1;" + String(repeating: "W1tb", count: 262_144), "tooLong"),
        ] as [(String, String, String?)]
    )
    func `a megabyte of header has a clear answer`(header: String, value: String, problem: String?) {
        let line = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let incoming = IncomingContext(headers: [("traceparent", line), (header, value)])
        #expect(incoming.parent?.headerValue == line)
        #expect(incoming.problems.map(\.code.description) == (problem.map { [$0] } ?? []))
    }

    @Test func `a megabyte of traceparent restarts the trace`() {
        let future = "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-"
        let incoming = IncomingContext(headers: [("traceparent", future + String(repeating: "x", count: 1_048_576))])
        #expect(incoming.parent == nil)
        #expect(incoming.problems.map(\.code) == [.tooLong])
        let allowed = future + String(repeating: "x", count: TraceParent.bytesMax - future.utf8.count)
        #expect(IncomingContext(headers: [("traceparent", allowed)]).parent != nil)
    }

    @Test func `an error names header, place and rule, and never the value`() {
        let incoming = IncomingContext(headers: [("traceparent", "00-secret\u{1b}[31m")])
        let text = incoming.problems.map(\.description).joined()
        #expect(text == "traceparent is too short (tooShort at byte 14)")
    }
}
