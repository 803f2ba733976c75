import Detectors
import Foundation
import Testing
import TraceFormats
import TraceModel

/// Critical paths that others computed, or that a program took for certain.
@Suite struct CriticalPathConformanceTests {
    @Test func `exclusive times on the path equal those of every CRISP case`() throws {
        guard let folder = ConformanceCorpus.folder("traces/crisp") else { return }
        var files = 0
        for file in ConformanceCorpus.files(below: folder, suffix: ".json") where !file.path.contains("GOLDEN") {
            let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
            let testing = json["testing"]
            // Older cases are a list of one table; newer ones name several.
            let table =
                (testing as? [[String: Any]])?.first ?? (testing as? [String: Any])?["opTimeExclusive"]
                as? [String: Any]
            let expected = try #require(table, "\(file.lastPathComponent)").compactMapValues {
                ($0 as? NSNumber)?.intValue
            }
            let spans = try Self.spans(file)
            let path = SpanCriticalPath(spans)
            var found: [String: Int] = [:]
            for (index, span) in spans.enumerated() where path.exclusive[index] > 0 {
                found["[\(span.service)] \(span.name)", default: 0] += Int(path.exclusive[index] / 1_000)
            }
            #expect(found == expected.filter { $0.value > 0 }, "\(file.lastPathComponent)")
            // CRISP names spans on its path that had no time of their own, too; nothing else may be on ours.
            #expect(Set(found.keys).isSubset(of: expected.keys), "\(file.lastPathComponent)")
            files += 1
        }
        #expect(files == 33)
        print("critical path: \(files) CRISP cases")
    }

    /// CRISP forgives siblings that overlap by a hair and Jaeger does not; no case of Jaeger's has such an overlap, so both hold.
    @Test func `sections equal those of every case of Jaeger's own tests`() throws {
        guard let folder = ConformanceCorpus.folder("traces/jaeger-ui-critical-path") else { return }
        var files = 0
        for file in ConformanceCorpus.files(below: folder, suffix: ".json") {
            let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
            let expected = try #require(json["expectedCriticalPathSections"] as? [[String: Any]]).map { section in
                "\(section["spanID"] ?? "") \(section["sectionStart"] ?? "") \(section["sectionEnd"] ?? "")"
            }
            let spans = try Self.spans(file)
            let found = SpanCriticalPath(spans).sections.map {
                "\(spans[$0.span].id) \($0.start / 1_000) \($0.end / 1_000)"
            }
            #expect(found == expected, "\(file.lastPathComponent)")
            files += 1
        }
        #expect(files == 9)
        print("critical path: \(files) cases of Jaeger's UI")
    }

    @Test func `the path of an asynchronous program leaves out the task that nobody waited for`() throws {
        guard let folder = ConformanceCorpus.folder("traces/async-critical-path") else { return }
        let spans = try Self.spans(folder.appending(path: "magicmark.otlp.json"))
        let path = SpanCriticalPath(spans)
        // In order of time; foo1 and foo3 run in one task, foo2 beside them.
        let names = path.sections.reversed().map { spans[$0.span].name }
        #expect(names == ["main", "get /foo1", "main", "get /foo3", "main"])
        for (index, span) in spans.enumerated() where span.name == "get /foo2" { #expect(path.exclusive[index] == 0) }
    }

    @Test func `time on a path never exceeds the root, and sections never overlap, in every real trace`() throws {
        guard let folder = ConformanceCorpus.folder("traces") else { return }
        var traces = 0
        for name in ["zipkin-lens", "jaeger-ui", "jaeger-storage-suite/traces"] {
            for file in ConformanceCorpus.files(below: folder.appending(path: name), suffix: ".json") {
                guard let all = try? Self.spans(file) else { continue }
                for spans in Dictionary(grouping: all, by: \.trace).values {
                    let path = SpanCriticalPath(spans)
                    guard let root = path.root else { continue }
                    #expect(path.total <= spans[root].duration, "\(file.lastPathComponent)")
                    for (later, earlier) in zip(path.sections, path.sections.dropFirst()) {
                        #expect(earlier.end <= later.start, "\(file.lastPathComponent)")
                    }
                    traces += 1
                }
            }
        }
        #expect(traces > 40)
    }

    private static func spans(_ file: URL) throws -> [Span] {
        let bytes = try [UInt8](Data(contentsOf: file))
        return try TraceReader.read(bytes, name: file.lastPathComponent).spans
    }
}
