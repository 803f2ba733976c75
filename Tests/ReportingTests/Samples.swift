import Reporting
import TraceModel

@testable import Detectors

/// Findings as the detectors make them, for the renderers to show.
enum Samples {
    static func access(
        _ kind: String,
        task: String,
        index: Int,
        location: String = "/srv/app/app.py:145",
        old: String? = nil,
        new: String? = nil,
        locks: [String] = [],
        atomic: Bool = false,
        epoch: UInt32 = 5,
        seen: UInt32 = 0
    ) -> AccessEvidence {
        AccessEvidence(
            row: index - 1,
            event: "00000000-0000-4000-8000-0000000000\(index < 10 ? "0" : "")\(index)",
            index: index,
            trace: TraceID(high: 0x1111_2222_3333_4444, low: UInt64(index)),
            task: task,
            service: "bank",
            kind: kind,
            atomic: atomic,
            location: location,
            timestamp: 1_795_224_684_000_000_000 + Int64(index) * 1_000_000,
            old: old,
            new: new,
            locks: locks,
            epoch: epoch,
            seenOfOther: seen
        )
    }

    static func race(
        id: String = "r-7f3a19c2",
        kind: RaceFinding.Kind = .writeWrite,
        pattern: RaceFinding.Pattern = .lostUpdate,
        grade: Grade = .manifested,
        severity: Severity = .critical,
        object: ObjectName = ObjectName(name: "alice.balance", scope: "service:bank", pattern: "alice.balance"),
        first: AccessEvidence = access("write", task: "transfer-1", index: 5, old: "1000", new: "900"),
        second: AccessEvidence = access("write", task: "transfer-2", index: 9, old: "1000", new: "900"),
        count: Int = 6,
        evidence: ValueEvidence? = ValueEvidence(
            serialOutcomes: ["600"],
            observed: "900",
            versions: ["1000", "900", "900", "900", "900"],
            lostUpdates: 3
        ),
        witness: [Int]? = nil,
        locksInCommon: [String] = [],
        coveredBy: String? = nil,
        reasons: [String] = []
    ) -> RaceFinding {
        RaceFinding(
            id: id,
            fingerprint: "\(id)-fingerprint",
            kind: kind,
            pattern: pattern,
            grade: grade,
            severity: severity,
            object: object,
            first: first,
            second: second,
            crossTrace: true,
            overlap: .observed,
            count: count,
            firstSeen: 1_795_224_684_000_000_000,
            lastSeen: 1_795_224_685_000_000_000,
            exemplars: [],
            evidence: evidence,
            witness: witness,
            locksInCommon: locksInCommon,
            coveredBy: coveredBy,
            reasons: reasons
        )
    }

    static let feasible = race(
        id: "r-00000002",
        kind: .readWrite,
        pattern: .unorderedAccess,
        grade: .feasible,
        severity: .medium,
        object: ObjectName(name: "stock[42]", scope: "service:bank", pattern: "stock[*]"),
        first: access("read", task: "worker-1", index: 3, location: "stock.go:31", new: "1"),
        second: access(
            "write",
            task: "worker-2",
            index: 4,
            location: "cart.go:88",
            old: "1",
            new: "0",
            locks: ["cart"]
        ),
        count: 1,
        evidence: nil
    )

    static let deadlock = {
        var finding = bareDeadlock
        finding.witnessStart = 0
        finding.witnessPositions = [1, 2, 5, 6]
        return finding
    }()

    private static let bareDeadlock = DeadlockFinding(
        id: "d-00000003",
        fingerprint: "d-00000003-fingerprint",
        grade: .confirmed,
        cycle: [
            .init(task: "T1", holds: ["a"], wants: "b", location: "lock.go:10", event: "4"),
            .init(task: "T2", holds: ["b"], wants: "a", location: "lock.go:20", event: "8"),
        ],
        witness: [0, 1, 4, 5]
    )

    static let anomaly = AnomalyFinding(
        id: "a-00000004",
        fingerprint: "a-00000004-fingerprint",
        kind: "write_skew",
        grade: .feasible,
        severity: .high,
        verdict: "T1 and T2 both read on_call and each removed one doctor",
        object: "hospital/doctors/on_call",
        events: ["11", "12"],
        details: [.init("cycle", json: #"["T1","T2"]"#)]
    )

    static var coverage: Coverage {
        var coverage = Coverage()
        coverage.events = 145
        coverage.accesses = 62
        coverage.objects = 23
        coverage.tasks = 4
        coverage.traces = 2
        coverage.processes = 1
        coverage.services = ["bank"]
        return coverage
    }

    static func report(
        races: [RaceFinding] = [race(), feasible],
        deadlocks: [DeadlockFinding] = [deadlock],
        anomalies: [AnomalyFinding] = [anomaly],
        coverage: Coverage = coverage,
        path: String = "run.json"
    ) -> RaceReport {
        let input = RaceReport.Input(path: path, format: "raceway", events: 145)
        let analysis = Analysis(coverage: coverage, races: races, deadlocks: deadlocks, anomalies: anomalies)
        return RaceReport(
            tool: .init(version: "1.2.3"),
            programs: [.init(inputs: [input], analysis: analysis)],
            durationSeconds: 0.62
        )
    }

    static let empty = report(races: [], deadlocks: [], anomalies: [])

    /// What a hostile sender could name things.
    static let hostileName = "\u{1b}[2J<script>alert(1)</script>\n::error::x\r\"'&`|]](\u{202e}@everyone;end %0A,:--> #"

    static var hostile: RaceReport {
        let name = hostileName
        let json = "\"\\u001b[2J<b>\\n::error::\u{9b}\""
        let evil = access("write", task: name, index: 5, location: name + ":7", old: json, new: json, locks: [name])
        var race = race(
            object: ObjectName(name: name, scope: name, pattern: name),
            first: evil,
            second: evil,
            evidence: ValueEvidence(serialOutcomes: [json], observed: json, versions: [json], lostUpdates: 1),
            coveredBy: name,
            reasons: [name]
        )
        race.first.service = name
        var deadlock = deadlock
        deadlock.cycle[0] = .init(task: name, holds: [name], wants: name, location: name, event: name)
        var anomaly = anomaly
        anomaly.kind = name
        anomaly.object = name
        anomaly.verdict = name
        anomaly.events = [name]
        anomaly.details = [.init(name, json: json)]
        var coverage = coverage
        coverage.services = [name]
        return report(races: [race], deadlocks: [deadlock], anomalies: [anomaly], coverage: coverage, path: name)
    }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
