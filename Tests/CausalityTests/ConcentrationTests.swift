import Testing
import TraceModel

@testable import Causality

/// Traces in which everything meets in one place keep sizes that follow the number of events, and mean what smaller ones mean.
@Suite struct ConcentrationTests {
    private func batch(_ specs: [EventSpec]) -> EventBatch {
        EventBatch(
            specs.enumerated().map { index, spec in
                var numbered = spec
                numbered.id = UInt64(index + 1)
                numbered.time = Int64(index + 1)
                return numbered
            }
        )
    }

    private func spec(
        _ operation: Operation,
        _ thread: String,
        _ object: String = "",
        _ subject: String = ""
    ) -> EventSpec {
        EventSpec(id: 0, thread: thread, operation: operation, object: object, subject: subject)
    }

    @Test func `locksets of deep nesting are bounded, and what is left out never looks unprotected`() {
        let depth = LocksetTable.membersMax * 4
        let locks = (0..<depth).map { "l\($0)" }
        let order = CausalOrder(
            batch(locks.map { spec(.lockAcquire, "t", $0) } + locks.map { spec(.lockRelease, "t", $0) })
        )
        #expect(order.locksets.sets.count <= 2 * LocksetTable.membersMax + 1)
        #expect(order.locksets.sets.allSatisfy { $0.count <= LocksetTable.membersMax })
        #expect(order.missing.unmatchedReleases == 0)
        #expect(order.locksetOfRow[2 * depth - 1] == 0)
        let one = order.locksetOfRow[0]
        let full = order.locksetOfRow[depth - 1]
        #expect(order.locksets.exclude(one, full))
        #expect(order.locksets.sets[Int(full)].count == LocksetTable.membersMax)
    }

    @Test func `a shared lock that many hold is contested for writers alone`() {
        let readers = (0..<40).map { "r\($0)" }
        var specs = readers.map { spec(.lockAcquire, $0, "l") }
        for index in specs.indices { specs[index].flags = .shared }
        let shared = CausalOrder(batch(specs))
        #expect(shared.irregularLocks.isEmpty)
        let contested = CausalOrder(batch(specs + [spec(.lockAcquire, "w", "l")]))
        #expect(contested.irregularLocks == [0])
    }

    @Test func `a release by a stranger ends the oldest claim that still stands`() {
        var specs: [EventSpec] = []
        for task in ["a", "b", "c"] {
            specs.append(spec(.lockAcquire, task, "l"))
            specs[specs.count - 1].flags = .shared
        }
        specs.append(spec(.lockRelease, "a", "l"))
        specs.append(spec(.lockAcquire, "a", "l"))
        for index in [3, 4] { specs[index].flags = .shared }
        specs.append(spec(.lockRelease, "stranger", "l"))
        let order = CausalOrder(batch(specs))
        let last = order.lockSteps[order.lockSteps.count - 1]
        #expect(last.effect == .released)
        #expect(order.tasks[Int(last.holder)].thread == order.tasks[Int(order.taskOfRow[1])].thread)
    }

    @Test func `everybody at a barrier comes before everybody behind it, in edges that follow the number of tasks`() {
        let count = 50
        var specs = (0..<count).map { spec(.barrierArrive, "t\($0)", "b") }
        // The first leaves before the last arrives, by the clock.
        specs.insert(spec(.barrierLeave, "t0", "b"), at: 1)
        specs += (1..<count).map { spec(.barrierLeave, "t\($0)", "b") }
        for index in specs.indices { specs[index].number = 1 }
        let order = CausalOrder(batch(specs))
        #expect(order.missing.cycles == 0)
        #expect(order.program.instructions.count <= 6 * count)
        let rows = Set(specs.indices.map { UInt32($0) })
        let probe = ClockProbe(order.program, events: rows)
        let arrivals = specs.indices.filter { specs[$0].operation == .barrierArrive }
        let leaves = specs.indices.filter { specs[$0].operation == .barrierLeave }
        for arrival in arrivals {
            let after = leaves.filter { probe.happensBefore(UInt32(arrival), UInt32($0)) }
            #expect(after == leaves)
            let beside = arrivals.filter { probe.happensBefore(UInt32(arrival), UInt32($0)) }
            #expect(beside.isEmpty)
        }
        for leave in leaves {
            let beside = leaves.filter { probe.happensBefore(UInt32(leave), UInt32($0)) }
            #expect(beside.isEmpty)
        }
    }

    @Test func `an arrival behind its own barrier is a contradiction that is dropped and counted`() {
        let count = 12
        var specs = (0..<count).map { spec(.barrierLeave, "t\($0)", "b") }
        specs += (0..<count).map { spec(.barrierArrive, "t\($0)", "b") }
        for index in specs.indices { specs[index].number = 1 }
        let order = CausalOrder(batch(specs))
        #expect(order.rows.count == specs.count)
        #expect(order.missing.cycles > 0)
    }

    @Test func `what many merge and many wait for is a list that they share`() {
        let count = 200
        var specs = (0..<count).map { spec(.signal, "s\($0)", "x") }
        specs += (0..<count).map { spec(.wait, "w\($0)", "x") }
        let order = CausalOrder(batch(specs))
        let edges = ExplicitEdges(order.program, in: 0..<order.program.instructions.count)
        #expect(edges.from.count == count)
        #expect(edges.links.count == count)
        for source in edges.from {
            var events: Set<UInt32> = []
            var link = UInt32(ExplicitEdges.list(source) ?? -1)
            while link != ExplicitEdges.end {
                events.insert(edges.links[Int(link)].event)
                link = edges.links[Int(link)].rest
            }
            #expect(events == Set(0..<UInt32(count)))
        }
    }

    @Test func `tasks that are all alive share slots beyond a bound, which orders more and never less`() {
        let count = TaskClocks.aliveMax + 100
        let specs = (0..<2).flatMap { _ in (0..<count).map { spec(.write, "t\($0)", "x\($0)") } }
        let order = CausalOrder(batch(specs))
        var clocks = TaskClocks(order.program)
        for (index, instruction) in order.program.instructions.enumerated() {
            if instruction.begins { clocks.begin(instruction.task) }
            clocks.execute(instruction)
            clocks.finish(instruction.task, at: index)
        }
        let (width, retired) = (clocks.bank.width, clocks.retired)
        #expect(width == TaskClocks.aliveMax)
        #expect(retired == 100)
    }

    @Test func `a task that is forked for ever and never runs keeps few copies, and whoever joins it knows them all`() {
        var program = Program()
        program.taskCount = 42
        for task in 0..<40 as Range<UInt32> {
            program.instructions.append(Instruction(.fork, begins: true, task: task, argument: 41, event: task))
        }
        program.instructions.append(Instruction(.joinTask, begins: true, task: 40, argument: 41, event: 40))
        program.seal()
        let probe = ClockProbe(program, events: Set(0...40))
        let known = (0..<40 as Range<UInt32>).filter { probe.happensBefore($0, 40) }
        #expect(known.count == 40)
    }

    @Test func `a worker's end is that of the task that was asked for`() {
        var specs: [EventSpec] = []
        for task in 0..<3 {
            specs.append(spec(.taskStart, "worker", "", "k\(task)"))
            specs.append(spec(.taskEnd, "worker", "", "k\(task)"))
        }
        specs.append(spec(.await, "main", "", "k1"))
        let order = CausalOrder(batch(specs))
        let probe = ClockProbe(order.program, events: Set(0...6))
        let known = (0..<6 as Range<UInt32>).filter { probe.happensBefore($0, 6) }
        #expect(known == [0, 1, 2, 3])
    }

    @Test func `a counter that many release and one acquires orders all of them`() {
        let count = 3 * AtomicCells.cellsMax
        var specs = (0..<count).map { spec(.atomicReadModifyWrite, "t\($0)", "refs") }
        for index in specs.indices { specs[index].flags.memoryOrder = .release }
        specs.append(spec(.atomicRead, "last", "refs"))
        specs[count].flags.memoryOrder = .acquire
        let order = CausalOrder(batch(specs))
        let probe = ClockProbe(order.program, events: Set(0...UInt32(count)))
        let known = (0..<UInt32(count)).filter { probe.happensBefore($0, UInt32(count)) }
        #expect(known.count == count)
        #expect(order.program.cellCount <= AtomicCells.cellsMax)
    }
}
