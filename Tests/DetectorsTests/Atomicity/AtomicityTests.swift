import Detectors
import Testing
import TraceModel

struct AtomicityTests {
    private static let options = AnalysisOptions(detectors: [.races, .atomicity])

    private func request(_ n: UInt64) -> Story.Place { Story.Place(thread: "worker-\(n)", trace: n) }

    /// An access inside a critical section of its own, at the time and the one after it.
    private func guarded(
        _ story: inout Story,
        _ operation: Operation,
        _ n: UInt64,
        _ time: Int64,
        old: String? = nil,
        new: String? = nil
    ) {
        story.add(.lockAcquire, "m", in: request(n), at: time)
        story.add(operation, "x", in: request(n), at: time + 1, location: "a:\(n)\(operation)", old: old, new: new)
        story.add(.lockRelease, "m", in: request(n), at: time + 2)
    }

    private func kinds(_ story: Story) -> [String] { story.analyze(Self.options).anomalies.map(\.kind) }

    @Test func `a check and an act in two critical sections are torn by a write between them`() throws {
        var story = Story()
        guarded(&story, .read, 1, 10, new: "5")
        guarded(&story, .write, 2, 20, old: "5", new: "6")
        guarded(&story, .write, 1, 30, old: "6", new: "7")
        let analysis = story.analyze(Self.options)
        #expect(analysis.races.isEmpty)
        let found = try #require(analysis.anomalies.first)
        #expect(found.kind == "check_then_act")
        #expect(found.grade == .feasible)
        #expect(found.severity == .high)
        #expect(found.object == "x")
        #expect(found.events.count == 3)
        #expect(found.details.contains { $0.name == "pattern" && $0.json == "\"read-write-write\"" })
    }

    @Test func `a check and an act in one critical section are whole`() {
        var story = Story()
        story.add(.lockAcquire, "m", in: request(1), at: 10)
        story.add(.read, "x", in: request(1), at: 11)
        story.add(.write, "x", in: request(1), at: 12)
        story.add(.lockRelease, "m", in: request(1), at: 13)
        guarded(&story, .write, 2, 20)
        #expect(kinds(story).isEmpty)
    }

    @Test func `a second look in the section of the act validates it`() {
        var story = Story()
        guarded(&story, .read, 1, 10)
        guarded(&story, .write, 2, 20)
        story.add(.lockAcquire, "m", in: request(1), at: 30)
        story.add(.read, "x", in: request(1), at: 31)
        story.add(.write, "x", in: request(1), at: 32)
        story.add(.lockRelease, "m", in: request(1), at: 33)
        #expect(kinds(story).isEmpty)
    }

    @Test func `a write that the act waited for by message does not tear it`() {
        var story = Story()
        guarded(&story, .read, 1, 10)
        story.add(.channelSend, "work", in: request(1), at: 14, subject: "m1")
        story.add(.channelReceive, "work", in: request(2), at: 16, subject: "m1")
        guarded(&story, .write, 2, 20)
        story.add(.channelSend, "done", in: request(2), at: 24, subject: "m2")
        story.add(.channelReceive, "done", in: request(1), at: 26, subject: "m2")
        guarded(&story, .write, 1, 30)
        #expect(kinds(story).isEmpty)
    }

    @Test func `what is reported as a race is not reported again`() {
        var story = Story()
        story.add(.read, "x", in: request(1), at: 10, location: "a:1")
        story.add(.write, "x", in: request(2), at: 20, location: "a:2")
        story.add(.write, "x", in: request(1), at: 30, location: "a:3")
        let analysis = story.analyze(Self.options)
        #expect(!analysis.races.isEmpty)
        #expect(analysis.anomalies.isEmpty)
    }

    @Test func `two requests that take turns on one thread tear each other`() {
        var story = Story()
        let first = Story.Place(thread: "loop", trace: 1)
        let second = Story.Place(thread: "loop", trace: 2)
        story.add(.read, "x", in: first, at: 10, location: "a:1")
        story.add(.write, "x", in: second, at: 20, location: "a:2")
        story.add(.write, "x", in: first, at: 30, location: "a:2")
        #expect(kinds(story) == ["check_then_act"])
    }

    @Test func `a compare and swap that found what was read is no violation`() {
        for (old, expected) in [("1", []), ("0", ["check_then_act"])] {
            var story = Story()
            story.add(.atomicRead, "x", in: request(1), at: 10, new: "1")
            story.add(.atomicReadModifyWrite, "x", in: request(2), at: 20, old: "1", new: "0")
            story.add(.atomicReadModifyWrite, "x", in: request(1), at: 30, old: old, new: "2")
            #expect(kinds(story) == expected)
        }
    }

    @Test(arguments: [
        ("read-write-read", Operation.atomicRead, Operation.atomicWrite, Operation.atomicRead),
        ("write-read-write", .atomicWrite, .atomicRead, .atomicWrite),
        ("write-write-read", .atomicWrite, .atomicWrite, .atomicRead),
        ("read-write-write", .atomicRead, .atomicWrite, .atomicWrite),
    ])
    func `each pattern is found inside a critical section that the intruder ignores`(
        pattern: String,
        before: Operation,
        remote: Operation,
        after: Operation
    ) {
        func story(intrudingAt time: Int64) -> Story {
            var story = Story()
            story.add(.lockAcquire, "m", in: request(1), at: 10)
            story.add(before, "x", in: request(1), at: 20, location: "a:1")
            story.add(after, "x", in: request(1), at: 40, location: "a:2")
            story.add(.lockRelease, "m", in: request(1), at: 50)
            story.add(remote, "x", in: request(2), at: time, location: "b:1")
            return story
        }
        let found = story(intrudingAt: 30).analyze(Self.options).anomalies
        #expect(found.count == 1)
        #expect(found.first?.details.contains { $0.json == "\"\(pattern)\"" } == true)
        #expect(kinds(story(intrudingAt: 45)).isEmpty)
        #expect(kinds(story(intrudingAt: 15)).isEmpty)
    }

    @Test func `reads of one transaction that another task's write parts are reported`() {
        func story(_ time: Int64) -> Story {
            var story = Story()
            story.add(.transactionBegin, in: request(1), at: 1, subject: "t1")
            guarded(&story, .read, 1, 10)
            guarded(&story, .write, 2, time)
            guarded(&story, .read, 1, 30)
            story.add(.transactionCommit, in: request(1), at: 40, subject: "t1")
            return story
        }
        #expect(kinds(story(20)) == ["atomicity_violation"])
        #expect(kinds(story(34)).isEmpty)
    }

    @Test func `polling under a lock is no violation`() {
        var story = Story()
        guarded(&story, .read, 1, 10, new: "0")
        guarded(&story, .write, 2, 20, old: "0", new: "1")
        guarded(&story, .read, 1, 30, new: "1")
        #expect(kinds(story).isEmpty)
    }
}
