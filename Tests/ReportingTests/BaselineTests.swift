import Reporting
import Testing

@testable import Detectors

@Suite struct `Baselines and thresholds` {
    @Test func `what a baseline knows does not fail, and what it does not know does`() {
        var report = Samples.report(races: [Samples.race()], deadlocks: [], anomalies: [])
        let baseline = Baseline().updated(with: report, today: "2026-11-21")
        report = Samples.report(deadlocks: [], anomalies: [])
        report.apply(baseline, today: "2026-11-22")
        #expect(report.races.map(\.headline.state) == [.known(since: "2026-11-21"), .new])
        for threshold in [FailThreshold.race, .new, .any] {
            #expect(threshold.failing(in: report).map(\.id) == ["r-00000002"])
        }
    }

    @Test func `a mute ends after its last day`() {
        let entry = Baseline.Entry(
            fingerprint: "f",
            grade: "feasible",
            firstSeen: "2026-11-21",
            rule: "",
            object: "",
            mute: .init(reason: "vendor fix", until: "2026-12-01")
        )
        let baseline = Baseline(entries: [entry])
        #expect(baseline.state(of: "f", today: "2026-12-01") == .muted(reason: "vendor fix", until: "2026-12-01"))
        #expect(baseline.state(of: "f", today: "2026-12-02") == .new)
        #expect(baseline.state(of: "g", today: "2026-12-01") == .new)
    }

    @Test func `an update keeps days and mutes, raises grades, and prunes only when asked`() {
        let old = Baseline(entries: [
            .init(
                fingerprint: "r-7f3a19c2-fingerprint",
                grade: "feasible",
                firstSeen: "2025-01-01",
                rule: "lost_update",
                object: "alice.balance",
                mute: .init(reason: "known", until: nil)
            ),
            .init(fingerprint: "gone", grade: "feasible", firstSeen: "2025-01-01", rule: "", object: ""),
        ])
        let updated = old.updated(with: Samples.report(), today: "2026-11-21")
        #expect(updated.entries.count == 5)
        let entry = updated.entries.first { $0.fingerprint == "r-7f3a19c2-fingerprint" }
        #expect(entry?.firstSeen == "2025-01-01" && entry?.mute?.reason == "known" && entry?.grade == "manifested")
        let pruned = old.updated(with: Samples.report(), today: "2026-11-21", prune: true)
        #expect(pruned.entries.count == 4 && !pruned.entries.contains { $0.fingerprint == "gone" })
    }

    @Test func `a file reads back as it was written`() throws {
        var entries = Baseline().updated(with: Samples.hostile, today: "2026-11-21").entries
        entries[0].mute = .init(reason: Samples.hostileName, until: "2027-01-01")
        let baseline = Baseline(entries: entries)
        #expect(try Baseline(json: baseline.json) == baseline)
    }

    @Test(arguments: [
        ("", "is not valid JSON"), ("[1", "is not valid JSON"), ("[]", "the file is not a"),
        ("{\"schema\":1}", "lacks \"findings\""),
        ("{\"schema\":2,\"findings\":[]}", "\"schema\" is 2, expected 1"),
        ("{\"schema\":1,\"findings\":[{\"fingerprint\":\"f\"}]}", "findings[0] lacks \"grade\""),
        (
            "{\"schema\":1,\"findings\":[{\"fingerprint\":\"f\",\"grade\":\"feasible\",\"first_seen\":\"yesterday\"}]}",
            "findings[0].first_seen is \"yesterday\", expected a day"
        ),
        (
            "{\"schema\":1,\"findings\":[{\"fingerprint\":\"f\",\"grade\":\"feasible\",\"first_seen\":\"2026-02-29\"}]}",
            "findings[0].first_seen is \"2026-02-29\", expected a day of the calendar"
        ),
        (
            "{\"schema\":1,\"findings\":[{\"fingerprint\":\"f\",\"grade\":\"feasible\",\"first_seen\":\"2024-02-29\","
                + "\"mute\":{\"reason\":\"r\",\"until\":\"2027-13-01\"}}]}",
            "findings[0].mute.until is \"2027-13-01\""
        ),
    ])
    func `a broken file is refused with the place`(json: String, message: String) {
        let error = #expect(throws: BaselineError.self) { try Baseline(json: Array(json.utf8)) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: [
        (FailThreshold.race, [true, true, true, false, false, false]),
        (.manifested, [true, false, false, false, false, false]),
        (.any, [true, true, true, true, true, false]), (.never, [false, false, false, false, false, false]),
    ])
    func `thresholds follow the grade`(threshold: FailThreshold, expected: [Bool]) {
        let races: [RaceFinding] = [
            Samples.race(grade: .manifested), Samples.race(grade: .feasible),
            Samples.race(grade: .predicted, witness: [0]),
            Samples.race(grade: .predicted), Samples.race(grade: .candidate), Samples.race(grade: .benign),
        ]
        #expect(races.map { threshold.isReached(by: Race($0).headline) } == expected)
    }

    @Test func `suspected deadlocks and weak anomalies fail only under any`() {
        var deadlock = Samples.deadlock
        #expect(FailThreshold.race.isReached(by: Deadlock(deadlock).headline))
        deadlock.grade = .suspected
        #expect(!FailThreshold.race.isReached(by: Deadlock(deadlock).headline))
        #expect(FailThreshold.any.isReached(by: Deadlock(deadlock).headline))
        var anomaly = Samples.anomaly
        #expect(FailThreshold.race.isReached(by: Anomaly(anomaly).headline))
        anomaly.grade = .predicted
        #expect(!FailThreshold.race.isReached(by: Anomaly(anomaly).headline))
        #expect(!FailThreshold.critical.isReached(by: Anomaly(anomaly).headline))
        #expect(FailThreshold.critical.isReached(by: Race(Samples.race()).headline))
    }
}
