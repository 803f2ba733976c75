import Reporting
import Testing

@testable import Detectors

@Suite struct `Verdicts and fixes` {
    private func verdict(_ race: RaceFinding) -> String { Race(race).headline.verdict }

    private func fix(_ race: RaceFinding) -> String { Race(race).headline.fix }

    @Test func `two different writes from one value name both and the serial outcome`() {
        let race = Samples.race(
            second: Samples.access("write", task: "transfer-2", index: 9, old: "1000", new: "800"),
            evidence: ValueEvidence(
                serialOutcomes: ["700"],
                observed: "800",
                versions: ["1000", "900", "800"],
                lostUpdates: 1
            )
        )
        #expect(
            verdict(race)
                == "transfer-1 and transfer-2 both read alice.balance = 1000, one wrote 900 and the other 800: "
                + "1 update was lost; it ended at 800, every serial order ends at 700"
        )
    }

    @Test func `several serial outcomes are alternatives`() {
        let race = Samples.race(
            evidence: ValueEvidence(
                serialOutcomes: ["1", "2"],
                observed: "3",
                versions: ["1000", "900"],
                lostUpdates: 1
            )
        )
        #expect(verdict(race).hasSuffix("it ended at 3, serial orders end at 1 or 2"))
    }

    @Test func `values that do not tell are not invented`() {
        let race = Samples.race(
            first: Samples.access("write", task: "a", index: 1),
            second: Samples.access("write", task: "b", index: 2),
            evidence: ValueEvidence(serialOutcomes: [], observed: nil, versions: [], lostUpdates: 2)
        )
        #expect(
            verdict(race)
                == "3 requests updated alice.balance without seeing each other at /srv/app/app.py:145: 2 updates were lost"
        )
    }

    @Test(arguments: [
        (RaceFinding.Pattern.lostUpdate, "an update can be lost"),
        (.checkThenAct, "the check may no longer hold when it is acted on"),
        (.staleRead, "can read an out-of-date stock[42] at stock.go:31"),
        (.doubleInit, "can each find stock[42] uninitialised"),
        (.orderViolation, "it can run too early or too late"),
        (.unorderedAccess, "the read may see the value from before or after the write"),
    ])
    func `each pattern states its consequence`(pattern: RaceFinding.Pattern, consequence: String) {
        var race = Samples.feasible
        race.pattern = pattern
        #expect(verdict(race).contains(consequence))
        #expect(verdict(race).contains("worker-1") && verdict(race).contains("worker-2"))
        #expect(verdict(race).contains("stock[42]"))
        #expect(!fix(race).isEmpty)
    }

    @Test(
        arguments: [
            (Grade.feasible, nil, ""),
            (.predicted, [0, 1], "; a schedule of this run that makes them adjacent exists"),
            (.predicted, nil, "; in this run they did not overlap in time"),
            (.candidate, nil, "; uncertain, as a parent event is missing"), (.benign, nil, "; probably harmless"),
        ] as [(Grade, [Int]?, String)]
    )
    func `a weaker grade says so in the verdict`(grade: Grade, witness: [Int]?, ending: String) {
        var race = Samples.feasible
        race.grade = grade
        race.witness = witness
        race.reasons = grade == .candidate ? ["missing_parent"] : []
        #expect(verdict(race).hasSuffix(ending))
        #expect(ending.isEmpty == !verdict(race).contains(";"))
    }

    @Test func `the fix follows from the locks that are held`() {
        #expect(fix(Samples.feasible) == "take cart at ① as well at stock.go:31: ② holds it")
        var different = Samples.feasible
        different.first.locks = ["stock"]
        #expect(fix(different).contains("different locks, ① stock and ② cart"))
        #expect(fix(Samples.race(locksInCommon: ["rw"])).contains("both hold rw in shared mode"))
        var mixed = Samples.feasible
        mixed.first.atomic = true
        #expect(fix(mixed) == "make the plain write at cart.go:88 atomic as well")
        #expect(fix(Samples.race(coveredBy: "r-1")).hasPrefix("fix r-1 first"))
        let stored = Samples.race(object: ObjectName(name: "db:accounts/1", scope: "global", pattern: "db:accounts/*"))
        #expect(fix(stored).contains("let the store decide"))
        var candidate = Samples.race(grade: .candidate)
        candidate.reasons = ["missing_task"]
        #expect(fix(candidate).hasPrefix("first make the evidence complete (a spawned or awaited task is missing)"))
    }

    @Test func `every rule has a page and is found under any spelling`() {
        #expect(Set(RuleTable.all.map(\.id)).count == RuleTable.all.count)
        for rule in RuleTable.all {
            #expect(!rule.title.isEmpty && !rule.meaning.isEmpty && !rule.example.isEmpty && !rule.fix.isEmpty)
            #expect(rule.page.split(separator: "\n").allSatisfy { $0.count <= 110 }, "\(rule.id)")
            #expect(RuleTable.rule(rule.id.uppercased().replacing("_", with: "-")) == rule)
        }
        for grade in Grade.allCases { #expect(RuleTable.rule(grade.rawValue)?.category == .grade) }
        for name in ["write-write", "read-write", "write-read", "deadlock"] { #expect(RuleTable.rule(name) != nil) }
        #expect(RuleTable.rule("lost_updte") == nil)
        #expect(RuleTable.nearest(to: "lost_updte").first?.id == "lost_update")
    }
}
