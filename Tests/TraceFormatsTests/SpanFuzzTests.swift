import Testing
import TraceFormats
import TraceModel

/// Damaged inputs: whatever happens, readers answer, and what they kept can be written in every format.
@Suite struct `Damaged spans` {
    private func mutate(_ bytes: [UInt8], using generator: inout Seeded) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0..<4, using: &generator) {
            guard !bytes.isEmpty else { return [UInt8.random(in: 0...255, using: &generator)] }
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            let end = min(bytes.count, index + Int.random(in: 1..<16, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes.removeSubrange(index..<end)
            case 3: bytes.insert(contentsOf: bytes[index..<end], at: index)
            case 4: bytes.removeLast(bytes.count - index)
            default:
                let tokens = ["{", "}", "[", "]", "null", "\"", ",", ":", "-1", "1e999", "\u{0}", "\\u0000"]
                bytes.insert(contentsOf: (tokens.randomElement(using: &generator) ?? "").utf8, at: index)
            }
        }
        return bytes
    }

    private func exercise(_ bytes: [UInt8], _ format: TraceFormat) {
        guard let document = try? TraceReader.read(bytes, format: format) else { return }
        #expect(document.skipped <= document.records)
        #expect(document.problems.count <= TraceDocument.problemsMax)
        #expect(
            document.spans.allSatisfy { $0.start >= 0 && $0.trace != .zero && !$0.id.isEmpty && $0.id.utf8.count <= 64 }
        )
        // What was kept is readable again.
        for (written, format) in [
            (OTLPWriter.write(document.spans), TraceFormat.otlp), (ZipkinWriter.write(document.spans), .zipkin),
            ((try? JaegerWriter.write(document.spans)) ?? [], .jaeger),
        ] where !document.spans.isEmpty {
            let again = try? TraceReader.read(written, format: format)
            #expect(again?.spans.count == document.spans.count, "as \(format)")
        }
        #expect(!ChromeTraceWriter.write(document).isEmpty)
        if !document.batch.isEmpty {
            let again = try? TraceReader.read(RacewayJSONWriter.body(of: document.batch), format: .raceway)
            #expect(again?.batch.count == document.batch.count)
        }
    }

    @Test(arguments: 0..<8)
    func `no reader trips over a damaged file`(seed: Int) throws {
        var generator = Seeded(seed)
        var random = RandomSpans(seed: seed)
        var spans = random.make(4)
        spans[0].moments = [
            Span.Moment(
                timestamp: spans[0].start,
                name: "race.access",
                attributes: [
                    Attribute("race.object.id", .string("x")), Attribute("race.access.kind", .string("rmw")),
                    Attribute("race.seq", .int(1)),
                ]
            )
        ]
        let files: [([UInt8], TraceFormat)] = [
            (OTLPWriter.write(spans), .otlp), (OTLPWriter.writeLines(spans), .otlp),
            (ProtoBuilder.traces(spans), .otlp), (ZipkinWriter.write(spans), .zipkin),
            (try JaegerWriter.write(spans), .jaeger),
        ]
        for _ in 0..<40 {
            for (bytes, format) in files { exercise(mutate(bytes, using: &generator), format) }
        }
    }

    @Test(arguments: 0..<4)
    func `no reader trips over a damaged log`(seed: Int) {
        var generator = Seeded(seed)
        let log = """
            {"host":"a","clock":{"a":1},"event":"Entering f"}
            {"host":"a","clock":{"a":2,"b":1},"event":"Write 1 to v of type int (ptr=7)"}
            {"host":"b","clock":{"b":1},"event":"Read 1 from v of type int (ptr=7)"}
            a {"a":3}
            text

            """
        for _ in 0..<300 {
            let bytes = mutate(Array(log.utf8), using: &generator)
            guard let document = try? TraceReader.read(bytes, format: .shiviz) else { continue }
            #expect(document.batch.count + document.skipped == document.records)
            let written = ShiVizWriter.write(document.batch)
            let again = try? TraceReader.read(written, format: .shiviz)
            #expect(document.batch.isEmpty || again?.batch.count == document.batch.count)
        }
    }

    @Test(arguments: [TraceFormat.auto, .otlp, .zipkin, .jaeger, .shiviz], 0..<4)
    func `no reader trips over noise`(format: TraceFormat, seed: Int) {
        var generator = Seeded(seed)
        for _ in 0..<200 {
            let count = Int.random(in: 0..<120, using: &generator)
            exercise((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }, format)
        }
    }

    @Test(
        arguments: [
            (String(repeating: "[", count: 100_000), TraceFormat.zipkin),
            (String(repeating: #"{"data":"#, count: 100_000), .jaeger),
            (#"{"resourceSpans":"# + String(repeating: "[", count: 100_000), .otlp),
            (String(repeating: #"{"result":"#, count: 100_000), .otlp),
        ])
    func `hostile nesting is refused`(text: String, format: TraceFormat) {
        #expect(throws: FormatError.self) { try TraceReader.read(Array(text.utf8), format: format) }
    }

    @Test func `attribute values nested too deeply cost their span alone`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            var value = ProtoBuilder()
            value.data(1, "x".utf8)
            for _ in 0..<depth {
                let inner = value.bytes
                value = ProtoBuilder()
                value.message(5) { $0.data(1, inner) }
            }
            return value.bytes
        }
        for (depth, kept) in [(30, true), (200, false)] {
            var builder = ProtoBuilder()
            builder.message(1) { resource in
                resource.message(2) { scope in
                    scope.message(2) { span in
                        span.data(1, Array(repeating: 1, count: 16))
                        span.data(2, Array(repeating: 1, count: 8))
                        span.message(9) { $0.data(2, nested(depth)) }
                    }
                }
            }
            let document = try OTLPReader.decode(builder.bytes, as: .protobuf)
            #expect(document.spans.count == (kept ? 1 : 0))
            #expect(document.problems.map(\.code) == (kept ? [] : ["nesting_too_deep"]))
        }
    }
}
