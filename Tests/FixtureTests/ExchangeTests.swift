import Detectors
import Testing
import TraceFormats
import TraceModel

/// Traces that were given away as spans and came back.
@Suite struct ExchangeTests {
    enum Form: String, CaseIterable {
        case otlp, otlpLines, jaeger, zipkin

        func write(_ spans: [Span]) throws -> [UInt8] {
            switch self {
            case .otlp: OTLPWriter.write(spans)
            case .otlpLines: OTLPWriter.writeLines(spans)
            case .jaeger: try JaegerWriter.write(spans)
            case .zipkin: ZipkinWriter.write(spans)
            }
        }
    }

    @Test(arguments: Fixtures.names, Form.allCases)
    func `what is found in a trace is found in its export`(name: String, form: Form) throws {
        for variant in Fixtures.variants {
            let original = try Fixtures.document(name, variant)
            let exported = try form.write(Self.spans(of: original.batch))
            let read = try TraceReader.read(exported, name: "export.json")
            #expect(read.format == form.rawValue.prefix(while: \.isLowercase))
            #expect(read.skipped == 0 && read.spans.isEmpty && read.batch.count == original.batch.count)
            #expect(Self.report(read.batch) == Self.report(original.batch), "\(variant)")
        }
    }

    @Test func `an event that was damaged on its way costs no other`() throws {
        var spans = Self.spans(of: try Fixtures.document("banking-transfer", "racy").batch)
        let count = spans.reduce(0) { $0 + $1.moments.count }
        let place = try #require(spans[0].moments[0].attributes.firstIndex { $0.key == "race.event" })
        spans[0].moments[0].attributes[place].value = .string("{\"id\":\n")
        let read = try TraceReader.read(OTLPWriter.write(spans), name: "export.json")
        #expect(read.batch.count == count - 1 && read.skipped == 1)
        #expect(read.problems.first?.message.contains("race.event") == true)
    }

    private static func spans(of batch: EventBatch) -> [Span] {
        var order: [TraceID] = []
        var rows: [TraceID: [Int]] = [:]
        for row in 0..<batch.count {
            if rows[batch.traces[row]] == nil { order.append(batch.traces[row]) }
            rows[batch.traces[row], default: []].append(row)
        }
        return order.flatMap { trace in
            var alone = EventBatch()
            alone.append(batch, rows: rows[trace] ?? [])
            return EventSpans(alone, trace: trace).spans
        }
    }

    private static func report(_ batch: EventBatch) -> String {
        Fixtures.report(Analyzer.analyze(batch, spans: [], options: AnalysisOptions()))
    }
}
