import Causality
import Detectors
import Foundation
import Testing
import TraceFormats
import TraceModel

/// Data races: the verdicts of other race detectors' own tests, and the events that an academic engine reports.
@Suite struct RaceConformanceTests {
    @Test(arguments: ["go-race", "tsan-lit"])
    func `every verdict of a race detector's own tests is reached`(corpus: String) throws {
        for test in try ConformanceCorpus.cases(corpus) {
            let isRacy = test.label["expected"] as? String == "race"
            let log = try ConformanceCorpus.operations(test.file, .ops)
            let batch = log.document().batch
            for order in RaceEngine.Order.allCases {
                let racy = Self.racyLines(batch, order)
                #expect(racy.isEmpty != isRacy, "\(order) on \(test.name)")
                #expect(Self.racyLines(log, order) == racy, "\(order), compiled without events, on \(test.name)")
            }
            let options = AnalysisOptions(detectors: [.races])
            let analysis = Analyzer.analyze(batch, spans: [], options: options)
            #expect(analysis.races.isEmpty != isRacy, "report on \(test.name)")
            #expect(analysis.coverage.complete, "\(test.name)")
        }
    }

    @Test(arguments: [("HB", RaceEngine.Order.hb), ("SHB", .shb)])
    func `racy events equal RAPID's on every random trace`(column: String, order: RaceEngine.Order) throws {
        for test in try ConformanceCorpus.cases("rapid-random") {
            let rapid = test.label["rapid"] as? [String: [Int]] ?? [:]
            let log = try ConformanceCorpus.operations(test.file, .std)
            #expect(Self.racyLines(log.document().batch, order) == rapid[column], "\(column) on \(test.name)")
            #expect(Self.racyLines(log, order) == rapid[column], "\(column), compiled without events, on \(test.name)")
        }
    }

    @Test func `what schedulable happens-before reports can be scheduled`() throws {
        for test in try ConformanceCorpus.cases("rapid-random") {
            let pairs = test.label["oracle_race_pairs"] as? [[Int]] ?? []
            let racy = Self.racyLines(try ConformanceCorpus.operations(test.file, .std), .shb)
            let schedulable = Set(pairs.map { $0[1] })
            #expect(racy.allSatisfy { schedulable.contains($0) }, "\(test.name)")
        }
    }

    private static func racyLines(_ batch: EventBatch, _ order: RaceEngine.Order) -> [Int] {
        RaceEngine.racyEvents(CausalOrder(batch).program, order: order).map { Int(batch.ids[Int($0)].low) }.sorted()
    }

    private static func racyLines(_ log: OperationLog, _ order: RaceEngine.Order) -> [Int] {
        RaceEngine.racyEvents(Program(log), order: order).map { Int(log.lines[Int($0)]) }.sorted()
    }
}
