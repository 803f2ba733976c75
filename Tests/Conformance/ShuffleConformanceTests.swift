import Detectors
import Foundation
import Reporting
import Testing
import TraceFormats
import TraceModel

/// The whole report of every recording is a function of its events, not of how they arrived.
@Suite struct ShuffleConformanceTests {
    @Test func `the report of a recording does not depend on the order of arrival`() throws {
        for file in try Self.recordings() {
            let name = file.lastPathComponent
            let batch = try TraceReader.read([UInt8](Data(contentsOf: file)), name: name).batch
            #expect(!batch.isEmpty, "\(name)")
            let expected = Self.report(batch)
            var random = SeededGenerator(seed: 11)
            for _ in 0..<5 {
                let shuffled = (0..<batch.count).shuffled(using: &random)
                #expect(Self.report(Self.batch(of: batch, rows: [shuffled])) == expected, "\(name), shuffled")
                // The same in two requests with some events sent in both.
                let halves = [Array(shuffled.prefix(batch.count * 2 / 3)), Array(shuffled.suffix(batch.count / 2))]
                let doubled = Self.report(Self.batch(of: batch, rows: halves), withoutDuplicates: true)
                #expect(doubled == Self.report(batch, withoutDuplicates: true), "\(name), with duplicates")
            }
        }
    }

    /// Recorded requests, golden batches and the banking runs.
    private static func recordings() throws -> [URL] {
        guard let folder = ConformanceCorpus.folder("raceway") else { return [] }
        return try ["recordings", "banking"].flatMap { part in
            try FileManager.default.contentsOfDirectory(
                at: folder.appending(path: part),
                includingPropertiesForKeys: nil
            ).filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
        }
    }

    private static func batch(of batch: EventBatch, rows: [[Int]]) -> EventBatch {
        var result = EventBatch()
        for part in rows {
            var request = EventBatch()
            request.append(batch, rows: part)
            result.append(contentsOf: request)
        }
        return result
    }

    private static func report(_ batch: EventBatch, withoutDuplicates: Bool = false) -> String {
        var analysis = Analyzer.analyze(batch, spans: [], options: AnalysisOptions())
        if withoutDuplicates { analysis.coverage.duplicates = 0 }
        let program = RaceReport.Program(inputs: [], analysis: analysis)
        let report = RaceReport(tool: .init(version: "0"), programs: [program])
        return String(decoding: JSONRenderer.render(report), as: UTF8.self)
    }
}

/// A linear congruential generator (Knuth, MMIX): the same shuffles on every machine.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 32) | (state << 32)
    }
}
