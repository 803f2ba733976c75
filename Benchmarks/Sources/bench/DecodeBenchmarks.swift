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
    }
}
