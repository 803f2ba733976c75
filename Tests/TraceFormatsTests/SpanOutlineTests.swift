import Testing
import TraceFormats
import TraceModel

/// Spans are stored as they came, checked by a walk that makes no values. It must accept what the reader accepts, and no more.
@Suite struct `Spans kept in protobuf` {
    private static let bodies: [[UInt8]] =
        Corpora.isPresent
        ? ["otlp_http_protobuf.body", "otlp_http_protobuf_300events.body", "otlp_grpc.body"].flatMap { name in
            Corpora.files("traces/wire-python-sdk", suffix: name).map { (try? Corpora.bytes($0)) ?? [] }
        } : []

    /// A span with everything nested once: attributes of every type, an event, a link, a status.
    private static let small: [UInt8] = {
        func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
            [number << 3 | 2, UInt8(content.count)] + content
        }
        func attribute(_ value: [UInt8]) -> [UInt8] { field(1, Array("key".utf8)) + field(2, value) }
        let text = field(1, Array("text".utf8))
        let values: [[UInt8]] = [
            text, [2 << 3, 1], [3 << 3, 7], [4 << 3 | 1, 0, 0, 0, 0, 0, 0, 0, 1], field(5, field(1, text)),
            field(6, field(1, attribute(text))), field(7, [1, 2, 255]), [],
        ]
        var span = field(1, [UInt8](1...16)) + field(2, [UInt8](1...8)) + field(4, [UInt8](2...9))
        span += field(5, Array("n\u{e9}".utf8)) + [6 << 3, 2, 7 << 3 | 1, 1, 0, 0, 0, 0, 0, 0, 0]
        for value in values { span += field(9, attribute(value)) }
        span += field(11, field(2, Array("race.access".utf8)) + field(3, attribute(text)))
        span += field(13, field(1, [UInt8](1...16)) + field(2, [UInt8](1...8)) + field(4, attribute(text)))
        span += field(15, field(2, Array("m".utf8)) + [3 << 3, 2])
        let long = span
        let length = [UInt8(long.count & 0x7f) | 0x80, UInt8(long.count >> 7)]
        let scope = [2 << 3 | 2] + length + long
        let outer = [UInt8(scope.count & 0x7f) | 0x80, UInt8(scope.count >> 7)]
        let resource = [2 << 3 | 2] + outer + scope
        return [1 << 3 | 2, UInt8(resource.count & 0x7f) | 0x80, UInt8(resource.count >> 7)] + resource
    }()

    /// What the reader of files makes of a body, and what is kept of it and read back; `nil` when it is refused.
    private func agree(_ bytes: [UInt8]) -> Bool {
        let read = try? OTLPReader.decode(bytes, as: .protobuf)
        let kept = try? SpanBody.decode(bytes, as: .otlpProtobuf)
        guard let read, let kept else { return read == nil && kept == nil }
        guard read.records == kept.records, read.skipped == kept.skipped else { return false }
        // Log records are kept beside spans, not among them.
        guard kept.batch.kinds.allSatisfy({ $0 == .span }), !kept.batch.isEmpty else { return true }
        guard let expansion = SpanArchive.expand(kept.batch), expansion.damaged == 0 else { return false }
        return expansion.spans == read.spans
    }

    @Test func `come back as they were read`() throws {
        #expect(try OTLPReader.decode(Self.small, as: .protobuf).spans.first?.attributes.count == 8)
        for body in [Self.small] + Self.bodies { #expect(agree(body)) }
    }

    @Test(arguments: 0..<8) func `are refused exactly when their reader refuses them`(seed: Int) {
        var random = Seeded(seed)
        for body in [Self.small] + Self.bodies.map({ Array($0.prefix(4_000)) }) {
            for _ in 0..<400 {
                var bytes = body
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                    case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    default: bytes.removeSubrange(place...)
                    }
                    if bytes.isEmpty { break }
                }
                #expect(agree(bytes), "seed \(seed): \(bytes)")
            }
        }
    }

    @Test func `differ by their content and by nothing else`() throws {
        var other = Self.small
        other[other.count - 1] = 1
        let batches = try [Self.small, Self.small, other].map { try SpanBody.decode($0, as: .otlpProtobuf).batch }
        #expect(batches[0].ids == batches[1].ids && batches[0].ids != batches[2].ids)
    }
}
