import Causality
import Detectors
import Testing
import TraceModel

@Suite struct EventCriticalPathTests {
    /// A trace written as one line an event: name, task, beginning and duration in milliseconds, parent.
    private struct Script {
        var batch = EventBatch()
        private var names: [String] = []

        mutating func add(
            _ name: String,
            _ task: String = "main",
            at time: Double,
            for duration: Double? = nil,
            after parent: String? = nil,
            kind: EventKind = .functionCall,
            span: String = "",
            upstream: String = "",
            service: String = "s",
            sdk: Bool = false
        ) {
            var event = Event()
            names.append(name)
            event.id = EventID(high: 1, low: UInt64(names.count))
            event.trace = TraceID(high: 1, low: 1)
            if let index = names.firstIndex(of: parent ?? "") {
                event.parent = EventID(high: 1, low: UInt64(index + 1))
            }
            event.timestamp = Int64(time * 1_000_000)
            event.duration = duration.map { Int64($0 * 1_000_000) } ?? -1
            event.process = batch.intern(
                ProcessKey(service: batch.symbols.intern(service), instance: batch.symbols.intern("i"), processID: 1)
            )
            event.thread = batch.symbols.intern(task)
            event.kind = kind
            event.object = batch.symbols.intern(name)
            event.span = batch.symbols.intern(span)
            event.upstreamSpan = batch.symbols.intern(upstream)
            if sdk { event.metadataPayload = batch.appendPayload(#"{"tags":{"sdk_language":"python"}}"#.utf8) }
            batch.append(event)
        }

        /// `name=milliseconds` of each step, then total and wall.
        var path: String {
            let path = CriticalPath(batch, order: CausalOrder(batch))
            let steps = path.steps.map { "\(names[$0.row])=\(Self.text($0.nanoseconds))" }
            return (steps + ["total=\(Self.text(path.totalNanoseconds))", "wall=\(Self.text(path.wallNanoseconds))"])
                .joined(separator: " ")
        }

        private static func text(_ nanoseconds: Int64) -> String {
            let milliseconds = Double(nanoseconds) / 1_000_000
            return milliseconds == milliseconds.rounded() ? String(Int64(milliseconds)) : String(milliseconds)
        }
    }

    @Test func `nothing has no path`() {
        #expect(Script().path == "total=0 wall=0")
    }

    @Test func `a nested call is not counted twice`() {
        var script = Script()
        script.add("root", at: 0, for: 100)
        script.add("child", at: 5, for: 90, after: "root")
        #expect(script.path == "root=10 child=90 total=100 wall=100")
    }

    @Test func `consecutive calls are all on the path`() {
        var script = Script()
        script.add("root", at: 0, for: 100)
        for number in 0..<3 { script.add("c\(number)", at: Double(number * 30), for: 30, after: "root") }
        #expect(script.path == "root=10 c0=30 c1=30 c2=30 total=100 wall=100")
    }

    @Test func `of tasks that run at once the one that ends last counts`() {
        var script = Script()
        script.add("root", at: 0, for: 17)
        script.add("short", "w1", at: 1, for: 8, after: "root")
        script.add("long", "w2", at: 2, for: 9, after: "root")
        #expect(script.path == "root=8 long=9 total=17 wall=17")
    }

    @Test func `time between points belongs to the earlier one`() {
        var script = Script()
        script.add("a", at: 0)
        script.add("b", at: 1, after: "a")
        script.add("c", at: 41, after: "b")
        #expect(script.path == "a=1 b=40 c=0 total=41 wall=41")
    }

    @Test func `a response is a point, its duration is that of the request`() {
        var script = Script()
        script.add("request", at: 0, kind: .httpRequest)
        script.add("work", at: 1, after: "request")
        script.add("response", at: 43, for: 43, after: "work", kind: .httpResponse)
        #expect(script.path == "request=1 work=42 response=0 total=43 wall=43")
    }

    @Test func `a query was finished when it was logged`() {
        var script = Script()
        script.add("start", at: 0)
        script.add("query", at: 10, for: 8, after: "start", kind: .databaseQuery)
        script.add("end", at: 11, after: "query")
        #expect(script.path == "start=2 query=9 end=0 total=11 wall=11")
    }

    @Test func `an SDK logs a call when it returns`() {
        var script = Script()
        script.add("start", at: 0, sdk: true)
        script.add("inner", at: 6, for: 3, after: "start", sdk: true)
        script.add("outer", at: 9, for: 8, after: "inner", sdk: true)
        script.add("end", at: 10, after: "outer", sdk: true)
        #expect(script.path == "start=1 outer=6 inner=3 end=0 total=10 wall=10")
    }

    @Test func `the path enters the service that was called and comes back`() {
        var script = Script()
        script.add("a1", "a", at: 0, span: "s1", service: "a")
        script.add("call", "a", at: 10, after: "a1", kind: .httpRequest, span: "s1", service: "a")
        script.add("b1", "b", at: 20, span: "s2", upstream: "s1", service: "b")
        script.add("b2", "b", at: 80, after: "b1", span: "s2", upstream: "s1", service: "b")
        script.add("back", "a", at: 90, after: "call", kind: .httpResponse, span: "s1", service: "a")
        script.add("done", "a", at: 100, after: "back", span: "s1", service: "a")
        #expect(script.path == "a1=10 call=20 b1=60 b2=0 back=10 done=0 total=100 wall=100")
    }

    @Test func `two calls at once: the path goes through the later to finish`() {
        var script = Script()
        script.add("call", "a", at: 0, span: "s1", service: "a")
        script.add("b1", "b", at: 5, span: "s2", upstream: "s1", service: "b")
        script.add("b2", "b", at: 30, after: "b1", span: "s2", upstream: "s1", service: "b")
        script.add("c1", "c", at: 6, span: "s3", upstream: "s1", service: "c")
        script.add("c2", "c", at: 50, after: "c1", span: "s3", upstream: "s1", service: "c")
        script.add("end", "a", at: 60, after: "call", span: "s1", service: "a")
        #expect(script.path == "call=16 c1=44 c2=0 end=0 total=60 wall=60")
    }

    @Test func `a trace that ends in another task leads back to what started it`() {
        var script = Script()
        script.add("start", at: 0)
        script.add("spawn", at: 10, after: "start")
        script.add("job1", "worker", at: 15, after: "spawn")
        script.add("job2", "worker", at: 75, after: "job1")
        script.add("other", at: 20, after: "spawn")
        #expect(script.path == "start=10 spawn=5 job1=60 job2=0 total=75 wall=75")
    }

    @Test func `order of arrival does not matter`() {
        var script = Script()
        script.add("root", at: 0, for: 50)
        for number in 0..<12 {
            script.add(
                "w\(number)",
                "t\(number % 4)",
                at: Double(number * 3),
                for: Double(number % 5 + 1),
                after: "root"
            )
        }
        let expected = Self.ids(script.batch)
        for rotation in 1..<13 {
            var shuffled = EventBatch()
            shuffled.append(script.batch, rows: (0..<13).map { ($0 * 5 + rotation) % 13 })
            #expect(Self.ids(shuffled) == expected)
        }
    }

    private static func ids(_ batch: EventBatch) -> [String] {
        CriticalPath(batch, order: CausalOrder(batch)).steps.map { "\(batch.ids[$0.row].low) \($0.nanoseconds)" }
    }

    @Test func `a chain longer than any stack is walked`() {
        var batch = EventBatch()
        for number in 1...50_000 {
            var event = Event()
            event.id = EventID(high: 0, low: UInt64(number))
            event.parent = number == 1 ? .none : EventID(high: 0, low: UInt64(number - 1))
            event.timestamp = Int64(number) * 1_000
            event.duration = number % 2 == 0 ? 500 : -1
            event.process = batch.intern(ProcessKey(service: .empty, instance: .empty, processID: 1))
            event.thread = batch.symbols.intern("t\(number % 3)")
            batch.append(event)
        }
        let path = CriticalPath(batch, order: CausalOrder(batch))
        #expect(path.totalNanoseconds <= path.wallNanoseconds)
        #expect(path.steps.count > 1_000)
    }

    @Test func `nesting deeper than any stack is walked`() {
        var batch = EventBatch()
        let depth = 20_000
        for number in 0..<depth {
            var event = Event()
            event.id = EventID(high: 0, low: UInt64(number + 1))
            event.parent = number == 0 ? .none : EventID(high: 0, low: UInt64(number))
            event.timestamp = Int64(number)
            event.duration = Int64(2 * (depth - number))
            event.process = batch.intern(ProcessKey(service: .empty, instance: .empty, processID: 1))
            event.thread = batch.symbols.intern("t")
            batch.append(event)
        }
        let path = CriticalPath(batch, order: CausalOrder(batch))
        #expect(path.steps.count == depth)
        #expect(path.totalNanoseconds == path.wallNanoseconds)
    }

    @Test func `random traces are never charged more than their wall time`() {
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<200 {
            var script = Script()
            for number in 0..<(1 + random(30)) {
                script.add(
                    "e\(number)",
                    "t\(random(4))",
                    at: Double(random(60)),
                    for: random(3) == 0 ? nil : Double(random(40)),
                    after: number > 0 && random(5) > 0 ? "e\(random(number))" : nil,
                    kind: random(6) == 0 ? .databaseQuery : .functionCall,
                    span: random(2) == 0 ? "" : "s\(random(3))",
                    upstream: random(2) == 0 ? "" : "s\(random(3))",
                    service: "svc\(random(2))",
                    sdk: random(2) == 0
                )
            }
            let path = CriticalPath(script.batch, order: CausalOrder(script.batch))
            #expect(path.totalNanoseconds <= path.wallNanoseconds)
            #expect(path.steps.allSatisfy { $0.nanoseconds >= 0 })
            #expect(Set(path.steps.map(\.row)).count == path.steps.count)
        }
    }
}
