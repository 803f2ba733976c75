import Foundation
import Testing
import TraceFormats
import TraceModel

@Suite struct `Spans written and read again` {
    @Test(arguments: 0..<20)
    func `OTLP keeps everything`(seed: Int) throws {
        var random = RandomSpans(seed: seed)
        let spans = random.make(12)
        let byID = Dictionary(uniqueKeysWithValues: spans.map { ($0.id, $0) })
        for bytes in [OTLPWriter.write(spans), OTLPWriter.writeLines(spans), ProtoBuilder.traces(spans)] {
            let document = try TraceReader.read(bytes)
            #expect(document.problems.isEmpty, "seed \(seed): \(document.problems)")
            #expect(document.spans.count == spans.count)
            for span in document.spans {
                let original = try #require(byID[span.id])
                #expect(span == original, "seed \(seed)")
            }
        }
        #expect(try TraceReader.read(OTLPWriter.writeLines(spans)).spans == spans)
        #expect(try TraceReader.read(ProtoBuilder.traces(spans)).spans == spans)
    }

    @Test(arguments: 0..<20)
    func `Zipkin keeps what it has a place for`(seed: Int) throws {
        var random = RandomSpans(seed: seed)
        let spans = random.make(12)
        let document = try TraceReader.read(ZipkinWriter.write(spans), format: .zipkin)
        #expect(document.problems.isEmpty)
        try #require(document.spans.count == spans.count)
        for (read, span) in zip(document.spans, spans) {
            #expect(read.id == span.id)
            #expect(read.trace == span.trace)
            #expect(read.parent == span.parent)
            #expect(read.name == span.name)
            #expect(read.start / 1000 == span.start / 1000)
            #expect(read.duration / 1000 == span.duration / 1000)
            #expect(read.status == span.status)
            #expect(read.service == span.service)
            #expect(read.instance == span.instance)
            #expect(read.scopeName == span.scopeName)
            #expect(read.moments.map(\.name) == span.moments.map(\.name))
            #expect(read.moments.map(\.attributes.count) == span.moments.map(\.attributes.count))
            for attribute in span.attributes { #expect(read.attributes[attribute.key] != nil) }
            if span.kind != .internal { #expect(read.kind == span.kind) }
        }
        #expect(
            ZipkinWriter.write(document.spans)
                == ZipkinWriter.write(try TraceReader.read(ZipkinWriter.write(document.spans), format: .zipkin).spans)
        )
    }

    @Test(arguments: 0..<20)
    func `Jaeger keeps what it has a place for`(seed: Int) throws {
        var random = RandomSpans(seed: seed)
        let spans = random.make(12)
        let document = try TraceReader.read(JaegerWriter.write(spans), format: .jaeger)
        #expect(document.problems.isEmpty)
        let byID = Dictionary(uniqueKeysWithValues: spans.map { ($0.id, $0) })
        #expect(document.spans.count == spans.count)
        for read in document.spans {
            let span = try #require(byID[read.id])
            #expect(read.trace == span.trace)
            #expect(read.parent == span.parent)
            #expect(read.name == span.name)
            #expect(read.kind == span.kind)
            #expect(read.status == span.status)
            #expect(read.statusMessage == span.statusMessage)
            #expect(read.start / 1000 == span.start / 1000)
            #expect(read.duration / 1000 == span.duration / 1000)
            #expect(read.service == span.service)
            #expect(read.instance == span.instance)
            #expect(read.resource == span.resource)
            #expect(read.scopeVersion == span.scopeVersion)
            #expect(read.traceState == span.traceState)
            #expect(read.links.map(\.span) == span.links.map(\.span))
            #expect(read.moments.map(\.name) == span.moments.map(\.name))
            #expect(read.attributes.filter { $0.key != "error" }.map(\.key) == span.attributes.map(\.key))
        }
    }

    @Test func `FOLLOWS_FROM parents come back as such`() throws {
        let json = """
            {"data":[{"traceID":"ab","spans":[
             {"traceID":"ab","spanID":"root","operationName":"r","startTime":1,"duration":9},
             {"traceID":"ab","spanID":"kid","operationName":"k","startTime":2,"duration":1,
              "references":[{"refType":"FOLLOWS_FROM","traceID":"ab","spanID":"root"}]},
             {"traceID":"ab","spanID":"old","parentSpanID":"root","operationName":"o","startTime":2,"duration":1}],
             "processes":{}}]}
            """
        let spans = try TraceReader.read(Array(json.utf8)).spans
        #expect(spans.map(\.parent) == ["", "root", "root"])
        #expect(spans[1].links.map(\.span) == ["root"])
        let again = try TraceReader.read(JaegerWriter.write(spans)).spans
        #expect(again.map(\.parent) == ["", "root", "root"])
        #expect(again.map(\.links) == spans.map(\.links))
        let text = String(decoding: try JaegerWriter.write(spans), as: UTF8.self)
        #expect(text.components(separatedBy: "FOLLOWS_FROM").count == 2)
        #expect(text.components(separatedBy: "CHILD_OF").count == 2)
    }

    @Test func `annotated spans survive as Raceway events`() throws {
        var span = Span(trace: TraceID(high: 1, low: 2), id: "00000000000000aa", name: "work", start: 1_000, end: 9_000)
        span.kind = .server
        span.service = "shop"
        span.instance = "shop-1"
        func moment(_ name: String, _ time: Int64, _ attributes: KeyValuePairs<String, String>) -> Span.Moment {
            Span.Moment(
                timestamp: time,
                name: name,
                attributes: attributes.map { Attribute($0.key, .string($0.value)) }
            )
        }
        span.moments = [
            moment("race.lock", 2_000, ["race.lock.id": "m", "race.lock.op": "acquire", "race.lock.mode": "shared"]),
            moment(
                "race.access",
                3_000,
                ["race.object.id": "x", "race.access.kind": "rmw", "race.value.before": "1", "race.value.after": "2"]
            ),
            moment("race.lock", 4_000, ["race.lock.id": "m", "race.lock.op": "release", "race.lock.mode": "shared"]),
            moment("race.sync", 5_000, ["race.sync.id": "w", "race.sync.op": "spawn"]),
        ]
        let document = try TraceReader.read(OTLPWriter.write([span]))
        let again = try TraceReader.read(RacewayJSONWriter.body(of: document), format: .raceway)
        #expect(again.problems.isEmpty, "\(again.problems)")
        #expect(Array(again.batch.operations) == Array(document.batch.operations))
        #expect(Array(again.batch.ids) == Array(document.batch.ids))
        #expect(Array(again.batch.parents) == Array(document.batch.parents))
        #expect(Array(again.batch.timestamps) == Array(document.batch.timestamps))
        for row in 0..<document.batch.count {
            let (a, b) = (document.batch, again.batch)
            if a.operations[row] != .none { #expect(a.symbols[a.objects[row]] == b.symbols[b.objects[row]]) }
            #expect(a.symbols[a.threads[row]] == b.symbols[b.threads[row]])
            if !a.oldValues[row].isEmpty { #expect(a.text(a.oldValues[row]) == b.text(b.oldValues[row])) }
            #expect(a.flags[row] == b.flags[row])
        }
        #expect(RacewayJSONWriter.body(of: again.batch) == RacewayJSONWriter.body(of: document.batch))
    }

    @Test func `spans without accesses become calls`() throws {
        let span = Span(trace: TraceID(high: 1, low: 2), id: "00000000000000aa", name: "work", start: 1_000, end: 9_000)
        var document = TraceDocument()
        document.spans = [span]
        let again = try TraceReader.read(RacewayJSONWriter.body(of: document), format: .raceway)
        #expect(Array(again.batch.kinds) == [.functionCall, .functionReturn])
        #expect(again.batch.symbols[again.batch.objects[0]] == "work")
    }
}
