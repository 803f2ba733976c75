import Causality
import Detectors
import FoundationEssentials
import Testing
import TraceModel

/// The columns of the corpus of small random traces.
struct RandomTrace: Decodable {
    struct Engines: Decodable {
        var SHB: [Int]
        var SyncP: [Int]
    }

    var file: String
    var oracle_deadlock: Bool
    var oracle_race_pairs: [[Int]]
    var rapid: Engines
}

struct SyncPreservingCorpusTests {
    @Test func `the exact engine names the events of the reference engine on every random trace`() throws {
        guard let folder = PredictCorpora.folder("rapid-random") else { return }
        var equal = 0
        let entries = try PredictCorpora.manifest(folder, as: RandomTrace.self)
        for entry in entries {
            let batch = try PredictCorpora.batch(folder, entry.file)
            let order = CausalOrder(batch)
            let rows = SyncPreservingEngine.racyEvents(batch: batch, order: order).map { $0 + 1 }
            #expect(rows == entry.rapid.SyncP, "\(entry.file)")
            if rows == entry.rapid.SyncP { equal += 1 }
        }
        print("sync-preserving engine: \(equal) of \(entries.count) traces equal")
    }

    @Test func `every predicted race of the random traces is real and replays`() throws {
        guard let folder = PredictCorpora.folder("rapid-random") else { return }
        var predicted = 0
        var traces = 0
        var missed = 0
        for entry in try PredictCorpora.manifest(folder, as: RandomTrace.self) {
            let batch = try PredictCorpora.batch(folder, entry.file)
            let order = CausalOrder(batch)
            let analysis = Analyzer.analyze(
                batch,
                order: order,
                spans: [],
                options: AnalysisOptions(detectors: [.races, .predicted])
            )
            #expect(analysis.prediction.rejected == 0, "\(entry.file)")
            var checker = WitnessChecker(batch, order: order)
            var seconds: Set<Int> = []
            for race in analysis.races {
                seconds.insert(race.second.index)
                guard let witness = race.witness else { continue }
                predicted += 1
                #expect(race.grade == .predicted, "\(entry.file)")
                #expect(
                    entry.oracle_race_pairs.contains([race.first.index, race.second.index]),
                    "\(entry.file): \(race.first.index), \(race.second.index)"
                )
                #expect(witness.suffix(2) == [race.first.row, race.second.row])
                try checker.replay(Witness(start: race.witnessStart, rows: witness, ending: .race))
            }
            traces += 1
            missed += Set(entry.rapid.SyncP).subtracting(seconds).count
        }
        print(
            "predicted races: \(predicted) in \(traces) random traces, all real; \(missed) events under another report"
        )
    }

    private struct InjectedTrace: Decodable {
        var file: String
        var expected_race_variable: String
        var missed_by: [String]
    }

    @Test func `the injected race is predicted wherever a sync-preserving schedule exists`() throws {
        guard let folder = PredictCorpora.folder("raceinjector") else { return }
        var found = 0
        var wanted = 0
        for entry in try PredictCorpora.manifest(folder, as: InjectedTrace.self) {
            let batch = try PredictCorpora.batch(folder, entry.file)
            let order = CausalOrder(batch)
            let analysis = Analyzer.analyze(batch, order: order, spans: [], options: AnalysisOptions())
            #expect(analysis.prediction.rejected == 0, "\(entry.file)")
            let isFound = analysis.races.contains { $0.object.name == entry.expected_race_variable }
            let possible = !entry.missed_by.contains("syncp")
            #expect(isFound == possible, "\(entry.file)")
            wanted += possible ? 1 : 0
            found += possible && isFound ? 1 : 0
            var checker = WitnessChecker(batch, order: order)
            for race in analysis.races {
                guard let witness = race.witness else { continue }
                try checker.replay(Witness(start: race.witnessStart, rows: witness, ending: .race))
            }
        }
        print("injected races: \(found) of \(wanted) found")
    }
}
