import TraceFormats
import TraceModel

/// Bodies as an SDK posts them.
enum DecodeBenchmarks {
    static func run(_ harness: inout Harness) throws {
        guard harness.wants("decode/") else { return }
        let events = 50_000
        let posts = Inputs.posts(events: events)
        try harness.measure("decode/raceway", count: events) {
            try TraceReader.read(posts, name: "posts.ndjson", format: .raceway).batch.count
        }
        try harness.measure("decode/naive JSONDecoder", count: events) { try NaiveDecode.decode(posts) }
        try spans(&harness)
    }

    /// What taking a request of spans costs, and what looking at its spans does.
    private static func spans(_ harness: inout Harness) throws {
        let request = SpanInputs.request()
        let kept = try SpanBody.decode(request, as: .otlpProtobuf).batch
        let text = OTLPWriter.write(try OTLPReader.decode(request, as: .protobuf).spans)
        try harness.measure("decode/spans to rows, protobuf", count: SpanInputs.spans) {
            try SpanBody.decode(request, as: .otlpProtobuf).batch.count
        }
        try harness.measure("decode/spans to rows, JSON", count: SpanInputs.spans) {
            try SpanBody.decode(text, as: .otlpJSON).batch.count
        }
        harness.measure("decode/rows to spans", count: SpanInputs.spans) {
            SpanArchive.expand(kept)?.spans.count ?? 0
        }
    }
}
