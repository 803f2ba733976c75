import Causality
import Detectors
import Testing
import TraceModel

/// Cases that arrival-ordered vectors, parent pointers and name-keyed locksets get wrong; here the right answers.
@Suite struct ReferenceDefectTests {
    private func request(
        _ n: UInt64,
        thread: String? = nil,
        instance: String = "i1",
        service: String = "svc"
    ) -> Story.Place {
        Story.Place(service: service, instance: instance, thread: thread ?? "req-\(n)", trace: n)
    }

    private func grades(_ analysis: Analysis) -> [Grade] { analysis.races.map(\.grade) }

    @Test func `two requests an hour apart on one instance are at most predicted`() {
        var story = Story()
        for n in 0..<2 as Range<UInt64> {
            let at = Int64(n) * 3_600_000
            story.add(.none, in: request(n), at: at)
            story.add(.read, "x", in: request(n), at: at + 1, location: "a:1")
            story.add(.write, "x", in: request(n), at: at + 2, location: "a:2")
        }
        #expect(grades(story.analyze()).allSatisfy { $0 <= .predicted })
    }

    @Test(arguments: [0, 1, 2, 5])
    func `overlapping requests race however many events come before`(extra: Int) {
        var story = Story()
        for n in 0..<2 as Range<UInt64> {
            story.add(.none, in: request(n), at: 0)
            if n == 1 { for i in 0..<extra { story.add(.none, in: request(n), at: Int64(i)) } }
        }
        for n in 0..<2 as Range<UInt64> { story.add(.read, "x", in: request(n), at: 10 + Int64(n), location: "a:1") }
        for n in 0..<2 as Range<UInt64> { story.add(.write, "x", in: request(n), at: 20 + Int64(n), location: "a:2") }
        let races = story.analyze().races
        #expect(Set(races.map(\.kind)) == [.readWrite, .writeWrite])
        #expect(races.allSatisfy { $0.grade == .feasible })
    }

    @Test func `a write before a call and a write in the called service are ordered`() {
        var story = Story()
        let caller = Story.Place(service: "a", instance: "a1", thread: "t1", trace: 1, span: "s-a")
        let callee = Story.Place(service: "b", instance: "b1", thread: "t1", trace: 1, span: "s-b", upstream: "s-a")
        story.add(.write, "db:row", in: caller, at: 1, location: "a:1")
        story.add(.write, "db:row", in: callee, at: 5, location: "b:1")
        #expect(story.analyze().races.isEmpty)
    }

    @Test func `requests that entered another service by different ways race on a shared row`() {
        var story = Story()
        story.add(.none, in: request(1, service: "a"), at: 0)
        story.add(.none, in: Story.Place(service: "a", instance: "i1", thread: "r2", trace: 2, span: "s2"), at: 0)
        let callee = Story.Place(service: "b", instance: "b1", thread: "r2", trace: 2, span: "s3", upstream: "s2")
        story.add(.write, "db:row42", in: request(1, service: "a"), at: 10, location: "a:1")
        story.add(.write, "db:row42", in: callee, at: 11, location: "b:1")
        story.add(.none, in: request(1, service: "a"), at: 40)
        story.add(.none, in: callee, at: 40)
        #expect(grades(story.analyze()) == [.feasible])
    }

    @Test func `writers that hold only a read lock race`() {
        var story = Story()
        for n in 0..<2 as Range<UInt64> { story.add(.none, in: request(n), at: 0) }
        for n in 0..<2 as Range<UInt64> {
            story.add(.lockAcquire, "m", in: request(n), at: 5, flags: .shared)
            story.add(.write, "x", in: request(n), at: 10 + Int64(n), location: "a:1")
        }
        for n in 0..<2 as Range<UInt64> { story.add(.lockRelease, "m", in: request(n), at: 20, flags: .shared) }
        #expect(grades(story.analyze()) == [.feasible])
    }

    @Test func `a re-entrant mutex released once still protects`() {
        var story = Story()
        for n in 0..<2 as Range<UInt64> { story.add(.none, in: request(n), at: 0) }
        for n in 0..<2 as Range<UInt64> {
            let at = 10 + Int64(n) * 10
            story.add(.lockAcquire, "m", in: request(n), at: at)
            story.add(.lockAcquire, "m", in: request(n), at: at + 1)
            story.add(.lockRelease, "m", in: request(n), at: at + 2)
            story.add(.write, "x", in: request(n), at: at + 3, location: "a:1")
            story.add(.lockRelease, "m", in: request(n), at: at + 4)
        }
        for n in 0..<2 as Range<UInt64> { story.add(.none, in: request(n), at: 40) }
        #expect(story.analyze().races.isEmpty)
    }

    @Test func `a lock released on another worker is released`() {
        var story = Story()
        let h1 = request(1, thread: "h1")
        let h2 = request(1, thread: "h2")
        let other = request(2, thread: "h3")
        story.add(.none, in: other, at: 0)
        let taken = story.add(.lockAcquire, "m", in: h1, at: 1)
        story.add(.lockRelease, "m", in: h2, at: 2, parent: taken)
        story.add(.write, "x", in: h1, at: 10, location: "a:1")
        story.add(.lockAcquire, "m", in: other, at: 11)
        story.add(.write, "x", in: other, at: 12, location: "a:2")
        story.add(.lockRelease, "m", in: other, at: 13)
        story.add(.none, in: h1, at: 20)
        #expect(grades(story.analyze()) == [.feasible])
    }

    @Test func `a lock of another service protects nothing here`() {
        var story = Story()
        let other = Story.Place(service: "other", instance: "o1", thread: "ThreadId(2)", trace: 9)
        let a = request(1, thread: "ThreadId(1)")
        let b = request(2, thread: "ThreadId(2)")
        story.add(.none, in: b, at: 0)
        story.add(.lockAcquire, "m", in: other, at: 1)
        story.add(.lockAcquire, "m", in: a, at: 2)
        story.add(.write, "x", in: a, at: 3, location: "a:1")
        story.add(.write, "x", in: b, at: 4, location: "a:2")
        story.add(.lockRelease, "m", in: a, at: 5)
        story.add(.lockRelease, "m", in: other, at: 6)
        #expect(grades(story.analyze()) == [.feasible])
    }

    @Test func `atomic accesses do not race with each other but with plain ones`() {
        var story = Story()
        for n in 0..<3 as Range<UInt64> { story.add(.none, in: request(n), at: 0) }
        for n in 0..<2 as Range<UInt64> {
            story.add(.atomicReadModifyWrite, "n", in: request(n), at: 5, location: "a:1")
            story.add(.atomicRead, "n", in: request(n), at: 6, location: "a:2")
        }
        #expect(story.analyze().races.isEmpty)
        story.add(.write, "n", in: request(2), at: 7, location: "a:3")
        story.add(.none, in: request(0), at: 9)
        story.add(.none, in: request(1), at: 9)
        #expect(!story.analyze().races.isEmpty)
        #expect(story.analyze().races.allSatisfy { $0.first.atomic != $0.second.atomic })
    }

    @Test func `a thread name in two services or processes is two tasks`() {
        var story = Story()
        let a = Story.Place(service: "svc", instance: "i1", thread: "main", trace: 1)
        let b = Story.Place(service: "svc", instance: "i2", thread: "main", trace: 1)
        story.add(.write, "x", in: a, at: 1, location: "a:1", parent: EventID.none)
        story.add(.write, "x", in: b, at: 2, location: "a:2", parent: EventID.none)
        #expect(grades(story.analyze()) == [.feasible])
    }

    @Test func `a bare name in two services is two variables`() {
        var story = Story()
        story.add(.write, "counter", in: request(1, service: "a"), at: 1, location: "a:1")
        story.add(.write, "counter", in: request(1, service: "b"), at: 2, location: "b:1", parent: EventID.none)
        #expect(story.analyze().races.isEmpty)
        #expect(story.analyze(AnalysisOptions(variableScope: .global, detectors: [.races])).races.count == 1)
    }

    @Test func `what an awaited task did happened before what follows the await`() {
        var story = Story()
        let main = request(1, thread: "main")
        let child = request(1, thread: "task-1")
        let spawn = story.add(.fork, in: main, at: 1, subject: "task-1", kind: .asyncSpawn)
        story.add(.write, "x", in: child, at: 2, location: "a:1", parent: spawn)
        story.add(.await, in: main, at: 3, subject: "task-1", kind: .asyncAwait)
        story.add(.write, "x", in: main, at: 4, location: "a:2")
        #expect(story.analyze().races.isEmpty)
    }

    @Test func `without the await the same two writes race`() {
        var story = Story()
        let main = request(1, thread: "main")
        let spawn = story.add(.fork, in: main, at: 1, subject: "task-1", kind: .asyncSpawn)
        story.add(.write, "x", in: request(1, thread: "task-1"), at: 2, location: "a:1", parent: spawn)
        story.add(.write, "x", in: main, at: 4, location: "a:2")
        #expect(grades(story.analyze()) == [.feasible])
    }

    @Test func `publishing under a mutex orders what was written before`() {
        var story = Story()
        let writer = request(1)
        let reader = request(2)
        story.add(.none, in: reader, at: 0)
        story.add(.write, "x", in: writer, at: 1, location: "a:1")
        for (place, operation, at) in [(writer, Operation.write, 2), (reader, .read, 10)]
            as [(Story.Place, Operation, Int64)]
        {
            story.add(.lockAcquire, "m", in: place, at: at)
            story.add(operation, "ready", in: place, at: at + 1, location: "a:2")
            story.add(.lockRelease, "m", in: place, at: at + 2)
        }
        story.add(.read, "x", in: reader, at: 20, location: "a:3")
        story.add(.none, in: writer, at: 30)
        #expect(story.analyze().races.isEmpty)
    }

    @Test func `locks that log their acquire early protect by lockset and order nothing`() {
        var story = Story()
        for n in 0..<2 as Range<UInt64> { story.add(.none, in: request(n), at: 0) }
        for n in 0..<2 as Range<UInt64> {
            story.add(.lockAcquire, "m", in: request(n), at: 1 + Int64(n), flags: .advisory)
        }
        for n in 0..<2 as Range<UInt64> {
            story.add(.write, "x", in: request(n), at: 10 + Int64(n) * 5, location: "a:1")
            story.add(.lockRelease, "m", in: request(n), at: 12 + Int64(n) * 5)
        }
        #expect(story.analyze().races.isEmpty)
    }
}
