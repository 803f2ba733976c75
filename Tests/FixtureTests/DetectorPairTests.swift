import Causality
import Detectors
import Testing
import TraceModel

/// Every detector and every kind of finding that is not a matter of transactions has a pair of its own.
@Suite struct DetectorPairTests {
    /// Kinds of finding, by the detector that reports them.
    private static let kinds: [AnalysisOptions.Detector: [String]] = [
        .deadlocks: [
            "leaked_lock", "double_acquire", "foreign_release", "wait_without_signal", "leaked_task",
        ],
        .atomicity: ["check_then_act", "message_reordering", "retry_without_idempotency"],
        .isolation: ["write_skew", "G-single", "lost_update", "G1a"],
        .latency: ["latency", "error_rate"],
    ]

    @Test func `every kind of finding is claimed by a pair`() throws {
        let claims = try Fixtures.names.map { try Fixtures.claims($0) }
        let claimed = Set(claims.flatMap { ($0.racy.findings ?? []).flatMap(\.names) })
        for (detector, kinds) in Self.kinds {
            for kind in kinds { #expect(claimed.contains(kind), "\(detector): \(kind)") }
        }
        #expect(claims.contains { $0.racy.deadlocks != nil })
        #expect(claims.contains { ($0.racy.races ?? []).contains { $0.grade == "predicted" } })
        for grade in ["manifested", "feasible"] {
            #expect(claims.contains { ($0.racy.races ?? []).contains { $0.grade == grade } })
        }
    }

    /// A detector alone, on every twin: what another one explains may not hide what it says.
    @Test(arguments: AnalysisOptions.Detector.allCases)
    func `no detector says anything about a twin`(detector: AnalysisOptions.Detector) throws {
        for name in Fixtures.names {
            let batch = try Fixtures.document(name, "fixed").batch
            let analysis = Analyzer.analyze(batch, spans: [], options: AnalysisOptions(detectors: [detector]))
            #expect(analysis.races.map(\.id) == [], "\(name)")
            #expect(analysis.deadlocks.map(\.id) == [], "\(name)")
            #expect(analysis.anomalies.map(\.verdict) == [], "\(name)")
        }
    }

    @Test(arguments: Fixtures.names, Fixtures.variants)
    func `every schedule that is reported replays`(name: String, variant: String) throws {
        let batch = try Fixtures.document(name, variant).batch
        let analysis = try Fixtures.analyze(batch, as: name)
        #expect(analysis.prediction.rejected == 0)
        #expect(WitnessReplay.audit(analysis, of: batch, order: CausalOrder(batch)).failures.isEmpty)
    }

    /// The detector that a pair is about finds it alone, without the help of the others.
    @Test(arguments: Fixtures.names)
    func `some detector finds what goes wrong on its own`(name: String) throws {
        let batch = try Fixtures.document(name, "racy").batch
        let finders = AnalysisOptions.Detector.allCases.filter { detector in
            let analysis = Analyzer.analyze(batch, spans: [], options: AnalysisOptions(detectors: [detector]))
            return !analysis.races.isEmpty || !analysis.deadlocks.isEmpty || !analysis.anomalies.isEmpty
        }
        #expect(!finders.isEmpty)
    }
}
