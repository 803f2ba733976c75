import Detectors
import Testing
import TraceModel

/// Use before initialisation and after close, messages out of order, repeated effects; each with a clean twin.
struct OrderTests {
    private static let options = AnalysisOptions(detectors: [.races, .atomicity])

    private func place(_ n: UInt64, trace: UInt64 = 1) -> Story.Place { Story.Place(thread: "t\(n)", trace: trace) }

    private func anomalies(_ story: Story) -> [AnomalyFinding] { story.analyze(Self.options).anomalies }

    private func guarded(
        _ story: inout Story,
        _ operation: Operation,
        _ name: String,
        _ n: UInt64,
        _ time: Int64,
        new: String
    ) {
        story.add(.lockAcquire, "m", in: place(n), at: time)
        story.add(operation, name, in: place(n), at: time + 1, location: "o:\(n)", new: new)
        story.add(.lockRelease, "m", in: place(n), at: time + 2)
    }

    // MARK: Objects

    @Test func `a look at nothing before another task's initialisation is an order violation when it fails`() {
        func story(failing: Bool, comingBack: Bool) -> Story {
            var story = Story()
            guarded(&story, .read, "pool", 1, 10, new: "null")
            if failing { story.add(.none, "NoneType", in: place(1), at: 14, kind: .error) }
            guarded(&story, .write, "pool", 2, 20, new: "\"open\"")
            if comingBack { guarded(&story, .read, "pool", 1, 30, new: "\"open\"") }
            return story
        }
        let failed = anomalies(story(failing: true, comingBack: false))
        #expect(failed.map(\.kind) == ["order_violation"])
        #expect(failed.first?.grade == .feasible)
        #expect(anomalies(story(failing: false, comingBack: false)).map(\.grade) == [.candidate])
        #expect(anomalies(story(failing: false, comingBack: true)).isEmpty)
    }

    @Test func `whoever makes what was not there was not misled`() {
        var story = Story()
        guarded(&story, .read, "pool", 1, 10, new: "null")
        guarded(&story, .write, "pool", 1, 14, new: "\"open\"")
        guarded(&story, .read, "pool", 2, 20, new: "\"open\"")
        #expect(anomalies(story).isEmpty)
    }

    @Test func `a use after another task's close is an order violation unless the close waited for it`() {
        func story(joined: Bool) -> Story {
            var story = Story()
            guarded(&story, .write, "pool", 1, 10, new: "\"open\"")
            story.add(.fork, in: place(1), at: 14, subject: "t2")
            if !joined { guarded(&story, .write, "pool", 1, 20, new: "\"closed\"") }
            guarded(&story, .read, "pool", 2, 30, new: joined ? "\"open\"" : "\"closed\"")
            story.add(.none, "PoolClosed", in: place(2), at: 35, kind: .error)
            if joined {
                story.add(.join, in: place(1), at: 40, subject: "t2")
                guarded(&story, .write, "pool", 1, 44, new: "\"closed\"")
            }
            return story
        }
        #expect(anomalies(story(joined: false)).map(\.kind) == ["order_violation"])
        #expect(anomalies(story(joined: true)).isEmpty)
    }

    // MARK: Channels

    @Test func `a send after the close is certain, an unordered one before it may be overtaken`() {
        func story(sendAt time: Int64) -> Story {
            var story = Story()
            story.add(.channelSend, "jobs", in: place(1), at: time, location: "c:1")
            story.add(.channelClose, "jobs", in: place(2), at: 20, location: "c:2")
            return story
        }
        #expect(anomalies(story(sendAt: 30)).map(\.grade) == [.feasible])
        #expect(anomalies(story(sendAt: 10)).map(\.grade) == [.candidate])
        var waited = Story()
        waited.add(.channelSend, "jobs", in: place(1), at: 10)
        waited.add(.signal, "done", in: place(1), at: 12)
        waited.add(.wait, "done", in: place(2), at: 14)
        waited.add(.channelClose, "jobs", in: place(2), at: 20)
        #expect(anomalies(waited).isEmpty)
    }

    // MARK: Messages

    /// Two messages of one sender, handled by two tasks or one.
    private func messages(inverted: Bool, handlers: (UInt64, UInt64) = (2, 3), object: String = "order") -> Story {
        var story = Story()
        story.add(.channelSend, "orders", in: place(1), at: 1, subject: "m1", location: "s:1")
        story.add(.channelSend, "orders", in: place(1), at: 2, subject: "m2", location: "s:2")
        let times: (Int64, Int64) = inverted ? (30, 10) : (10, 30)
        for (id, handler, time, name) in [
            ("m1", handlers.0, times.0, "order"), ("m2", handlers.1, times.1, object),
        ].sorted(by: { $0.2 < $1.2 }) {
            story.add(.channelReceive, "orders", in: place(handler), at: time, subject: id)
            guarded(&story, .write, name, handler, time + 2, new: "\"\(id)\"")
        }
        return story
    }

    @Test func `handlers that may or did swap two messages are reported`() {
        let swapped = anomalies(messages(inverted: true))
        #expect(swapped.map(\.kind) == ["message_reordering"])
        #expect(swapped.map(\.grade) == [.feasible])
        #expect(anomalies(messages(inverted: false)).map(\.grade) == [.candidate])
    }

    @Test func `one handler, or handlers of different objects, keep the order`() {
        #expect(anomalies(messages(inverted: false, handlers: (2, 2))).isEmpty)
        #expect(anomalies(messages(inverted: true, object: "other")).isEmpty)
    }

    // MARK: Repeated effects

    private func twice(_ first: String, _ second: String, undone: Bool = false) -> Story {
        var story = Story()
        story.add(.channelSend, "payments", in: place(1), at: 1, subject: "pay-1")
        for (n, value, time) in [(UInt64(2), first, Int64(10)), (3, second, 40)] {
            story.add(.channelReceive, "payments", in: place(n, trace: n), at: time, subject: "pay-1")
            story.add(.lockAcquire, "m", in: place(n, trace: n), at: time + 1)
            story.add(.write, "balance", in: place(n, trace: n), at: time + 2, location: "b:\(n)", new: value)
            story.add(.lockRelease, "m", in: place(n, trace: n), at: time + 3)
            if undone, n == 3 { story.add(.transactionRollback, in: place(n, trace: n), at: time + 4) }
        }
        return story
    }

    @Test func `a message that was handled twice to two effects is reported`() {
        #expect(anomalies(twice("60", "20")).map(\.kind) == ["retry_without_idempotency"])
        #expect(anomalies(twice("60", "60")).isEmpty)
        #expect(anomalies(twice("60", "20", undone: true)).isEmpty)
    }
}
