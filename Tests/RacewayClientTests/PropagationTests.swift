import Detectors
import RacewayClient
import TraceContext
import TraceModel
import Testing
import Tracing

@Suite struct `A trace that crosses processes` {
    struct Headers: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    }

    private let shop = Recording(TracerConfiguration(service: "shop", instance: "shop-1"))
    private let stock = Recording(TracerConfiguration(service: "stock", instance: "stock-1"))

    /// The shop calls the stock, which does `work` in a span of its own.
    private func call(_ work: () async -> Void) async {
        await shop.tracer.withSpan("reserve", ofKind: .client) { span in
            var headers: [String: String] = [:]
            shop.tracer.inject(span.context, into: &headers, using: Headers())
            var context = InstrumentationContext.topLevel
            stock.tracer.extract(headers, into: &context, using: Headers())
            // Another process: nothing of the caller's task is there.
            await InstrumentationContext.$current.withValue(nil) {
                await stock.inSpan(.server, context: context) { _ in await work() }
            }
            span.attributes["http.response.status_code"] = 200
        }
    }

    private func analysis() async throws -> (EventBatch, Analysis) {
        _ = try await shop.events()
        _ = try await stock.events()
        let batch = try Recording.read(shop.transport.bodies + stock.transport.bodies)
        return (batch, Analyzer.analyze(batch, spans: [], options: AnalysisOptions()))
    }

    @Test func `is one trace, and the call and its answer order what they enclose`() async throws {
        await shop.inSpan(.server) { _ in
            Raceway.write("db:seats", to: 1, scope: .global)
            await call { Raceway.write("db:seats", to: 2, scope: .global) }
            Raceway.write("db:seats", to: 3, scope: .global)
        }
        let (batch, analysis) = try await analysis()
        #expect(Set((0..<batch.count).map { batch[$0].trace }).count == 1)
        #expect(analysis.races.isEmpty, "\(analysis.races.map(\.reasons))")
        #expect(analysis.coverage.complete)
        #expect(analysis.coverage.processes == 2)
    }

    @Test func `what the caller does meanwhile is not ordered`() async throws {
        await shop.inSpan(.server) { _ in
            await withTrackedTaskGroup(of: Void.self) { group in
                group.addTask { await call { Raceway.write("db:seats", to: 2, scope: .global) } }
                Raceway.write("db:seats", to: 3, scope: .global)
            }
        }
        let (_, analysis) = try await analysis()
        #expect(analysis.races.count == 1)
    }

    @Test func `a call that failed orders nothing behind it`() async throws {
        struct Timeout: Error {}
        await shop.inSpan(.server) { _ in
            try? shop.tracer.withSpan("reserve", ofKind: .client) { span in
                var headers: [String: String] = [:]
                shop.tracer.inject(span.context, into: &headers, using: Headers())
                throw Timeout()
            }
        }
        _ = try await shop.events()
        let sent = shop.transport.bodies.map { String(decoding: $0, as: UTF8.self) }.joined()
        #expect(sent.contains("\"Error\""))
        // One response only: that of the server span.
        #expect(sent.split(separator: "\"HttpResponse\"").count == 2)
    }

    @Test func `the headers name this span, and the clock a fresh one for the receiver`() async throws {
        await shop.inSpan { span in
            var headers: [String: String] = [:]
            shop.tracer.inject(span.context, into: &headers, using: Headers())
            let incoming = IncomingContext(headers: headers.map { (name: $0.key, value: $0.value) })
            #expect(incoming.problems.isEmpty)
            let clock = incoming.clock
            #expect(clock?.parentSpan == incoming.parent?.parent.description)
            #expect(clock?.span != clock?.parentSpan)
            #expect(clock?.clock["shop#shop-1"] == 2)
        }
    }

    @Test func `baggage travels, also without a trace and changed on the way`() async throws {
        var context = InstrumentationContext.topLevel
        shop.tracer.extract(["baggage": "user=alice"], into: &context, using: Headers())
        #expect(context.baggage["user"] == "alice")
        var headers: [String: String] = [:]
        shop.tracer.inject(context, into: &headers, using: Headers())
        #expect(headers == ["baggage": "user=alice"])
        await shop.inSpan(context: context) { span in
            var inner = span.context
            if let member = Baggage.Member("tenant", "7") { inner.baggage.set(member) }
            headers = [:]
            shop.tracer.inject(inner, into: &headers, using: Headers())
            #expect(headers["baggage"] == "user=alice,tenant=7")
        }
    }

    @Test(arguments: [
        "", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01,x",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        String(repeating: "0", count: 1 << 20), "00-\u{e9}",
    ])
    func `a header that is not valid starts a new trace and never fails`(value: String) async throws {
        var context = InstrumentationContext.topLevel
        let all = ["traceparent": value, "tracestate": "a=1", "raceway-clock": value]
        shop.tracer.extract(all, into: &context, using: Headers())
        await shop.inSpan(.server, context: context) { span in
            var headers: [String: String] = [:]
            shop.tracer.inject(span.context, into: &headers, using: Headers())
            #expect(headers["tracestate"] == nil)
            #expect(headers["traceparent"]?.hasSuffix("-03") == true)
        }
    }

    @Test func `a server without Raceway's clock gets the W3C headers only`() async throws {
        var configuration = TracerConfiguration.test
        configuration.sendsClock = false
        let recording = Recording(configuration)
        await recording.inSpan { span in
            var headers: [String: String] = [:]
            recording.tracer.inject(span.context, into: &headers, using: Headers())
            #expect(Set(headers.keys) == ["traceparent"])
        }
    }
}
