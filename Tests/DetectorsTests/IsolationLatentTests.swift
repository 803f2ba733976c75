import Detectors
import Testing
import TraceModel

/// What two requests of one kind could do to each other, seen in a single trace.
@Suite struct IsolationLatentTests {
    private func request(
        _ url: String = "https://shop.example/api/accounts/42/withdraw?x=1",
        _ build: (inout IsolationScript) -> Void
    ) -> IsolationScript {
        var script = IsolationScript()
        script.add(.httpRequest, task: "t", object: url, subject: "POST")
        build(&script)
        return script
    }

    private let select = "select balance from accounts where id = 42"
    private let update = "update accounts set balance = 90 where id = 42"

    @Test func `a read and a write that nothing protects together are a candidate`() throws {
        let findings = request {
            $0.sql("t", select)
            $0.sql("t", update)
        }.findings()
        let finding = try #require(findings.first)
        #expect(findings.count == 1)
        #expect(finding.kind == "lost_update")
        #expect(finding.grade == .candidate)
        #expect(finding.severity == .low)
        #expect(finding.object == "db/accounts")
        #expect(finding.verdict.hasPrefix("Two requests POST /api/accounts/*/withdraw at once"))
        #expect(finding.details.contains { $0.name == "latent" && $0.json == "true" })
        #expect(finding.details.contains { $0.name == "scope" && $0.json == "\"request\"" })
    }

    @Test func `protection by lock, level, condition or relation to the stored value is respected`() {
        func kinds(_ begin: String, _ select: String, _ update: String) -> [String] {
            request {
                $0.sql("t", begin)
                $0.sql("t", select)
                $0.sql("t", update)
                $0.sql("t", "commit")
            }.kinds
        }
        #expect(kinds("begin", select, update) == ["lost_update"])
        #expect(kinds("begin isolation level read committed", select, update) == ["lost_update"])
        #expect(kinds("begin", select + " for update", update).isEmpty)
        #expect(kinds("begin isolation level serializable", select, update).isEmpty)
        #expect(kinds("begin isolation level repeatable read", select, update).isEmpty)
        #expect(kinds("begin", select, update + " and version = 3").isEmpty)
        let relative = "update accounts set balance = balance - 10 where id = 42"
        #expect(kinds("begin", select, relative) == ["check_then_act"])
        let count = "select count(*) from doctors where on_call = true"
        let off = "update doctors set on_call = false where id = 7"
        #expect(kinds("begin isolation level repeatable read", count, off) == ["write_skew"])
        #expect(kinds("begin isolation level serializable", count, off).isEmpty)
        let taken = "select id from users where name = 'eve'"
        #expect(kinds("begin", taken, "insert into users (name) values ('eve')") == ["check_then_act"])
        let upsert = "insert into users (name) values ('eve') on conflict (name) do nothing"
        #expect(kinds("begin", taken, upsert).isEmpty)
    }

    @Test func `one kind of request on one table is one finding`() throws {
        var script = IsolationScript()
        for trace in 1...5 {
            let task = "t\(trace)"
            script.add(
                .httpRequest,
                task: task,
                object: "/api/accounts/\(trace)/withdraw",
                subject: "POST",
                trace: UInt64(trace)
            )
            script.sql(task, "select balance from accounts where id = \(trace)", trace: UInt64(trace))
            script.sql(task, "update accounts set balance = 9 where id = \(trace)", trace: UInt64(trace))
        }
        let findings = script.findings()
        let finding = try #require(findings.first)
        #expect(findings.count == 1)
        #expect(finding.details.contains { $0.name == "count" && $0.json == "5" })
    }

    @Test func `what happened is not told again as what could`() {
        var script = IsolationScript()
        for trace in [1, 2] as [UInt64] {
            script.add(.httpRequest, task: "t\(trace)", object: "/api/withdraw", subject: "POST", trace: trace)
            script.sql("t\(trace)", select, trace: trace)
        }
        for trace in [1, 2] as [UInt64] { script.sql("t\(trace)", update, trace: trace) }
        #expect(script.kinds == ["lost_update"])
        #expect(script.findings().allSatisfy { !$0.verdict.hasPrefix("Two requests") })
    }

    @Test func `a rolled back transaction and a trace without a root tell nothing`() {
        #expect(
            request {
                $0.sql("t", "begin")
                $0.sql("t", select)
                $0.sql("t", update)
                $0.sql("t", "rollback")
            }.kinds.isEmpty
        )
        var script = IsolationScript()
        script.sql("t", select)
        script.sql("t", update)
        #expect(script.kinds.isEmpty)
        var function = IsolationScript()
        function.add(.functionCall, task: "t", object: "settle")
        function.sql("t", select)
        function.sql("t", update)
        #expect(function.kinds == ["lost_update"])
    }
}
