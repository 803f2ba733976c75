import Causality
import Testing
import TraceFormats
import TraceModel

@Suite struct `Spans as events` {
    private let trace = TraceID(high: 7, low: 8)

    private func span(
        _ id: Int,
        parent: Int = 0,
        _ kind: Span.Kind,
        _ times: Range<Int64>,
        service: String = "s",
        instance: String = "i"
    ) -> Span {
        var span = Span(trace: trace, id: hex(id), parent: parent == 0 ? "" : hex(parent), name: "span \(id)")
        span.kind = kind
        span.start = times.lowerBound * 1_000
        span.end = times.upperBound * 1_000
        span.service = service
        span.instance = instance
        return span
    }

    private func span(_ id: Int, parent: Int = 0, _ times: Range<Int64>) -> Span {
        span(id, parent: parent, .internal, times)
    }

    private func hex(_ id: Int) -> String { String(repeating: "0", count: 14) + (id < 10 ? "0\(id)" : "\(id)") }

    private func access(
        _ kind: String,
        at time: Int64,
        _ object: String = "x",
        _ more: [Attribute] = []
    ) -> Span.Moment {
        let attributes = [
            Attribute("race.object.id", .string(object)), Attribute("race.access.kind", .string(kind)),
        ]
        return Span.Moment(timestamp: time * 1_000, name: "race.access", attributes: attributes + more)
    }

    /// The order of the accesses of two spans.
    private func accessesOrdered(_ spans: [Span]) -> (forward: Bool, backward: Bool) {
        var batch = EventBatch()
        SpanProjection.project(spans, into: &batch)
        let order = CausalOrder(batch)
        let rows = (0..<batch.count).filter { batch.operations[$0].isAccess }
        #expect(rows.count == 2)
        #expect(order.missing.cycles == 0)
        guard rows.count == 2 else { return (false, false) }
        let probe = ClockProbe(order.program, events: Set(rows.map(UInt32.init)))
        return (
            probe.happensBefore(UInt32(rows[0]), UInt32(rows[1])), probe.happensBefore(UInt32(rows[1]), UInt32(rows[0]))
        )
    }

    @Test func `spans that touch nothing make no events`() {
        var batch = EventBatch()
        #expect(SpanProjection.project([span(1, 0..<10), span(2, parent: 1, 2..<4)], into: &batch).isEmpty)
        #expect(batch.isEmpty)
    }

    @Test func `an access before a child starts in its own task is not ordered with the child's access`() {
        // The parent's start precedes the child, its later events do not.
        var parent = span(1, .server, 0..<100)
        parent.moments = [access("write", at: 5)]
        var child = span(2, parent: 1, 10..<20)
        child.attributes = [Attribute("race.task.id", .string("worker"))]
        child.moments = [access("write", at: 15)]
        let order = accessesOrdered([parent, child])
        #expect(!order.forward && !order.backward)
    }

    @Test func `a child without a task of its own continues its parent's task`() {
        var parent = span(1, .server, 0..<100)
        parent.moments = [access("write", at: 5)]
        var child = span(2, parent: 1, 10..<20)
        child.moments = [access("write", at: 15)]
        #expect(accessesOrdered([parent, child]) == (true, false))
    }

    @Test func `a server span opens a task even in its caller's process`() {
        var parent = span(1, .server, 0..<100)
        parent.moments = [access("write", at: 50)]
        var child = span(2, parent: 1, .server, 10..<20)
        child.moments = [access("write", at: 60)]
        let order = accessesOrdered([parent, child])
        #expect(!order.forward && !order.backward)
    }

    @Test func `two children of one span are concurrent, whatever the clock says`() {
        let parent = span(1, .server, 0..<100)
        var first = span(2, parent: 1, .consumer, 10..<20)
        first.moments = [access("write", at: 15)]
        var second = span(3, parent: 1, .consumer, 30..<40)
        second.moments = [access("write", at: 35)]
        let order = accessesOrdered([parent, first, second])
        #expect(!order.forward && !order.backward)
    }

    @Test(arguments: [true, false])
    func `an answered call orders what follows it, a failed one does not`(succeeds: Bool) {
        var root = span(1, .server, 0..<100)
        root.moments = [access("read", at: 80)]
        var client = span(2, parent: 1, .client, 10..<50)
        client.status = succeeds ? .unset : .error
        // The server's clock is far ahead: durations decide, not times.
        var server = span(3, parent: 2, .server, 5_010..<5_040, service: "t", instance: "j")
        server.moments = [access("write", at: 5_020)]
        server.moments[0].attributes.append(Attribute("race.object.scope", .string("global")))
        let order = accessesOrdered([root, client, server])
        #expect(order.backward == succeeds)
        #expect(!order.forward)
    }

    @Test func `both halves of a shared span pass order on`() {
        var client = span(2, .client, 10..<50)
        client.moments = [access("write", at: 5)]
        var server = span(2, .server, 20..<40, service: "t")
        server.shared = true
        server.moments = [access("read", at: 30)]
        // The write was recorded before the call began, in the caller's task.
        #expect(accessesOrdered([client, server]).backward == false)
        var batch = EventBatch()
        SpanProjection.project([client, server], into: &batch)
        #expect(Set(batch.ids).count == batch.count)
        let starts = (0..<batch.count).filter { batch.kinds[$0] == .spanStart }
        #expect(batch.parents[starts[1]] == batch.ids[starts[0]])
    }

    @Test(
        arguments: [
            ("spawn", false), ("message", false), ("follows", false), ("join", true),
        ])
    func `a link orders by its type`(type: String, endCounts: Bool) {
        var first = span(1, .consumer, 10..<20)
        first.moments = [access("write", at: 15)]
        var second = span(2, .consumer, 30..<40)
        second.moments = [access("write", at: 35)]
        let attributes = [Attribute("race.link.type", .string(type))]
        second.links = [Span.Link(trace: trace, span: hex(1), attributes: attributes)]
        let order = accessesOrdered([first, second])
        // The end of the linked span is after its access, its start is before it.
        #expect(order.forward == endCounts)
        #expect(!order.backward)
    }

    @Test func `a link to a span that is nowhere leaves a hole that is counted`() {
        var span = span(1, .consumer, 10..<20)
        span.moments = [access("write", at: 15)]
        span.links = [Span.Link(trace: TraceID(high: 9, low: 9), span: hex(5))]
        var batch = EventBatch()
        SpanProjection.project([span], into: &batch)
        #expect(CausalOrder(batch).missing.messages == 1)
        var found = self.span(5, .producer, 1..<5)
        found.trace = TraceID(high: 9, low: 9)
        var whole = EventBatch()
        SpanProjection.project([span, found], into: &whole)
        #expect(CausalOrder(whole).missing.messages == 0)
    }

    @Test func `joining a child orders what follows the join`() {
        var parent = span(1, .server, 0..<100)
        let join = [Attribute("race.link.type", .string("join"))]
        parent.links = [Span.Link(trace: trace, span: hex(2), attributes: join)]
        var child = span(2, parent: 1, .consumer, 10..<20)
        child.moments = [access("write", at: 15)]
        var after = span(3, 200..<210)
        after.links = [Span.Link(trace: trace, span: hex(1), attributes: join)]
        after.moments = [access("read", at: 205)]
        #expect(accessesOrdered([parent, child, after]) == (true, false))
    }

    @Test func `a message id orders producer and consumer of different traces`() {
        let messaging = [
            Attribute("messaging.system", .string("kafka")), Attribute("messaging.destination.name", .string("t")),
            Attribute("messaging.message.id", .string("m1")),
        ]
        var before = span(1, .server, 0..<30)
        before.moments = [access("write", at: 5, "x", [Attribute("race.object.scope", .string("global"))])]
        var producer = span(2, parent: 1, .producer, 10..<20)
        producer.attributes = messaging
        var consumer = span(3, .consumer, 10..<40, service: "t")
        consumer.trace = TraceID(high: 7, low: 9)
        consumer.attributes = messaging
        consumer.moments = [access("read", at: 15, "x", [Attribute("race.object.scope", .string("global"))])]
        #expect(accessesOrdered([before, producer, consumer]) == (true, false))
    }

    @Test func `race.seq orders a task against its clock`() {
        var span = span(1, .server, 0..<100)
        func numbered(_ kind: String, at time: Int64, _ number: Int64) -> Span.Moment {
            access(kind, at: time, "x", [Attribute("race.seq", .int(number))])
        }
        span.moments = [numbered("read", at: 50, 1), numbered("write", at: 40, 2), numbered("read", at: 60, 0)]
        var batch = EventBatch()
        SpanProjection.project([span], into: &batch)
        let order = CausalOrder(batch)
        let found = order.rows.map(Int.init).filter { batch.operations[$0].isAccess }
        #expect(found.map { batch.sequences[$0] } == [0, 1, 2])
        #expect(order.missing.sequenceGaps == 0)
        #expect(order.missing.ties == 0)
        span.moments.remove(at: 0)
        var gapped = EventBatch()
        SpanProjection.project([span], into: &gapped)
        #expect(CausalOrder(gapped).missing.sequenceGaps == 1)
    }

    @Test func `an access carries what the convention says`() throws {
        var span = span(1, .server, 0..<100)
        span.attributes = [Attribute("code.file.path", .string("a.py")), Attribute("race.txn.id", .string("t1"))]
        span.moments = [
            access(
                "rmw",
                at: 5,
                "x",
                [
                    Attribute("race.value.before", .int(1)), Attribute("race.value.after", .string("a\"b")),
                    Attribute("race.locks_held", .array([.string("m")])), Attribute("code.line.number", .int(9)),
                    Attribute("code.file.path", .string("b.py")),
                ]
            ),
            access(
                "rmw",
                at: 6,
                "y",
                [
                    Attribute("race.access.atomic", .bool(true)), Attribute("race.memory_order", .string("acq_rel")),
                    Attribute("race.object.scope", .string("global")),
                ]
            ),
        ]
        var batch = EventBatch()
        SpanProjection.project([span], into: &batch)
        let rows = (0..<batch.count).filter { batch.operations[$0].isAccess }
        #expect(rows.map { batch.operations[$0] } == [.read, .write, .atomicReadModifyWrite])
        #expect(batch.text(batch.newValues[rows[0]]) == "1")
        #expect(batch.text(batch.oldValues[rows[1]]) == "1")
        #expect(batch.text(batch.newValues[rows[1]]) == #""a\"b""#)
        #expect(batch.text(batch.lockSetPayloads[rows[0]]) == #"["m"]"#)
        #expect(batch.symbols[batch.locations[rows[1]]] == "b.py:9")
        #expect(batch.symbols[batch.locations[rows[2]]] == "a.py")
        #expect(batch.symbols[batch.subjects[rows[0]]] == "t1")
        #expect(batch.flags[rows[0]].contains(.processScope))
        #expect(batch.flags[rows[2]].contains(.globalScope))
        #expect(batch.flags[rows[2]].memoryOrder == .acquireRelease)
    }

    @Test func `locks and synchronisation become their operations`() {
        var span = span(1, .server, 0..<100)
        func lock(_ op: String, at time: Int64) -> Span.Moment {
            let attributes = [Attribute("race.lock.id", .string("m")), Attribute("race.lock.op", .string(op))]
            return Span.Moment(timestamp: time, name: "race.lock", attributes: attributes)
        }
        func sync(_ op: String, at time: Int64) -> Span.Moment {
            let attributes = [Attribute("race.sync.id", .string("w")), Attribute("race.sync.op", .string(op))]
            return Span.Moment(timestamp: time, name: "race.sync", attributes: attributes)
        }
        span.moments = [
            lock("wait", at: 1), lock("try_fail", at: 2), lock("acquire", at: 3), lock("release", at: 4),
            sync("spawn", at: 5), sync("join", at: 6), sync("send", at: 7), sync("recv", at: 8), sync("signal", at: 9),
            sync("wait", at: 10), sync("barrier", at: 11), access("read", at: 12),
        ]
        var batch = EventBatch()
        #expect(SpanProjection.project([span], into: &batch).isEmpty)
        let operations = batch.operations.dropFirst().dropLast()
        #expect(
            Array(operations) == [
                .none, .lockAcquire, .lockAcquire, .lockRelease, .fork, .join, .channelSend, .channelReceive, .signal,
                .wait, .barrierArrive, .barrierLeave, .read,
            ]
        )
        #expect(batch.flags[2].contains(.failed))
        #expect(batch.symbols[batch.subjects[5]] == "w")
        #expect(batch.symbols[batch.objects[7]] == "w")
    }

    @Test func `an annotation that lacks what it must say is counted and costs nothing else`() {
        var span = span(1, .server, 0..<100)
        span.moments = [
            Span.Moment(timestamp: 1, name: "race.access"),
            access("peek", at: 2),
            Span.Moment(timestamp: 3, name: "race.lock", attributes: [Attribute("race.lock.id", .string("m"))]),
            Span.Moment(timestamp: 4, name: "race.sync", attributes: [Attribute("race.sync.op", .string("spawn"))]),
            access("read", at: 5),
        ]
        var batch = EventBatch()
        let problems = SpanProjection.project([span], into: &batch)
        #expect(problems.count == 4)
        #expect(problems.allSatisfy { $0.code == "missing_field" })
        #expect(batch.operations.filter(\.isAccess) == [.read])
    }

    @Test func `projecting again, or a span twice, gives the same events`() {
        var root = span(1, .server, 0..<100)
        root.moments = [access("write", at: 5), access("read", at: 5)]
        let child = span(2, parent: 1, .client, 10..<20)
        var once = EventBatch()
        SpanProjection.project([root, child], into: &once)
        var twice = EventBatch()
        SpanProjection.project([root, child, root], into: &twice)
        #expect(Array(once.ids) == Array(twice.ids))
        SpanProjection.project([root, child], into: &twice)
        #expect(CausalOrder(twice).duplicates == once.count)
    }

    @Test func `parents that form a cycle end nowhere`() {
        var a = span(1, parent: 2, 0..<10)
        a.moments = [access("write", at: 1)]
        var b = span(2, parent: 1, 0..<10)
        b.links = [
            Span.Link(trace: trace, span: hex(1), attributes: [Attribute("race.link.type", .string("join"))])
        ]
        var batch = EventBatch()
        SpanProjection.project([a, b, span(3, parent: 3, 0..<5)], into: &batch)
        #expect(batch.count > 4)
        #expect(CausalOrder(batch).rows.count == batch.count)
    }

    @Test(
        arguments: [
            ("postgresql", "SELECT", "orders", nil, "db:postgresql/shop/orders", Operation.read),
            ("postgresql", nil, nil, "select a, b from orders where id = 1", "db:postgresql/shop/orders", .read),
            ("mysql", nil, nil, "INSERT INTO `orders` (id) VALUES (1)", "db:mysql/shop/orders", .write),
            ("mysql", nil, nil, "update orders set a = 1", "db:mysql/shop/orders", .write),
            ("mysql", nil, nil, "DELETE FROM orders;", "db:mysql/shop/orders", .write),
            ("redis", nil, nil, "GET user:1", "db:redis/shop/user:1", .read),
            ("redis", "INCR", nil, "INCR hits", "db:redis/shop/hits", .atomicReadModifyWrite),
            ("mongodb", "find", "carts", nil, "db:mongodb/shop/carts", .read),
            ("mysql", nil, nil, "select 1 from a join b", nil, .none),
            ("mysql", nil, nil, "select * from (select 1 from a) t", nil, .none),
            ("mysql", nil, nil, "BEGIN", nil, .none),
            ("mysql", "SELECT", nil, nil, nil, .none),
            ("mysql", nil, nil, "", nil, .none),
        ] as [(String, String?, String?, String?, String?, Operation)]
    )
    func `database attributes give an inferred access or none`(
        system: String,
        operation: String?,
        collection: String?,
        text: String?,
        object: String?,
        expected: TraceModel.Operation
    ) {
        var client = span(1, .client, 0..<10)
        client.attributes = [Attribute("db.system.name", .string(system)), Attribute("db.namespace", .string("shop"))]
        if let operation { client.attributes.append(Attribute("db.operation.name", .string(operation))) }
        if let collection { client.attributes.append(Attribute("db.collection.name", .string(collection))) }
        if let text { client.attributes.append(Attribute("db.query.text", .string(text))) }
        var batch = EventBatch()
        SpanProjection.project([client], into: &batch)
        let rows = (0..<batch.count).filter { batch.operations[$0].isAccess }
        #expect(rows.map { batch.symbols[batch.objects[$0]] } == (object.map { [$0] } ?? []))
        #expect(rows.allSatisfy { batch.operations[$0] == expected && batch.flags[$0].contains(.inferred) })
    }
}
