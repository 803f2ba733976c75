import Causality
import Detectors
import Testing
import TraceModel

@Suite struct AuditTrailTests {
    private func trail(_ story: Story, _ name: String) -> [String] {
        let trails = AuditTrails(story.batch, order: CausalOrder(story.batch))
        return (trails.byName[name] ?? []).map {
            "\(story.batch.ids[$0.row].low)\($0.followsPrevious ? " follows" : "")\($0.races ? " races" : "")"
        }
    }

    @Test func `the first access follows and each later one says what ordered it`() {
        var story = Story()
        let root = story.add(.none, in: .init(thread: "main", trace: 1), at: 0)
        story.add(.write, "x", in: .init(thread: "w1", trace: 1), at: 1, parent: root)
        story.add(.read, "x", in: .init(thread: "w2", trace: 1), at: 2, parent: root)
        story.add(.read, "x", in: .init(thread: "w3", trace: 1), at: 3, parent: root)
        // The third is marked as well, though the access before it is a read.
        #expect(trail(story, "x") == ["2 follows", "3 races", "4 races"])
    }

    @Test func `a chain of accesses never races, whatever its clock says`() {
        var story = Story()
        let first = story.add(.write, "x", in: .init(thread: "a", trace: 1), at: 10)
        story.add(.write, "x", in: .init(thread: "b", trace: 1), at: 5, parent: first)
        #expect(trail(story, "x") == ["1 follows", "2 follows"])
    }

    @Test func `atomic accesses do not race with each other`() {
        var story = Story()
        let root = story.add(.none, in: .init(thread: "main", trace: 1), at: 0)
        story.add(.atomicReadModifyWrite, "x", in: .init(thread: "w1", trace: 1), at: 1, parent: root)
        story.add(.atomicReadModifyWrite, "x", in: .init(thread: "w2", trace: 1), at: 2, parent: root)
        #expect(trail(story, "x").allSatisfy { !$0.contains("races") })
    }

    @Test func `accesses under one advisory lock do not race`() {
        var story = Story()
        let root = story.add(.none, in: .init(thread: "main", trace: 1), at: 0)
        for worker in 1...2 {
            let place = Story.Place(thread: "w\(worker)", trace: 1)
            story.add(.lockAcquire, "m", in: place, at: Int64(worker * 10), flags: .advisory, parent: root)
            story.add(.write, "x", in: place, at: Int64(worker * 10 + 1))
            story.add(.lockRelease, "m", in: place, at: Int64(worker * 10 + 2))
        }
        #expect(trail(story, "x").allSatisfy { !$0.contains("races") })
    }

    @Test func `an unknown name has no trail`() { #expect(trail(Story(), "x").isEmpty) }
}

@Suite struct CallGraphTests {
    private func calls(_ story: Story) -> [String] {
        CallGraph(story.batch).calls.map { "\($0.from)>\($0.to) \($0.link.rawValue) \($0.calls)/\($0.traces)" }
    }

    private func place(
        _ service: String,
        _ span: String = "",
        _ upstream: String = "",
        trace: UInt64 = 1
    ) -> Story.Place {
        Story.Place(service: service, instance: service, thread: "t", trace: trace, span: span, upstream: upstream)
    }

    @Test func `seven events of one span are one call`() {
        var story = Story()
        story.add(.none, in: place("a", "s1"), at: 0)
        for time in 1...7 { story.add(.none, in: place("b", "s2", "s1"), at: Int64(time), kind: .httpRequest) }
        #expect(calls(story) == ["a>b HttpCall 1/1"])
    }

    @Test func `a parent in another service is a call`() {
        var story = Story()
        let parent = story.add(.none, in: place("a"), at: 0)
        story.add(.none, in: place("b"), at: 1, parent: parent)
        #expect(calls(story) == ["a>b Custom 1/1"])
    }

    @Test func `a call that parent and span both name is one`() {
        var story = Story()
        let parent = story.add(.none, in: place("a", "s1"), at: 0)
        story.add(.none, in: place("b", "s2", "s1"), at: 1, parent: parent)
        #expect(calls(story) == ["a>b Custom 1/1"])
    }

    @Test func `span ids mean nothing outside their trace`() {
        var story = Story()
        story.add(.none, in: place("a", "s1", trace: 1), at: 0)
        story.add(.none, in: place("b", "s2", "s1", trace: 2), at: 1)
        story.add(.none, in: place("c", "s9", trace: 2), at: 2)
        #expect(calls(story).isEmpty)
    }

    @Test func `calls within one service are none`() {
        var story = Story()
        story.add(.none, in: place("a", "s1"), at: 0)
        story.add(.none, in: place("a", "s2", "s1"), at: 1)
        #expect(calls(story).isEmpty)
    }

    @Test func `calls add up over traces and order does not matter`() {
        var story = Story()
        for trace in 1...3 {
            story.add(.none, in: place("b", "s2", "s1", trace: UInt64(trace)), at: 2)
            story.add(.none, in: place("a", "s1", trace: UInt64(trace)), at: 1)
            story.add(.none, in: place("b", "s3", "s1", trace: UInt64(trace)), at: 3)
        }
        #expect(calls(story) == ["a>b Custom 6/3"])
    }
}

@Suite struct ObjectUsageTests {
    @Test func `objects are counted within their service and listed by use`() {
        var story = Story()
        for access in 0..<6 {
            story.add(.read, "hot", in: .init(service: "a", thread: "t\(access % 3)", trace: UInt64(access % 2)), at: 1)
        }
        story.add(.write, "hot", in: .init(service: "b", thread: "t", trace: 9), at: 1)
        story.add(.write, "cold", in: .init(service: "a", thread: "t", trace: 9), at: 1)
        let usages = ObjectUsages(story.batch, listing: 2)
        #expect(usages.count == 3)
        #expect(usages.top.map(\.name) == ["hot", "cold"])
        #expect(usages.top[0] == ObjectUsage(name: "hot", accesses: 6, writes: 0, traces: 2, tasks: 3, services: ["a"]))
    }

    @Test func `global objects are one over all services`() {
        var story = Story()
        for service in ["a", "b"] {
            story.add(.write, "row", in: .init(service: service, thread: "t", trace: 1), at: 1, flags: .globalScope)
        }
        #expect(ObjectUsages(story.batch, listing: 9).top.map(\.services) == [["a", "b"]])
    }
}
