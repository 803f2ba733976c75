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
}
