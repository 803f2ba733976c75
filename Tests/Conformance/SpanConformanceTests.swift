import Detectors
import Foundation
import Testing
import TraceFormats
import TraceModel

/// What other tracers' own tests say about spans.
@Suite struct SpanConformanceTests {
    @Test func `links equal those of every case of Zipkin's dependency linker`() throws {
        guard let folder = ConformanceCorpus.folder("traces/zipkin-dependency-linker") else { return }
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "cases.json")))
        var expectations = 0
        for test in try #require(json as? [[String: Any]]) {
            let name = test["name"] as? String ?? ""
            for expectation in test["expectations"] as? [[String: Any]] ?? [] {
                var graph = ServiceGraph()
                for trace in expectation["traces"] as? [[[String: Any]]] ?? [] {
                    graph.add(trace: try Self.spans(trace))
                }
                let links = try #require(expectation["expectedLinks"] as? [[String: Any]])
                let expected = links.map { link in
                    "\(link["parent"] ?? "") > \(link["child"] ?? "") \(link["callCount"] ?? 0) \(link["errorCount"] ?? 0)"
                }
                let found = graph.links.map { "\($0.parent) > \($0.child) \($0.calls) \($0.errors)" }
                #expect(found.sorted() == expected.sorted(), "\(name)")
                expectations += 1
            }
        }
        #expect(expectations == 36)
        print("dependency linker: \(expectations) expectations of Zipkin's")
    }

    /// Jaeger moves spans of skewed clocks; we keep what was sent and let the order come from calls.
    @Test func `skewed clocks never alter a stored time`() throws {
        guard let folder = ConformanceCorpus.folder("traces/jaeger-clockskew") else { return }
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "cases.json")))
        let cases = try #require((json as? [String: Any])?["cases"] as? [[String: Any]])
        #expect(cases.count == 13)
        for test in cases {
            let name = test["case"] as? String ?? ""
            let spans = try #require(test["spans"] as? [[String: Any]])
            let document = try Self.jaeger(spans)
            #expect(document.problems.isEmpty, "\(name): \(document.problems)")
            let times = spans.map { [$0["start_ms"], $0["duration_ms"]].map { ($0 as? NSNumber)?.int64Value ?? 0 } }
            func millis(_ spans: [Span]) -> [[Int64]] {
                spans.map { [$0.start / 1_000_000, ($0.end - $0.start) / 1_000_000] }
            }
            #expect(millis(document.spans) == times, "\(name)")
            let moments = spans.map { ($0["events_ms"] as? [NSNumber] ?? []).map(\.int64Value) }
            #expect(document.spans.map { $0.moments.map { $0.timestamp / 1_000_000 } } == moments, "\(name)")
            // Analysis and a way out and back change nothing either.
            var graph = ServiceGraph()
            graph.add(trace: document.spans)
            _ = SpanCriticalPath(document.spans)
            _ = Analyzer.analyze(document.batch, spans: document.spans, options: AnalysisOptions())
            #expect(millis(document.spans) == times)
            let written = try JaegerWriter.write(document.spans)
            let again = try TraceReader.read(written, name: "\(name).json", format: .jaeger)
            #expect(millis(again.spans) == times, "\(name), written and read")
        }
    }

    @Test func `the largest real traces are analysed whole and without a warning`() throws {
        guard let folder = ConformanceCorpus.folder("traces/zipkin-lens") else { return }
        for (file, count) in [
            ("smartthings-mobile-web-install.json", 1_041), ("smartthings-oauth-authorization.json", 175),
        ] {
            let bytes = try [UInt8](Data(contentsOf: folder.appending(path: file)))
            let document = try TraceReader.read(bytes, name: file)
            #expect(document.problems.isEmpty && document.skipped == 0)
            #expect(document.spans.count == count)
            let options = AnalysisOptions(detectors: Set(AnalysisOptions.Detector.allCases))
            let analysis = Analyzer.analyze(document.batch, spans: document.spans, options: options)
            // Nobody annotated these spans, so nothing in them is more than a candidate.
            #expect(analysis.races.allSatisfy { $0.grade <= .candidate }, "\(file)")
            #expect(analysis.deadlocks.isEmpty)
            #expect(analysis.anomalies.allSatisfy { $0.grade <= .candidate }, "\(file)")
        }
    }

    private static func spans(_ trace: [[String: Any]]) throws -> [Span] {
        guard !trace.isEmpty else { return [] }
        let spans = trace.map { span in
            var span = span
            // The cases are objects of a program; on the wire every tag is a string.
            if let tags = span["tags"] as? [String: Any] { span["tags"] = tags.mapValues { "\($0)" } }
            return span
        }
        let bytes = try [UInt8](JSONSerialization.data(withJSONObject: spans))
        let document = try TraceReader.read(bytes, name: "case.json", format: .zipkin)
        #expect(document.problems.isEmpty, "\(document.problems)")
        return document.spans
    }

    private static func jaeger(_ spans: [[String: Any]]) throws -> TraceDocument {
        var processes: [String: Any] = [:]
        let written = spans.enumerated().map { index, span -> [String: Any] in
            func micros(_ value: Any?) -> Int64 { ((value as? NSNumber)?.int64Value ?? 0) * 1_000 }
            let parent = span["parent_id"] as? String ?? ""
            let address = ["key": "ip", "type": "string", "value": span["host_ip"] as? String ?? ""]
            processes["p\(index)"] = ["serviceName": "service", "tags": [address]]
            return [
                "traceID": "00000000000000000000000000000001", "spanID": span["span_id"] ?? "", "operationName": "work",
                "processID": "p\(index)", "startTime": micros(span["start_ms"]),
                "duration": micros(span["duration_ms"]),
                "references": parent.isEmpty
                    ? []
                    : [["refType": "CHILD_OF", "traceID": "00000000000000000000000000000001", "spanID": parent]],
                "logs": (span["events_ms"] as? [Any] ?? []).map { moment in
                    ["timestamp": micros(moment), "fields": [["key": "event", "type": "string", "value": "log"]]]
                },
            ]
        }
        let trace: [String: Any] = [
            "traceID": "00000000000000000000000000000001", "spans": written, "processes": processes,
        ]
        let bytes = try [UInt8](JSONSerialization.data(withJSONObject: ["data": [trace]]))
        return try TraceReader.read(bytes, name: "case.json", format: .jaeger)
    }
}
