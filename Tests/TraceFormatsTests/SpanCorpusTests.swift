import Foundation
import Testing
import TraceFormats
import TraceModel

@Suite(.enabled(if: Corpora.isPresent)) struct `Real traces of other tools` {
    private func read(_ file: URL, _ format: TraceFormat = .auto) throws -> TraceDocument {
        try TraceReader.read(Corpora.bytes(file), name: file.lastPathComponent, format: format)
    }

    private func file(_ path: String) throws -> URL { try #require(Corpora.folder).appending(path: "traces/\(path)") }

    @Test func `every Zipkin Lens trace opens without a problem`() throws {
        let files = Corpora.files("traces/zipkin-lens", suffix: ".json")
        let counts = [
            "ascend.json": 8, "envoy.json": 1, "messaging-kafka.json": 28, "messaging.json": 4, "messaging2.json": 11,
            "simple-db-p6.json": 5, "skew.json": 4, "smartthings-mobile-web-install.json": 1041,
            "smartthings-oauth-authorization.json": 175, "yelp.json": 16,
        ]
        #expect(files.count == counts.count)
        for file in files {
            let document = try read(file)
            #expect(document.problems.isEmpty, "\(file.lastPathComponent): \(document.problems.prefix(3))")
            #expect(document.spans.count == counts[file.lastPathComponent])
        }
    }

    @Test func `both halves of a shared Zipkin span are kept, and times are not adjusted`() throws {
        let document = try read(file("zipkin-lens/skew.json"))
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file("zipkin-lens/skew.json")))
        let spans = try #require(json as? [[String: Any]])
        #expect(document.spans.filter(\.shared).count == 1)
        #expect(document.spans.map { $0.start / 1000 } == spans.map { ($0["timestamp"] as? NSNumber)?.int64Value ?? 0 })
    }

    @Test func `every Jaeger trace opens without a problem`() throws {
        let crisp = Corpora.files("traces/crisp", suffix: ".json").filter { !$0.lastPathComponent.hasPrefix("GOLDEN") }
        let views = Corpora.files("traces/jaeger-ui", suffix: ".json").filter {
            !$0.lastPathComponent.hasPrefix("DependencyGraph") && !$0.lastPathComponent.hasPrefix("TraceFlamegraph")
        }
        let paths = Corpora.files("traces/jaeger-ui-critical-path", suffix: ".json")
        #expect(crisp.count == 33)
        #expect(paths.count == 9)
        for file in crisp + views + paths {
            let document = try read(file, .jaeger)
            #expect(document.problems.isEmpty, "\(file.lastPathComponent): \(document.problems.prefix(3))")
            #expect(document.spans.count == spanCount(file))
            #expect(document.spans.allSatisfy { !$0.service.isEmpty })
            let ids = Set(document.spans.map(\.id))
            let orphans = document.spans.filter { !$0.parent.isEmpty && !ids.contains($0.parent) }
            #expect(orphans.count <= 1, "\(file.lastPathComponent): \(orphans.map(\.parent))")
        }
    }

    /// Spans of a file, counted by another parser.
    private func spanCount(_ file: URL) -> Int {
        func count(_ json: Any?) -> Int {
            if let list = json as? [Any] { return list.reduce(0) { $0 + count($1) } }
            guard let object = json as? [String: Any] else { return 0 }
            if let spans = object["spans"] as? [Any] { return spans.count }
            return count(object["data"]) + count(object["trace"])
        }
        return count((try? Data(contentsOf: file)).flatMap { try? JSONSerialization.jsonObject(with: $0) })
    }

    @Test func `ids of the CRISP files are kept as the expected results spell them`() throws {
        let document = try read(file("crisp/10.json"))
        #expect(Set(document.spans.map(\.id)) == ["A", "B", "C", "D"])
        #expect(document.spans.first { $0.id == "B" }?.parent == "A")
    }

    @Test func `the traces of Jaeger's storage suite open without a problem`() throws {
        let files = Corpora.files("traces/jaeger-storage-suite/traces", suffix: ".json")
        #expect(files.count == 32)
        var spans = 0
        for file in files {
            let document = try read(file)
            #expect(document.problems.isEmpty, "\(file.lastPathComponent): \(document.problems.prefix(3))")
            spans += document.spans.count
        }
        #expect(spans > 32)
    }

    @Test func `OpenTelemetry's own examples are read, upper-case ids and all`() throws {
        let trace = try read(file("otel-proto/trace.json"))
        #expect(trace.spans.map(\.id) == ["eee19b7ec3c1b174"])
        #expect(trace.spans.first?.parent == "eee19b7ec3c1b173")
        #expect(trace.spans.first?.trace.hex == "5b8efff798038103d269b633813fc60c")
        #expect(trace.spans.first?.scopeVersion == "1.0.0")
        let logs = try read(file("otel-proto/logs.json"), .otlp)
        #expect(logs.records == 1)
        #expect(logs.batch.isEmpty)
        #expect(throws: FormatError.self) { try read(file("otel-proto/file-exporter-traces.jsonl")) }
        let bytes = try Corpora.bytes(file("otel-proto/file-exporter-traces.jsonl"))
        let lines = try OTLPReader.decode(bytes, as: .json)
        #expect(lines.spans.isEmpty)
        #expect(lines.skipped == 8, "empty ids: each span is skipped alone")
        #expect(Set(lines.problems.map(\.line)) == [1, 2, 3, 4])
        #expect(Set(lines.problems.map(\.code)) == ["invalid_trace_id"])
    }

    @Test func `an OTLP trace becomes the Jaeger trace of Jaeger's own translation`() throws {
        let pairs = [
            ("otlp2jaeger-in.json", "otlp2jaeger-out.json"),
            ("otlp2jaeger-multi-in-combined.json", "oltp2jaeger-multi-out.json"),
        ]
        for (input, output) in pairs {
            let document = try read(file("jaeger-otlp-translate/\(input)"))
            let ours = try JSONSerialization.jsonObject(
                with: Data(JaegerWriter.write(document.spans, unnamedService: .refuse))
            )
            let theirs = try JSONSerialization.jsonObject(
                with: Data(contentsOf: file("jaeger-otlp-translate/\(output)"))
            )
            #expect(comparable(ours) == comparable(theirs), "\(input)")
        }
    }

    @Test func `a service without a name is refused when Jaeger would refuse it`() throws {
        let document = try read(file("jaeger-otlp-translate/otlp2jaeger-in-error.json"))
        #expect(document.spans.count == 1)
        #expect(throws: FormatError.self) { try JaegerWriter.write(document.spans, unnamedService: .refuse) }
        let named = String(decoding: try JaegerWriter.write(document.spans), as: UTF8.self)
        #expect(named.contains("unknown_service"))
    }

    /// Members of a Jaeger answer without what its UI adds.
    private func comparable(_ json: Any) -> NSObject? {
        let added: Set<String> = [
            "span", "process", "relativeStartTime", "depth", "hasChildren", "childSpanIds", "warnings",
        ]
        if let list = json as? [Any] { return list.compactMap(comparable) as NSArray }
        if let object = json as? [String: Any] {
            return object.filter { !added.contains($0.key) }.compactMapValues(comparable) as NSDictionary
        }
        return json as? NSObject
    }
}
