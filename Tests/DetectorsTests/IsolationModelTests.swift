import Detectors
import Testing
import TraceModel

/// The detector against a store whose behaviour is known.
@Suite struct IsolationModelTests {
    @Test(arguments: IsolationStoreModel.Telling.allCases)
    func `serial executions show nothing`(telling: IsolationStoreModel.Telling) {
        for seed in 0..<1_500 {
            let model = IsolationStoreModel.run(.serial, telling, seed: UInt64(seed))
            let findings = model.script.findings()
            #expect(findings.isEmpty, "seed \(seed): \(findings.map(\.verdict))")
        }
    }

    @Test(arguments: IsolationStoreModel.Telling.allCases)
    func `snapshot isolation shows only what it allows`(telling: IsolationStoreModel.Telling) {
        let allowed: Set<String> = ["write_skew", "G2-item", "G2"]
        var seen: Set<String> = []
        for seed in 0..<3_000 {
            let model = IsolationStoreModel.run(.snapshot, telling, seed: UInt64(seed))
            let kinds = model.script.kinds
            seen.formUnion(kinds)
            #expect(Set(kinds).isSubset(of: allowed), "seed \(seed): \(kinds)")
        }
        #expect(seen.contains("write_skew"))
    }

    @Test(arguments: IsolationStoreModel.Telling.allCases)
    func `read committed shows neither dirty data nor write cycles`(telling: IsolationStoreModel.Telling) {
        let forbidden: Set<String> = ["G0", "G1a", "G1b", "G1c", "internal", "duplicate_version", "future_read"]
        var seen: Set<String> = []
        for seed in 0..<3_000 {
            let model = IsolationStoreModel.run(.readCommitted, telling, seed: UInt64(seed))
            let kinds = model.script.kinds
            seen.formUnion(kinds)
            #expect(forbidden.isDisjoint(with: kinds), "seed \(seed): \(kinds)")
        }
        #expect(seen.isSuperset(of: ["lost_update", "G-single", "write_skew"]), "\(seen)")
    }

    @Test func `dirty stores show dirty reads`() {
        var seen: Set<String> = []
        for seed in 0..<2_000 {
            seen.formUnion(IsolationStoreModel.run(.readUncommitted, .statements, seed: UInt64(seed)).script.kinds)
        }
        #expect(seen.isSuperset(of: ["G1a", "G1b", "G1c"]), "\(seen)")
    }

    @Test(arguments: IsolationStoreModel.Level.allCases, IsolationStoreModel.Telling.allCases)
    func `something is reported exactly when no serial order explains it`(
        level: IsolationStoreModel.Level,
        telling: IsolationStoreModel.Telling
    ) {
        var anomalous = 0
        for seed in 10_000..<12_500 {
            let model = IsolationStoreModel.run(level, telling, seed: UInt64(seed))
            let findings = model.script.findings()
            let expected = !model.isSerialisable
            if expected { anomalous += 1 }
            #expect(
                findings.isEmpty != expected,
                "seed \(seed) \(level) \(telling): \(findings.map { "\($0.kind) \($0.grade): \($0.verdict)" })"
            )
        }
        #expect((anomalous > 0) == (level != .serial))
    }

    @Test func `findings do not depend on the order of arrival`() {
        var random = SplitMix(seed: 5)
        for seed in 0..<400 {
            let level: IsolationStoreModel.Level = seed % 2 == 0 ? .readCommitted : .readUncommitted
            let script = IsolationStoreModel.run(level, .statements, seed: UInt64(seed)).script
            let expected = script.findings()
            for _ in 0..<5 {
                let arrival = Array(0..<script.batch.count).shuffled(using: &random)
                var batch = EventBatch()
                batch.append(script.batch, rows: arrival)
                var order = Array(repeating: 0, count: arrival.count)
                for (row, original) in arrival.enumerated() { order[original] = row }
                let report = IsolationDetector.report(batch: batch, order: order, options: AnalysisOptions())
                #expect(report.findings == expected)
            }
        }
    }
}
