import Reporting
import Testing
import TraceModel

@testable import Detectors

@Suite struct `JSON report` {
    @Test func `the shape is schema 1, key by key, in order`() {
        var coverage = Samples.coverage
        coverage.note(.missingParent, 2)
        var report = Samples.report(races: [Samples.race()], coverage: coverage)
        report.inputs[0].skipped = 1
        report.inputs[0].errors = [.init(line: 3, byte: 120, code: "bad_json", message: "expected }")]
        #expect(
            text(JSONRenderer.render(report)) == """
                {
                  "schema": 1,
                  "tool": {
                    "name": "raceway",
                    "version": "1.2.3"
                  },
                  "input": [
                    {
                      "path": "run.json",
                      "format": "raceway",
                      "events": 145,
                      "skipped": 1,
                      "errors": [
                        {
                          "line": 3,
                          "byte": 120,
                          "index": -1,
                          "code": "bad_json",
                          "message": "expected }"
                        }
                      ]
                    }
                  ],
                  "coverage": {
                    "events": 145,
                    "accesses": 62,
                    "objects": 23,
                    "tasks": 4,
                    "traces": 2,
                    "processes": 1,
                    "services": [
                      "bank"
                    ],
                    "complete": false,
                    "reasons": [
                      {
                        "code": "missing_parent",
                        "count": 2
                      }
                    ]
                  },
                  "races": [
                    {
                      "id": "r-7f3a19c2",
                      "fingerprint": "r-7f3a19c2-fingerprint",
                      "kind": "write-write",
                      "pattern": "lost_update",
                      "grade": "manifested",
                      "severity": "critical",
                      "object": {
                        "name": "alice.balance",
                        "scope": "service:bank",
                        "pattern": "alice.balance"
                      },
                      "accesses": [
                        {
                          "event": "00000000-0000-4000-8000-000000000005",
                          "index": 5,
                          "trace": "11112222-3333-4444-0000-000000000005",
                          "task": "transfer-1",
                          "service": "bank",
                          "kind": "write",
                          "atomic": false,
                          "location": "/srv/app/app.py:145",
                          "timestamp": "2026-11-21T01:31:24.005Z",
                          "old": 1000,
                          "new": 900,
                          "locks": [],
                          "epoch": 5,
                          "seen_of_other": 0
                        },
                        {
                          "event": "00000000-0000-4000-8000-000000000009",
                          "index": 9,
                          "trace": "11112222-3333-4444-0000-000000000009",
                          "task": "transfer-2",
                          "service": "bank",
                          "kind": "write",
                          "atomic": false,
                          "location": "/srv/app/app.py:145",
                          "timestamp": "2026-11-21T01:31:24.009Z",
                          "old": 1000,
                          "new": 900,
                          "locks": [],
                          "epoch": 5,
                          "seen_of_other": 0
                        }
                      ],
                      "cross_trace": true,
                      "overlap": "observed",
                      "count": 6,
                      "first_seen": "2026-11-21T01:31:24Z",
                      "last_seen": "2026-11-21T01:31:25Z",
                      "verdict": "4 requests read alice.balance = 1000 and each wrote 900: 3 updates were lost; \
                it ended at 900, every serial order ends at 600",
                      "evidence": {
                        "serial_outcomes": [
                          600
                        ],
                        "observed": 900,
                        "versions": [
                          1000,
                          900,
                          900,
                          900,
                          900
                        ],
                        "lost_updates": 3
                      },
                      "witness": null,
                      "locks_in_common": [],
                      "covered_by": null,
                      "fix": "hold one lock from the read to the write in both (/srv/app/app.py:145), or replace them \
                by one atomic read-modify-write",
                      "reasons": []
                    }
                  ],
                  "deadlocks": [
                    {
                      "id": "d-00000003",
                      "fingerprint": "d-00000003-fingerprint",
                      "grade": "confirmed",
                      "severity": "high",
                      "cycle": [
                        {
                          "task": "T1",
                          "holds": [
                            "a"
                          ],
                          "wants": "b",
                          "location": "lock.go:10",
                          "event": "4"
                        },
                        {
                          "task": "T2",
                          "holds": [
                            "b"
                          ],
                          "wants": "a",
                          "location": "lock.go:20",
                          "event": "8"
                        }
                      ],
                      "witness": [
                        1,
                        2,
                        5,
                        6
                      ],
                      "witness_start": 0,
                      "verdict": "T1 holds a and wants b at lock.go:10, T2 holds b and wants a at lock.go:20: a schedule \
                of this run stops them all for ever",
                      "fix": "take the locks in one order everywhere, for example a before b; or take them together with \
                an operation that backs off"
                    }
                  ],
                  "anomalies": [
                    {
                      "id": "a-00000004",
                      "fingerprint": "a-00000004-fingerprint",
                      "kind": "write_skew",
                      "grade": "feasible",
                      "severity": "high",
                      "object": "hospital/doctors/on_call",
                      "events": [
                        "11",
                        "12"
                      ],
                      "details": {
                        "cycle": ["T1","T2"]
                      },
                      "verdict": "T1 and T2 both read on_call and each removed one doctor",
                      "fix": "use serialisable, or lock the rows that were read, or keep the rule in one row"
                    }
                  ],
                  "summary": {
                    "races": 1,
                    "by_grade": {
                      "manifested": 1
                    },
                    "by_severity": {
                      "critical": 1
                    },
                    "deadlocks": 1,
                    "anomalies": 1,
                    "duration_seconds": 0.62
                  }
                }

                """
        )
    }

    @Test func `positions are not told as times`() throws {
        var race = Samples.race()
        race.first.timestamp = Int64(race.first.index)
        race.second.timestamp = Int64(race.second.index)
        let json = try JSON(JSONRenderer.render(Samples.report(races: [race])))["races"][0]
        #expect(json["accesses"][0]["timestamp"].string == nil)
        #expect(json["first_seen"].string == nil)
        #expect(!TextRenderer.card(Race(race)).contains("1970"))
    }

    @Test func `hostile names stay data`() throws {
        let bytes = JSONRenderer.render(Samples.hostile)
        #expect(!bytes.contains(0x1b) && !bytes.contains(0x0d))
        #expect(try JSON(bytes)["races"][0]["object"]["name"].string == Samples.hostileName)
    }

    @Test func `several programs are one report in which one finding is one`() {
        let weak = Samples.race(grade: .feasible, count: 2, evidence: nil)
        func program(_ path: String, _ races: [RaceFinding]) -> RaceReport.Program {
            .init(
                inputs: [.init(path: path, format: "ops", events: 10, skipped: 1)],
                analysis: Analysis(coverage: Samples.coverage, races: races)
            )
        }
        let first = program("a.ops", [weak, Samples.feasible])
        let second = program("b.ops", [Samples.race()])
        let report = RaceReport(tool: .init(version: "1"), programs: [first, second])
        #expect(report.races.map(\.finding.id) == ["r-7f3a19c2", "r-00000002"])
        #expect(report.races[0].finding.grade == .manifested)
        #expect(report.races[0].finding.count == 8)
        #expect(report.races.map(\.headline.input) == ["b.ops", "a.ops"])
        #expect(report.coverage.accesses == 124)
        #expect(report.coverage.reasons[.skipped] == 2 && !report.coverage.complete)
        let swapped = RaceReport(tool: .init(version: "1"), programs: [second, first])
        #expect(swapped.races == report.races)
    }
}
