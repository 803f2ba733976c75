import Causality
import Detectors
import FoundationEssentials
import Testing
import TraceModel

struct DeadlockCorpusTests {
    private static let options = AnalysisOptions(detectors: [.deadlocks])

    /// The findings of a trace, each witness replayed.
    private func deadlocks(_ batch: EventBatch) throws -> [DeadlockFinding] {
        let order = CausalOrder(batch)
        let analysis = Analyzer.analyze(batch, order: order, spans: [], options: Self.options)
        #expect(analysis.prediction.rejected == 0)
        var checker = WitnessChecker(batch, order: order)
        for deadlock in analysis.deadlocks where deadlock.grade == .confirmed {
            let acquires = deadlock.cycle.compactMap { Int($0.event) }.map { $0 - 1 }
            let ending = Witness.Ending.deadlock(acquires)
            try checker.replay(Witness(start: deadlock.witnessStart, rows: deadlock.witness, ending: ending))
        }
        return analysis.deadlocks
    }

    @Test func `no deadlock of the random traces is confirmed that exhaustive search does not reach`() throws {
        guard let folder = PredictCorpora.folder("rapid-random") else { return }
        var real = 0
        var found = 0
        for entry in try PredictCorpora.manifest(folder, as: RandomTrace.self) {
            let isFound = try deadlocks(PredictCorpora.batch(folder, entry.file)).contains { $0.grade == .confirmed }
            #expect(!isFound || entry.oracle_deadlock, "\(entry.file)")
            real += entry.oracle_deadlock ? 1 : 0
            found += isFound ? 1 : 0
        }
        print("deadlocks of the random traces: \(found) of \(real) confirmed, none false")
        #expect(found + 1 >= real)
    }

    private struct SuiteTrace: Decodable {
        var file: String
        var expected: String?
    }

    @Test func `real deadlocks of the prediction suite are confirmed and impossible ones are not`() throws {
        guard let folder = PredictCorpora.folder("spd-deadlock") else { return }
        for entry in try PredictCorpora.manifest(folder, as: SuiteTrace.self) {
            // The two long traces have no verdict to compare with.
            guard let expected = entry.expected else { continue }
            let found = try deadlocks(PredictCorpora.batch(folder, entry.file))
            let confirmed = found.filter { $0.grade == .confirmed }
            print("\(entry.file): \(confirmed.count) confirmed, \(found.count - confirmed.count) suspected")
            #expect(confirmed.isEmpty == (expected != "deadlock"), "\(entry.file)")
        }
    }

    private struct LiteralTrace: Decodable {
        var file: String
        var expected: String
    }

    @Test func `lock cycles of the sanitizer's own tests are reported and no others`() throws {
        guard let folder = PredictCorpora.folder("tsan-lit") else { return }
        var cycles = 0
        for entry in try PredictCorpora.manifest(folder, as: LiteralTrace.self) {
            let found = try deadlocks(PredictCorpora.batch(folder, entry.file))
            #expect(found.isEmpty == (entry.expected != "deadlock"), "\(entry.file)")
            cycles += found.isEmpty ? 0 : 1
        }
        print("lock cycles of the sanitizer's tests: \(cycles)")
    }
}
