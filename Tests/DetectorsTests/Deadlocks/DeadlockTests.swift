import Causality
import Detectors
import Testing
import TraceModel

struct DeadlockTests {
    private func deadlocks(_ build: (TraceBuilder) -> Void) throws -> [DeadlockFinding] {
        let builder = TraceBuilder()
        build(builder)
        let order = CausalOrder(builder.batch)
        let analysis = Analyzer.analyze(
            builder.batch,
            order: order,
            spans: [],
            options: AnalysisOptions(detectors: [.deadlocks])
        )
        var checker = WitnessChecker(builder.batch, order: order)
        for finding in analysis.deadlocks where finding.grade == .confirmed {
            let acquires = finding.cycle.compactMap { Int($0.event) }.map { $0 - 1 }
            try checker.replay(
                Witness(start: finding.witnessStart, rows: finding.witness, ending: .deadlock(acquires))
            )
        }
        return analysis.deadlocks
    }

    private func section(_ builder: TraceBuilder, _ task: String, _ locks: [String], shared: Set<String> = []) {
        for lock in locks {
            builder.add(task, .lockAcquire, lock, shared: shared.contains(lock), at: "\(task).c:\(lock)")
        }
        for lock in locks.reversed() { builder.add(task, .lockRelease, lock, shared: shared.contains(lock)) }
    }

    @Test func `opposite orders in two tasks are a confirmed deadlock with a schedule`() throws {
        let found = try deadlocks {
            section($0, "A", ["l", "m"])
            section($0, "B", ["m", "l"])
        }
        #expect(found.map(\.grade) == [.confirmed])
        #expect(found.first?.cycle.map(\.wants) == ["l", "m"])
        #expect(found.first?.cycle.map(\.holds) == [["m"], ["l"]])
    }

    @Test func `a common guard lock keeps the tasks apart`() throws {
        #expect(
            try deadlocks {
                section($0, "A", ["g", "l", "m"])
                section($0, "B", ["g", "m", "l"])
            }.isEmpty
        )
    }

    @Test func `a guard that both only share keeps nobody apart`() throws {
        #expect(
            try deadlocks {
                section($0, "A", ["g", "l", "m"], shared: ["g"])
                section($0, "B", ["g", "m", "l"], shared: ["g"])
            }.map(\.grade) == [.confirmed]
        )
    }

    @Test func `readers of one lock do not wait for each other`() throws {
        #expect(
            try deadlocks {
                section($0, "A", ["l", "m"], shared: ["l"])
                section($0, "B", ["m", "l"], shared: ["l"])
            }.isEmpty
        )
    }

    @Test func `tasks that a fork or a join orders cannot meet`() throws {
        #expect(
            try deadlocks {
                section($0, "A", ["l", "m"])
                $0.add("A", .fork, "B")
                section($0, "B", ["m", "l"])
            }.isEmpty
        )
        #expect(
            try deadlocks {
                $0.add("A", .fork, "B")
                section($0, "B", ["m", "l"])
                $0.add("A", .join, "B")
                section($0, "A", ["l", "m"])
            }.isEmpty
        )
    }

    @Test func `what a task reads from the other one makes a cycle suspected only`() throws {
        #expect(
            try deadlocks {
                $0.add("A", .lockAcquire, "l")
                $0.add("A", .lockAcquire, "m")
                $0.add("A", .write, "x")
                $0.add("A", .lockRelease, "m")
                $0.add("A", .lockRelease, "l")
                $0.add("B", .read, "x")
                section($0, "B", ["m", "l"])
            }.map(\.grade) == [.suspected]
        )
    }

    @Test(arguments: [3, 5, 9])
    func `a ring of any length is found`(length: Int) throws {
        let found = try deadlocks { builder in
            for task in 0..<length { section(builder, "P\(task)", ["f\(task)", "f\((task + 1) % length)"]) }
        }
        #expect(found.map(\.grade) == [.confirmed])
        #expect(found.first?.cycle.count == length)
    }

    @Test func `one task that takes locks in both orders is suspected`() throws {
        #expect(
            try deadlocks {
                section($0, "A", ["l", "m"])
                section($0, "A", ["m", "l"])
            }.map(\.grade) == [.suspected]
        )
    }

    @Test func `the same mistake on many objects is one finding`() throws {
        let found = try deadlocks { builder in
            for number in 0..<6 {
                builder.add("A", .lockAcquire, "account-\(number)", at: "a.c:1")
                builder.add("A", .lockAcquire, "account-\(number + 10)", at: "a.c:2")
                builder.add("A", .lockRelease, "account-\(number + 10)")
                builder.add("A", .lockRelease, "account-\(number)")
                builder.add("B", .lockAcquire, "account-\(number + 10)", at: "a.c:1")
                builder.add("B", .lockAcquire, "account-\(number)", at: "a.c:2")
                builder.add("B", .lockRelease, "account-\(number)")
                builder.add("B", .lockRelease, "account-\(number + 10)")
            }
        }
        #expect(found.map(\.grade) == [.confirmed])
    }
}
