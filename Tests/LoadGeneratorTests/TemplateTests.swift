import Testing
import TraceFormats
import TraceModel

@testable import LoadGenerator

/// What the generator sends is what it says it sends.
struct TemplateTests {
    private static let moment: Int64 = 1_795_000_000_000_000_000

    @Test(arguments: [LoadScenario.banking, .fanOut, .chains], [1, 3, 100])
    func `every body holds as many different events as it counts`(_ scenario: LoadScenario, _ count: Int) throws {
        for template in scenario.templates(eventsPerRequest: count, service: "load") {
            var ids: Set<EventID> = []
            var traces: Set<TraceID> = []
            for request in 0..<3 {
                var body: [UInt8] = []
                template.fill(
                    run: 7,
                    firstEvent: request * template.events,
                    firstTrace: request * template.traces,
                    nanoseconds: Self.moment,
                    into: &body
                )
                let document = try body.withUnsafeBytes { try RacewayBody.decode($0, options: ReadOptions()) }
                #expect(document.skipped == 0)
                #expect(document.batch.count == count)
                ids.formUnion(document.batch.ids)
                traces.formUnion(document.batch.traces)
            }
            #expect(ids.count == 3 * count)
            #expect(traces.count == 3 * template.traces)
        }
    }

    @Test(arguments: [1, 8, 100]) func `a body of spans holds whole traces of different ones`(_ count: Int) throws {
        let template = SpanTemplate.template(spans: count, service: "load")
        var spans: [Span] = []
        for request in 0..<3 {
            var body: [UInt8] = []
            template.fill(
                run: 7,
                firstEvent: request * template.events,
                firstTrace: request * template.traces,
                nanoseconds: Self.moment,
                into: &body
            )
            spans += try OTLPReader.decode(body, as: .protobuf).spans
            // What is stored of it comes back the same.
            #expect(
                SpanArchive.expand(try SpanBody.decode(body, as: .otlpProtobuf).batch)?.spans
                    == Array(spans.suffix(count))
            )
        }
        #expect(spans.count == 3 * count && Set(spans.map(\.id)).count == 3 * count)
        #expect(Set(spans.map(\.trace)).count == 3 * template.traces)
        let known = Set(spans.map(\.id))
        for span in spans {
            #expect(
                span.parent.isEmpty == (span.kind == .server) && (span.parent.isEmpty || known.contains(span.parent))
            )
            #expect(span.attributes.count == 20 && span.end == span.start + 1_000 && span.service == "load")
        }
    }

    @Test func `a chain goes on from request to request`() throws {
        let template = try #require(LoadScenario.chains.templates(eventsPerRequest: 10, service: "load").first)
        var previous: EventID?
        for request in 0..<3 {
            var body: [UInt8] = []
            template.fill(run: 1, firstEvent: request * 10, firstTrace: 5, nanoseconds: Self.moment, into: &body)
            let batch = try body.withUnsafeBytes { try RacewayBody.decode($0, options: ReadOptions()) }.batch
            if let previous { #expect(batch.parents[0] == previous) }
            for index in 1..<10 { #expect(batch.parents[index] == batch.ids[index - 1]) }
            #expect(Set(batch.traces).count == 1)
            previous = batch.ids[9]
        }
    }

    @Test func `bad requests of the hostile scenario are refused as expected`() {
        for template in LoadScenario.hostile.templates(eventsPerRequest: 5, service: "load") {
            var body: [UInt8] = []
            template.fill(run: 1, firstEvent: 0, firstTrace: 0, nanoseconds: Self.moment, into: &body)
            var status = 200
            if template.contentType == "application/json" {
                do {
                    _ = try body.withUnsafeBytes { try RacewayBody.decode($0, options: ReadOptions()) }
                } catch let refusal as RacewayBody.Refusal {
                    status = refusal.status
                } catch {
                    status = -1
                }
                #expect(status == template.status)
            }
        }
    }
}
