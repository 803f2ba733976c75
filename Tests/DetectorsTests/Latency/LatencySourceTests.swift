import Testing
import TraceModel

@testable import Causality
@testable import Detectors

@Suite struct `Samples of latency` {
    private static let millisecond: Int64 = 1_000_000

    /// Writes events of one process in the shape of the SDKs.
    private struct Recorder {
        var batch = EventBatch()

        mutating func add(
            _ kind: EventKind,
            _ service: String,
            task: String = "t",
            trace: UInt64 = 1,
            at milliseconds: Int64,
            took: Int64? = nil,
            object: String = "",
            subject: String = "",
            number: Int64 = -1,
            span: String = "",
            upstream: String = ""
        ) {
            var event = Event()
            event.id = EventID(high: 1, low: UInt64(batch.count + 1))
            event.trace = TraceID(high: 1, low: trace)
            event.process = batch.intern(
                ProcessKey(service: batch.symbols.intern(service), instance: .empty, processID: 1)
            )
            event.thread = batch.symbols.intern(task)
            event.kind = kind
            event.timestamp = milliseconds * millisecond
            event.duration = took.map { $0 * millisecond } ?? -1
            event.object = batch.symbols.intern(object)
            event.subject = batch.symbols.intern(subject)
            event.number = number
            event.span = batch.symbols.intern(span)
            event.upstreamSpan = batch.symbols.intern(upstream)
            batch.append(event)
        }

        func samples() -> [LatencySample] {
            EventSamples(batch, CausalOrder(batch)).samples.sorted {
                ($0.service, $0.operation) < ($1.service, $1.operation)
            }
        }
    }

    @Test func `a request owns what its function and its query did not take`() throws {
        var recorder = Recorder()
        recorder.add(.httpRequest, "shop", at: 0, object: "/items/42?x=1", subject: "GET")
        recorder.add(.functionCall, "shop", at: 10, took: 60, object: "load")
        recorder.add(.databaseQuery, "shop", at: 50, took: 30, object: "select")
        recorder.add(.httpResponse, "shop", at: 100, took: 100, number: 200)
        let samples = recorder.samples()
        #expect(samples.map(\.operation) == ["DatabaseQuery", "FunctionCall(load)", "GET /items/*"])
        #expect(samples.map(\.selfTime) == [30, 30, 40].map { $0 * Self.millisecond })
        #expect(samples.map(\.status) == ["", "", "200"])
        #expect(samples.allSatisfy { !$0.isError })
    }

    @Test func `a duration rounded down does not push what came first out of the request`() {
        var recorder = Recorder()
        recorder.add(.httpRequest, "shop", at: 0, object: "/items", subject: "GET")
        recorder.add(.databaseQuery, "shop", at: 30, took: 30, object: "select")
        recorder.add(.httpResponse, "shop", at: 35, took: 34, number: 200)
        #expect(recorder.samples().map(\.selfTime) == [30, 5].map { $0 * Self.millisecond })
    }

    @Test func `a failure counts where it arose`() throws {
        var recorder = Recorder()
        recorder.add(.httpRequest, "shop", at: 0, object: "/pay", subject: "POST")
        recorder.add(.functionCall, "shop", at: 10, took: 50, object: "charge")
        recorder.add(.error, "shop", at: 40, object: "CardDeclined")
        recorder.add(.httpResponse, "shop", at: 100, took: 100, number: 500)
        #expect(recorder.samples().map(\.isError) == [true, false])
        var alone = Recorder()
        alone.add(.httpRequest, "shop", at: 0, object: "/pay", subject: "POST")
        alone.add(.httpResponse, "shop", at: 100, took: 100, number: 503)
        #expect(alone.samples().map(\.isError) == [true])
    }

    @Test func `a call's surplus over its callee is charged to the callee's edge`() throws {
        var recorder = Recorder()
        recorder.add(.httpRequest, "web", at: 0, object: "/buy", subject: "POST", span: "a")
        recorder.add(.httpRequest, "web", at: 5, object: "http://stock:80/take", subject: "POST", span: "a")
        // The callee's clock is a second behind.
        recorder.add(
            .httpRequest,
            "stock",
            task: "s",
            at: -990,
            object: "/take",
            subject: "POST",
            span: "b",
            upstream: "a"
        )
        recorder.add(
            .httpResponse,
            "stock",
            task: "s",
            at: -970,
            took: 20,
            number: 500,
            span: "b",
            upstream: "a"
        )
        recorder.add(.httpResponse, "web", at: 45, took: 40, number: 500, span: "a")
        recorder.add(.httpResponse, "web", at: 50, took: 50, number: 500, span: "a")
        let samples = recorder.samples()
        let call = try #require(samples.first { $0.kind == "client" })
        #expect(call.gap == 20 * Self.millisecond && call.callee == "stock" && call.selfTime == -1)
        #expect(call.isServed)
        let served = try #require(samples.first { $0.service == "stock" })
        #expect(served.selfTime == 20 * Self.millisecond && served.isError)
        let outer = try #require(samples.first { $0.operation == "POST /buy" })
        #expect(outer.selfTime == 10 * Self.millisecond)
        #expect(!outer.isError, "its call failed, not it")
    }

    @Test func `retries that cannot be told apart charge nobody's edge`() {
        var recorder = Recorder()
        recorder.add(.httpRequest, "web", at: 0, object: "/buy", subject: "POST", span: "a")
        for attempt in Int64(0)..<2 {
            recorder.add(.httpRequest, "web", at: 10 + attempt * 20, object: "/take", subject: "POST", span: "a")
            recorder.add(.httpResponse, "web", at: 20 + attempt * 20, took: 10, number: 200, span: "a")
        }
        recorder.add(
            .httpRequest,
            "stock",
            task: "s",
            at: 31,
            object: "/take",
            subject: "POST",
            span: "b",
            upstream: "a"
        )
        recorder.add(.httpResponse, "stock", task: "s", at: 36, took: 5, number: 200, span: "b", upstream: "a")
        recorder.add(.httpResponse, "web", at: 60, took: 60, number: 200, span: "a")
        #expect(recorder.samples().allSatisfy { $0.gap == -1 && $0.selfTime >= 0 })
    }

    @Test func `spans give own times, edges and failures alike`() throws {
        func span(
            _ id: String,
            _ parent: String,
            _ service: String,
            _ kind: Span.Kind,
            _ from: Int64,
            _ to: Int64
        ) -> Span {
            var span = Span(
                trace: TraceID(high: 0, low: 1),
                id: id,
                parent: parent,
                name: id,
                start: from * Self.millisecond,
                end: to * Self.millisecond
            )
            (span.service, span.kind) = (service, kind)
            return span
        }
        var spans = [
            span("buy", "", "web", .server, 0, 100),
            span("call", "buy", "web", .client, 10, 60),
            // Half an hour ahead: no overlap with its caller at all.
            span("take", "call", "stock", .server, 1_800_000, 1_800_030),
            span("render", "buy", "web", .internal, 50, 90),
            span("later", "buy", "web", .producer, 95, 200),
        ]
        spans[2].status = .error
        spans[1].status = .error
        spans[0].attributes = [Attribute("http.response.status_code", .int(502))]
        spans[0].status = .error
        let found = SpanSamples(spans.shuffled())
        let samples = Dictionary(uniqueKeysWithValues: found.samples.map { ($0.operation, $0) })
        #expect(samples["buy"]?.selfTime == 15 * Self.millisecond)
        #expect(samples["buy"]?.status == "502")
        #expect(samples["call"]?.selfTime == -1)
        #expect(samples["call"]?.gap == 20 * Self.millisecond)
        #expect(samples["call"]?.callee == "stock")
        #expect(samples["take"]?.selfTime == 30 * Self.millisecond)
        #expect(samples.values.filter(\.isError).map(\.operation) == ["take"])
    }

    @Test func `an open span and a negative duration say nothing`() {
        var open = Span(trace: TraceID(high: 0, low: 1), id: "a", name: "a", start: 5)
        open.service = "web"
        #expect(SpanSamples([open]).samples.isEmpty)
        var recorder = Recorder()
        recorder.add(.httpResponse, "web", at: 5, number: 200)
        recorder.add(.databaseQuery, "web", at: 6, object: "select")
        #expect(recorder.samples().isEmpty)
    }

    @Test func `an analysis reports incidents and what it is still learning`() throws {
        var recorder = Recorder()
        for minute in Int64(0)..<12 {
            for call in Int64(0)..<8 {
                let trace = UInt64(minute * 8 + call + 1)
                let took: Int64 = minute == 9 ? 400 : 20 + call
                let at = minute * 60_000 + call * 1_000
                recorder.add(
                    .httpRequest,
                    "cart",
                    task: "t\(trace)",
                    trace: trace,
                    at: at,
                    object: "/cart",
                    subject: "GET"
                )
                recorder.add(
                    .httpResponse,
                    "cart",
                    task: "t\(trace)",
                    trace: trace,
                    at: at + took,
                    took: took,
                    number: 200
                )
            }
        }
        recorder.add(.functionCall, "cart", task: "x", trace: 999, at: 1, took: 3, object: "warm")
        let analysis = Analyzer.analyze(recorder.batch, spans: [], options: AnalysisOptions(detectors: [.latency]))
        #expect(analysis.anomalies.map(\.kind) == ["latency"])
        let finding = try #require(analysis.anomalies.first)
        #expect(finding.object == "cart GET /cart")
        #expect(finding.events.count == 1)
        #expect(analysis.coverage.latency?.learningNames == ["cart FunctionCall(warm)"])
        #expect(Analyzer.analyze(recorder.batch, spans: [], options: AnalysisOptions()).coverage.latency == nil)
    }
}
