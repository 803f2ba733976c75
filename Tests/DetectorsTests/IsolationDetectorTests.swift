import Detectors
import Testing
import TraceModel

/// Each anomaly as an instrumented service would log it, with a twin that does the same correctly.
@Suite struct IsolationDetectorTests {
    private func script(_ build: (inout IsolationScript) -> Void) -> IsolationScript {
        var script = IsolationScript()
        build(&script)
        return script
    }

    /// Two transfers that read a balance before either writes it.
    private func transfers(
        _ select: String,
        _ updates: (String, String),
        counts: (Int64, Int64) = (1, 1)
    ) -> IsolationScript {
        script { script in
            for task in ["t1", "t2"] {
                script.sql(task, "BEGIN")
                let query = script.sql(task, select)
                script.read(task, "db/accounts/7", "{\"balance\": 100}")
                script.result(task, rows: 1, of: query)
            }
            script.result("t1", rows: counts.0, of: script.sql("t1", updates.0))
            script.sql("t1", "COMMIT")
            script.result("t2", rows: counts.1, of: script.sql("t2", updates.1))
            script.sql("t2", "COMMIT")
        }
    }

    @Test func `a lost update is proven by the values read`() throws {
        let update = "UPDATE accounts SET balance = 90 WHERE id = 7"
        let findings = transfers("SELECT balance FROM accounts WHERE id = 7", (update, update)).findings()
        let finding = try #require(findings.first)
        #expect(findings.count == 1)
        #expect(finding.kind == "lost_update")
        #expect(finding.grade == .manifested)
        #expect(finding.severity == .critical)
        #expect(finding.object == "db/accounts/7")
        #expect(finding.verdict.contains("the update of t1#1 is lost"))
        #expect(finding.events.count == 4)
        #expect(finding.id.hasPrefix("a-") && finding.fingerprint.count == 16)
        #expect(finding.details.contains { $0.name == "adya" && $0.json == "\"lost-update\"" })
    }

    @Test func `a relative update loses nothing but may act on what no longer holds`() {
        let update = "update accounts set balance = balance - 10 where id = 7"
        #expect(transfers("select * from accounts where id = 7", (update, update)).kinds == ["check_then_act"])
    }

    @Test func `an update that checks the version again loses nothing`() {
        let update = "update accounts set balance = 90, version = 4 where id = 7 and version = 3"
        #expect(transfers("select * from accounts where id = 7", (update, update), counts: (1, 0)).kinds.isEmpty)
    }

    @Test func `a read that locks the row makes the update safe`() {
        let locked = script { script in
            for task in ["t1", "t2"] {
                script.sql(task, "begin")
                script.sql(task, "select balance from accounts where id = 7 for update")
            }
            script.sql("t1", "update accounts set balance = 90 where id = 7")
            script.sql("t1", "commit")
            script.sql("t2", "update accounts set balance = 80 where id = 7")
            script.sql("t2", "commit")
        }
        #expect(locked.kinds.isEmpty)
        let unlocked = script { script in
            for task in ["t1", "t2"] {
                script.sql(task, "begin")
                script.sql(task, "select balance from accounts where id = 7")
            }
            script.sql("t1", "update accounts set balance = 90 where id = 7")
            script.sql("t1", "commit")
            script.sql("t2", "update accounts set balance = 80 where id = 7")
            script.sql("t2", "commit")
        }
        #expect(unlocked.kinds == ["lost_update"])
        #expect(unlocked.findings().map(\.grade) == [.candidate])
    }

    @Test func `read and write without a transaction lose updates as well`() throws {
        let racy = script { script in
            for task in ["t1", "t2"] { script.read(task, "kv/stock/9", "5") }
            script.write("t1", "kv/stock/9", "4")
            script.write("t2", "kv/stock/9", "3")
        }
        let finding = try #require(racy.findings().first)
        #expect(finding.kind == "lost_update")
        #expect(finding.verdict.contains("without a transaction"))
        let serial = script { script in
            script.read("t1", "kv/stock/9", "5")
            script.write("t1", "kv/stock/9", "4")
            script.read("t2", "kv/stock/9", "4")
            script.write("t2", "kv/stock/9", "3")
        }
        #expect(serial.kinds.isEmpty)
    }

    @Test func `write skew needs both to miss the other`() {
        func onCall(_ secondReads: String) -> IsolationScript {
            script { script in
                for task in ["t1", "t2"] { script.begin(task, task) }
                script.read("t1", "db/doctors/alice", "true", "t1")
                script.read("t1", "db/doctors/bob", "true", "t1")
                script.read("t2", "db/doctors/bob", "true", "t2")
                if secondReads == "true" { script.read("t2", "db/doctors/alice", "true", "t2") }
                script.write("t1", "db/doctors/alice", "false", "t1")
                script.commit("t1", "t1")
                if secondReads == "false" { script.read("t2", "db/doctors/alice", "false", "t2") }
                if secondReads == "true" { script.write("t2", "db/doctors/bob", "false", "t2") }
                script.commit("t2", "t2")
            }
        }
        #expect(onCall("true").kinds == ["write_skew"])
        #expect(onCall("false").kinds.isEmpty)
    }

    @Test func `dirty data is told apart by what became of its writer`() {
        func dirty(_ end: (inout IsolationScript) -> Void) -> [String] {
            script { script in
                script.begin("w", "w")
                script.write("w", "db/t/1", "\"draft\"", "w")
                script.begin("r", "r")
                script.read("r", "db/t/1", "\"draft\"", "r")
                script.commit("r", "r")
                end(&script)
            }.kinds
        }
        #expect(dirty { $0.rollback("w", "w") } == ["G1a"])
        #expect(
            dirty {
                $0.write("w", "db/t/1", "\"final\"", "w")
                $0.commit("w", "w")
            }.contains("G1b")
        )
        #expect(dirty { $0.commit("w", "w") }.isEmpty)
        // What became of the writer was not seen: nothing is concluded.
        #expect(dirty { _ in }.isEmpty)
    }

    @Test func `a long fork is two readers who disagree on the order of independent writes`() {
        let fork = script { script in
            for task in ["w1", "w2", "r1", "r2"] { script.begin(task, task) }
            script.write("w1", "db/t/x", "1", "w1")
            script.write("w2", "db/t/y", "1", "w2")
            for task in ["w1", "w2"] { script.commit(task, task) }
            script.read("r1", "db/t/x", "1", "r1")
            script.read("r1", "db/t/y", "null", "r1")
            script.read("r2", "db/t/y", "1", "r2")
            script.read("r2", "db/t/x", "null", "r2")
            for task in ["r1", "r2"] { script.commit(task, task) }
        }
        #expect(fork.kinds == ["long_fork"])
    }

    @Test func `lists that transactions append to are ordered by what was read`() {
        let history = script { script in
            for (task, value) in [("t1", "1"), ("t2", "2")] {
                script.begin(task, task)
                script.write(task, "db/l/x", value, task)
                script.write(task, "db/l/y", value, task)
                script.commit(task, task)
            }
            script.begin("t3", "t3")
            script.read("t3", "db/l/x", "[1, 2]", "t3")
            script.read("t3", "db/l/y", "[2, 1]", "t3")
            script.commit("t3", "t3")
        }
        #expect(history.kinds.contains("G0"))
        let contradiction = script { script in
            for (task, list) in [("r1", "[1, 2]"), ("r2", "[2, 1]")] {
                script.begin(task, task)
                script.read(task, "db/l/x", list, task)
                script.commit(task, task)
            }
        }
        #expect(contradiction.kinds.contains("incompatible_order"))
        #expect(contradiction.kinds.contains("garbage_read"))
    }

    @Test func `versions that the store numbers order what values do not`() {
        let history = script { script in
            for task in ["t1", "t2"] { script.begin(task, task) }
            script.read("t1", "db/t/1", nil, "t1", version: 4)
            script.read("t2", "db/t/1", nil, "t2", version: 4)
            script.write("t1", "db/t/1", nil, "t1", version: 5)
            script.commit("t1", "t1")
            script.write("t2", "db/t/1", nil, "t2", version: 5)
            script.commit("t2", "t2")
        }
        // Two writers of one version contradict each other, which is a finding of its own.
        #expect(history.kinds.contains("duplicate_version"))
    }

    @Test func `a transaction sees its own writes or says so`() {
        func own(_ seen: String) -> [String] {
            script { script in
                script.begin("t", "t")
                script.write("t", "db/t/1", "5", "t")
                script.read("t", "db/t/1", seen, "t")
                script.commit("t", "t")
            }.kinds
        }
        #expect(own("5").isEmpty)
        #expect(own("4") == ["internal"])
    }

    @Test func `reading again and seeing a change is named by the level`() {
        func again(_ isolation: String) -> [String] {
            script { script in
                script.begin("r", "r", isolation: isolation)
                script.read("r", "db/t/1", "1", "r")
                script.begin("w", "w")
                script.write("w", "db/t/1", "2", "w")
                script.commit("w", "w")
                script.read("r", "db/t/1", "2", "r")
                script.commit("r", "r")
            }.kinds
        }
        #expect(again("") == ["non_repeatable_read"])
        #expect(again("READ COMMITTED").isEmpty)
        #expect(again("repeatable read") == ["G-single"])
    }

    @Test func `statements that are not understood are counted and named`() {
        let report = script { script in
            script.sql("t", "begin")
            script.sql("t", "select * from a join b on a.id = b.id")
            script.sql("t", "with x as (select 1) select * from x")
            script.sql("t", "call settle(7)")
            script.sql("t", "commit")
        }.report()
        #expect(report.unclassifiedStatements == 3)
        #expect(report.unclassified == ["SELECT with several tables": 1, "WITH": 1, "CALL": 1])
        #expect(report.findings.isEmpty)
    }

    @Test func `what failed or was undone counts for nothing`() {
        func second(_ end: (inout IsolationScript) -> Void) -> [String] {
            script { script in
                for task in ["t1", "t2"] {
                    script.sql(task, "begin")
                    let query = script.sql(task, "select v from t where id = 1")
                    script.read(task, "db/t/1", "{\"v\": 1}")
                    script.result(task, rows: 1, of: query)
                }
                script.result("t1", rows: 1, of: script.sql("t1", "update t set v = 2 where id = 1"))
                script.result("t1", of: script.sql("t1", "commit"))
                end(&script)
            }.kinds
        }
        #expect(
            second {
                $0.result("t2", rows: 1, of: $0.sql("t2", "update t set v = 3 where id = 1"))
                $0.result("t2", of: $0.sql("t2", "commit"))
            } == ["lost_update"]
        )
        #expect(
            second {
                $0.error("t2", of: $0.sql("t2", "update t set v = 3 where id = 1"))
                $0.sql("t2", "rollback")
            }.isEmpty
        )
        #expect(
            second {
                $0.result("t2", rows: 1, of: $0.sql("t2", "update t set v = 3 where id = 1"))
                $0.error("t2", of: $0.sql("t2", "commit"))
            }.isEmpty
        )
        #expect(
            second {
                $0.sql("t2", "savepoint a")
                $0.result("t2", rows: 1, of: $0.sql("t2", "update t set v = 3 where id = 1"))
                $0.sql("t2", "rollback to a")
                $0.result("t2", of: $0.sql("t2", "commit"))
            }.isEmpty
        )
        // Which rows a failed transaction left after COMMIT depends on the store: nothing is concluded.
        #expect(
            second {
                $0.result("t2", rows: 1, of: $0.sql("t2", "update t set v = 3 where id = 1"))
                $0.error("t2", of: $0.sql("t2", "insert into t (id) values (1)"))
                $0.result("t2", of: $0.sql("t2", "commit"))
            }.isEmpty
        )
    }

    @Test func `a commit without a begin ends the statements since the last one`() {
        let implicit = script { script in
            for task in ["t1", "t2"] {
                let query = script.sql(task, "select v from t where id = 1")
                script.read(task, "db/t/1", "{\"v\": 1}")
                script.result(task, rows: 1, of: query)
            }
            for (task, value) in [("t1", 2), ("t2", 3)] {
                script.result(task, rows: 1, of: script.sql(task, "update t set v = \(value) where id = 1"))
                script.result(task, of: script.sql(task, "commit"))
            }
        }
        #expect(implicit.kinds == ["lost_update"])
        #expect(implicit.findings().allSatisfy { !$0.verdict.contains("without a transaction") })
    }

    @Test func `many instances of one mistake are one finding with a count`() throws {
        let many = script { script in
            for account in 1...5 {
                for task in ["a\(account)", "b\(account)"] {
                    script.begin(task, task)
                    script.read(task, "db/accounts/\(account)", "100", task)
                }
                for (index, task) in ["a\(account)", "b\(account)"].enumerated() {
                    script.write(task, "db/accounts/\(account)", "\(account * 1000 + index)", task)
                    script.commit(task, task)
                }
            }
        }
        let findings = many.findings()
        let finding = try #require(findings.first)
        #expect(findings.count == 1)
        #expect(finding.details.contains { $0.name == "count" && $0.json == "5" })
    }

    @Test func `nothing is done unless asked for, and broken events cost nobody`() {
        var options = AnalysisOptions()
        options.detectors = [.races]
        let lost = transfers(
            "select * from accounts where id = 7",
            ("update accounts set b = 1 where id = 7", "commit")
        )
        let none = IsolationDetector.detect(batch: lost.batch, order: Array(0..<lost.batch.count), options: options)
        #expect(none.findings.isEmpty && none.unclassifiedStatements == 0)
        let broken = script { script in
            script.commit("t", "never-begun")
            script.rollback("t")
            script.result("t", rows: 5)
            script.error("t")
            script.read("t", "no-slashes", "1")
            script.read("t", "a/b/c/d", "{\"x\": [1, {}", "z")
            script.write("t", "//", "", "z")
            script.write("t", "a/b/c/d", String(repeating: "[", count: 5_000), "z")
            script.begin("t", "z")
            script.begin("t", "z")
            script.sql("t", "")
            script.sql("t", "commit; commit; rollback; begin; begin")
        }
        #expect(broken.report().unclassifiedStatements == 0)
        #expect(IsolationDetector.report(batch: EventBatch(), order: [], options: AnalysisOptions()).findings.isEmpty)
        #expect(
            IsolationDetector.report(batch: broken.batch, order: [0, 99, -1], options: AnalysisOptions()).findings
                .isEmpty
        )
    }
}

extension IsolationDetectorTests {
    @Test func `a session that does not see its own earlier write reads from a copy that lags`() {
        func session(_ seen: String) -> [String] {
            var script = IsolationScript()
            script.begin("setup", "t0")
            script.write("setup", "db/t/1", "1", "t0")
            script.commit("setup", "t0")
            script.begin("s", "t1")
            script.write("s", "db/t/1", "2", "t1")
            script.commit("s", "t1")
            script.begin("s", "t2")
            script.read("s", "db/t/1", seen, "t2")
            script.commit("s", "t2")
            return script.kinds
        }
        #expect(session("1") == ["stale_read"])
        #expect(session("2").isEmpty)
    }

    @Test func `a value that changes under a transaction is reported even when its writer was not seen`() {
        var script = IsolationScript()
        script.begin("t", "t")
        script.read("t", "db/t/1", "1", "t")
        script.read("t", "db/t/1", "2", "t")
        script.commit("t", "t")
        #expect(script.kinds == ["non_repeatable_read"])
    }
}
