import Detectors
import Foundation
import Testing
import TraceFormats
import TraceModel

/// What came over the wire in pieces must be analysed as the same bytes in a file are.
@Suite struct `Spans kept for later` {
    /// What an analysis says, without positions in a batch.
    private struct Verdict: Equatable {
        var findings: [String]
        var coverage: Coverage
    }

    private func verdict(_ batch: EventBatch, _ spans: [Span]) -> Verdict {
        let analysis = Analyzer.analyze(batch, spans: spans, options: AnalysisOptions())
        let races = analysis.races.map { "\($0.id) \($0.grade) \($0.count) \($0.object)" }
        let others = analysis.deadlocks.map(\.id) + analysis.anomalies.map(\.id)
        return Verdict(findings: races + others.sorted(), coverage: analysis.coverage)
    }

    private func format(_ bytes: [UInt8], _ document: TraceDocument) -> SpanBody.Format {
        if document.format == "zipkin" { return .zipkinJSON }
        return bytes.first { $0 > 0x20 } == UInt8(ascii: "{") ? .otlpJSON : .otlpProtobuf
    }

    /// Keeps the first row of each identity, as a store does.
    private func stored(_ bodies: [EventBatch]) -> EventBatch {
        struct Identity: Hashable {
            var trace: TraceID
            var id: EventID
        }
        var batch = EventBatch()
        var known: Set<Identity> = []
        for body in bodies {
            let rows = (0..<body.count).filter {
                known.insert(Identity(trace: body.traces[$0], id: body.ids[$0])).inserted
            }
            batch.append(body, rows: rows)
        }
        return batch
    }

    private func check(_ bytes: [UInt8], _ name: String) throws -> Int {
        let offline = try TraceReader.read(bytes, name: name)
        let body = try SpanBody.decode(bytes, as: format(bytes, offline))
        #expect(body.records == offline.records && body.skipped == offline.skipped && body.spans.isEmpty, "\(name)")
        if offline.spans.isEmpty, body.batch.isEmpty { return 0 }
        let online = try #require(SpanArchive.expand(stored([body.batch])), "\(name)")
        #expect(online.damaged == 0)
        // A store knows an exact repetition when it comes; a file's reader leaves it to the projection.
        var seen: Set<Span> = []
        #expect(online.spans == offline.spans.filter { seen.insert($0).inserted }, "\(name)")
        let expected = verdict(offline.batch, online.spans)
        #expect(verdict(online.batch, online.spans) == expected, "\(name)")
        return expected.findings.count
    }

    @Test(.enabled(if: Corpora.isPresent)) func `a body and a file with the same bytes give the same findings`() throws
    {
        let folders = ["async-critical-path", "zipkin-lens"]
        var files = folders.flatMap { Corpora.files("traces/\($0)", suffix: ".json") }
        files += ["protobuf.body", "300events.body", "http_json.body", "zipkin_v2_json.body", "grpc.body"]
            .flatMap { Corpora.files("traces/wire-python-sdk", suffix: $0) }
        files += Corpora.files("traces/jaeger-otlp-translate", suffix: "in.json")
        files += ["trace.json", "logs.json"].flatMap { Corpora.files("traces/otel-proto", suffix: $0) }
        #expect(files.count >= 15)
        for file in files { _ = try check(Corpora.bytes(file), file.lastPathComponent) }
    }

    @Test func `the lost update is found in a file and in a body`() throws {
        #expect(try check(Array(TwoOrders.traces.utf8), "orders.otlp.json") > 0)
    }

    @Test func `log records meet their spans, whichever comes first`() throws {
        let spans = try SpanBody.decode(Array(TwoOrders.bareSpans.utf8), as: .otlpJSON)
        let logs = try SpanBody.decode(Array(TwoOrders.logs.utf8), as: .otlpJSON)
        #expect(spans.batch.count == 6 && logs.batch.count == 4)
        #expect(logs.records == 5, "one is an ordinary line of a log")
        let offline = try TraceReader.read(Array(TwoOrders.traces.utf8), name: "orders.otlp.json")
        let expected = verdict(offline.batch, offline.spans).findings
        #expect(!expected.isEmpty)
        for bodies in [[spans.batch, logs.batch], [logs.batch, spans.batch], [logs.batch, spans.batch, logs.batch]] {
            let online = try #require(SpanArchive.expand(stored(bodies)))
            #expect(verdict(online.batch, online.spans).findings == expected)
        }
    }

    @Test(arguments: 0..<8) func `late, repeated and shuffled spans give what all of them give at once`(
        seed: Int
    ) throws {
        var random = Seeded(seed)
        let offline = try TraceReader.read(Array(TwoOrders.traces.utf8), name: "orders.otlp.json")
        var bodies = try (offline.spans + offline.spans).map { span in
            try SpanBody.decode(OTLPWriter.write([span]), as: .otlpJSON).batch
        }
        bodies.shuffle(using: &random)
        let missing = try #require(SpanArchive.expand(stored(Array(bodies.prefix(2)))))
        #expect(verdict(missing.batch, missing.spans) != verdict(offline.batch, offline.spans))
        let all = try #require(SpanArchive.expand(stored(bodies)))
        #expect(all.spans.count == offline.spans.count)
        #expect(verdict(all.batch, all.spans) == verdict(offline.batch, offline.spans))
    }

    @Test func `the version of a span that has ended counts, whatever came first`() throws {
        var open = try #require(TraceReader.read(Array(TwoOrders.traces.utf8), name: "orders.otlp.json").spans.last)
        let ended = open
        (open.end, open.moments) = (0, [])
        let bodies = try [open, ended].map { try SpanBody.decode(OTLPWriter.write([$0]), as: .otlpJSON).batch }
        for order in [bodies, bodies.reversed()] {
            let online = try #require(SpanArchive.expand(stored(order)))
            #expect(online.batch.operations.filter(\.isAccess).count == 2)
            #expect(online.batch.kinds.filter { $0 == .spanEnd }.count == 1)
        }
    }

    @Test func `every span can be shown, also in traces that touch nothing`() throws {
        let body = try SpanBody.decode(Array(TwoOrders.bareSpans.utf8), as: .otlpJSON)
        #expect(SpanArchive.expand(body.batch)?.batch.count == 0)
        #expect(SpanArchive.expand(body.batch, everySpan: true)?.batch.kinds.filter { $0 == .spanStart }.count == 6)
    }

    @Test func `events of other formats stay, and a batch without spans is left alone`() throws {
        var batch = try Wire.decode(Wire.body(Wire.event())).batch
        #expect(SpanArchive.expand(batch)?.spans == nil)
        batch.append(try SpanBody.decode(Array(TwoOrders.traces.utf8), as: .otlpJSON).batch, rows: 0..<6)
        let expanded = try #require(SpanArchive.expand(batch))
        #expect(expanded.batch.kinds.first == .stateChange && expanded.spans.count == 6)
    }

    @Test func `a row that cannot be read back is counted and costs no other`() throws {
        var batch = try SpanBody.decode(Array(TwoOrders.traces.utf8), as: .otlpJSON).batch
        for text in ["{", "[]", "{\"span\":{}}", "", "{\"log\":{}}"] {
            var row = batch[0]
            row.newValue = batch.appendPayload(Array(text.utf8))
            batch.append(row)
        }
        let expanded = try #require(SpanArchive.expand(batch))
        #expect(expanded.damaged == 5 && expanded.spans.count == 6)
    }
}
