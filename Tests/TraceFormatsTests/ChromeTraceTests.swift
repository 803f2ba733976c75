import Foundation
import Testing
import TraceFormats
import TraceModel

@Suite struct `Chrome traces` {
    private struct File: Decodable {
        struct Entry: Decodable {
            var ph: String
            var name: String
            var pid: Int
            var tid: Int
            var ts: Double?
            var dur: Double?
            var id: Int?
            var bp: String?
        }
        var traceEvents: [Entry]
        var otherData: [String: String]
    }

    private func decode(_ document: TraceDocument, _ arrows: [ChromeTraceWriter.Arrow] = []) throws -> File {
        try JSONDecoder().decode(File.self, from: Data(ChromeTraceWriter.write(document, arrows: arrows)))
    }

    /// Slices of one thread must nest, or a viewer draws nonsense.
    private func checkNesting(_ file: File) {
        struct Thread: Hashable {
            var pid: Int
            var tid: Int
        }
        var threads: [Thread: [File.Entry]] = [:]
        for entry in file.traceEvents where entry.ph == "X" {
            threads[Thread(pid: entry.pid, tid: entry.tid), default: []].append(entry)
        }
        for slices in threads.values {
            var open: [Double] = []
            let order = slices.enumerated().sorted { a, b in
                let (first, second) = (a.element.ts ?? 0, b.element.ts ?? 0)
                if first != second { return first < second }
                let (long, short) = (a.element.dur ?? 0, b.element.dur ?? 0)
                return long == short ? a.offset < b.offset : long > short
            }
            for slice in order.map(\.element) {
                let start = slice.ts ?? -1
                while let last = open.last, last <= start + 0.0001 { open.removeLast() }
                let end = start + (slice.dur ?? -1)
                #expect(open.last.map { end <= $0 + 0.0001 } ?? true, "\(slice.name) overlaps")
                open.append(end)
            }
        }
    }

    @Test(arguments: 0..<10)
    func `slices of one thread nest and arrows are pairs`(seed: Int) throws {
        var random = RandomSpans(seed: seed)
        var document = TraceDocument()
        document.spans = random.make(60)
        let file = try decode(document)
        checkNesting(file)
        #expect(file.traceEvents.filter { $0.ph == "X" }.count == 60)
        #expect(file.traceEvents.filter { $0.ph == "M" && $0.name == "process_name" }.count == 2)
        let starts = file.traceEvents.filter { $0.ph == "s" }
        let ends = file.traceEvents.filter { $0.ph == "f" }
        #expect(starts.compactMap(\.id) == ends.compactMap(\.id))
        #expect(Set(starts.compactMap(\.id)).count == starts.count)
        #expect(ends.allSatisfy { $0.bp == "e" })
        #expect(file.traceEvents.allSatisfy { ($0.ts ?? 0) >= 0 })
        #expect(Int64(file.otherData["start"] ?? "") == document.spans.map(\.start).min())
    }

    @Test func `times keep their nanoseconds`() throws {
        var document = TraceDocument()
        let start: Int64 = 1_700_000_000_000_000_001
        document.spans = [
            Span(trace: TraceID(high: 0, low: 1), id: "a", name: "a", start: start, end: start + 2_000_003),
            Span(trace: TraceID(high: 0, low: 1), id: "b", parent: "a", name: "b", start: start + 1, end: start + 3),
        ]
        let text = String(decoding: ChromeTraceWriter.write(document), as: UTF8.self)
        #expect(text.contains(#""ts":0.000,"dur":2000.003"#))
        #expect(text.contains(#""ts":0.001,"dur":0.002"#))
    }

    @Test func `events are slices of their tasks, with the arrows that the caller adds`() throws {
        let ops = """
            {"op":"w","t":1,"x":"v","ts":1000}
            {"op":"w","t":2,"x":"v","ts":1200}
            {"op":"r","t":1,"x":"v","ts":1200}

            """
        let document = try TraceReader.read(Array(ops.utf8), name: "x.ops.jsonl")
        let file = try decode(
            document,
            [
                ChromeTraceWriter.Arrow(from: 0, to: 1, name: "race"),
                ChromeTraceWriter.Arrow(from: 0, to: 99, name: "nowhere"),
            ]
        )
        checkNesting(file)
        #expect(file.traceEvents.filter { $0.ph == "X" }.map(\.name) == ["write v", "write v", "read v"])
        #expect(file.traceEvents.filter { $0.ph == "s" }.map(\.name) == ["race"])
        #expect(file.traceEvents.filter { $0.ph == "M" && $0.name == "thread_name" }.count == 2)
    }

    @Test func `nothing is a trace of nothing`() throws {
        #expect(try decode(TraceDocument()).traceEvents.isEmpty)
    }
}

@Suite(.enabled(if: Corpora.isPresent)) struct `Chrome traces of real programs` {
    @Test func `a real trace of a thousand spans becomes a file that another parser reads`() throws {
        let file = try #require(Corpora.folder).appending(
            path: "traces/zipkin-lens/smartthings-mobile-web-install.json"
        )
        let document = try TraceReader.read(Corpora.bytes(file))
        let json = try JSONSerialization.jsonObject(with: Data(ChromeTraceWriter.write(document))) as? [String: Any]
        let entries = try #require(json?["traceEvents"] as? [[String: Any]])
        #expect(entries.filter { $0["ph"] as? String == "X" }.count >= 1041)
    }
}
