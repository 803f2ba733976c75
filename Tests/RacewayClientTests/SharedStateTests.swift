import Detectors
import RacewayClient
import Testing
import TraceModel
import Tracing

/// What the wrappers record is enough to find races between tasks of one request, and to know what is none.
@Suite struct `Tracked state` {
    private func increments(
        _ body: @escaping @Sendable (Tracked<Int>, Rendezvous) async -> Void
    ) async throws -> Analysis {
        let recording = Recording()
        let counter = Tracked("counter", 0)
        let rendezvous = Rendezvous(2)
        await recording.inSpan { _ in
            await withTrackedTaskGroup(of: Void.self) { group in
                for _ in 0..<2 { group.addTask { await body(counter, rendezvous) } }
            }
        }
        return try await recording.analysis()
    }

    @Test func `two children that read before either writes lose an update`() async throws {
        let analysis = try await increments { counter, rendezvous in
            let value = counter.get()
            await rendezvous.meet()
            counter.set(value + 1)
        }
        let race = try #require(analysis.races.first)
        #expect(race.grade == .manifested)
        #expect(race.pattern == .lostUpdate)
        #expect(analysis.coverage.complete)
    }

    @Test func `one step is no race`() async throws {
        let analysis = try await increments { counter, rendezvous in
            await rendezvous.meet()
            counter.update { $0 += 1 }
        }
        #expect(analysis.races.isEmpty)
    }

    @Test func `a lock around both is no race`() async throws {
        let lock = TrackedMutex("counter lock")
        let analysis = try await increments { counter, rendezvous in
            await rendezvous.meet()
            lock.withLock { counter.set(counter.get() + 1) }
        }
        #expect(analysis.races.isEmpty)
        #expect(analysis.coverage.complete)
    }

    @Test func `a write of a task that never read proves nothing about others`() async throws {
        let analysis = try await increments { counter, rendezvous in
            await rendezvous.meet()
            counter.set(1)
        }
        #expect(!analysis.races.contains { $0.grade == .manifested })
    }

    @Test func `what a child wrote is known to the parent that awaited it`() async throws {
        let recording = Recording()
        let total = Tracked("total", 0)
        try await recording.inSpan { _ in
            let task = TrackedTask { total.set(1) }
            _ = try await task.value
            total.set(total.get() + 1)
            let fork = Fork()
            async let other: Void = fork.run { total.set(total.get() + 1) }
            await other
            fork.join()
            total.set(total.get() + 1)
            await withTrackedTaskGroup(of: Int.self) { group in
                group.addTask { total.get() }
                _ = await group.next()
            }
            total.set(0)
        }
        let analysis = try await recording.analysis()
        #expect(analysis.races.isEmpty)
        #expect(analysis.coverage.complete)
        #expect(analysis.coverage.tasks == 4)
    }

    @Test func `a child that nobody awaited races with what follows`() async throws {
        let recording = Recording()
        let total = Tracked("total", 0)
        let done = Rendezvous(2)
        await recording.inSpan { _ in
            TrackedTask {
                total.set(1)
                await done.meet()
            }
            await done.meet()
            total.set(2)
        }
        #expect(try await recording.analysis().races.count == 1)
    }

    @Test func `the error of a child reaches the parent, and the others are joined`() async throws {
        struct Broken: Error {}
        let recording = Recording()
        let total = Tracked("total", 0)
        await recording.inSpan { _ in
            await #expect(throws: Broken.self) {
                try await withThrowingTrackedTaskGroup(of: Void.self) { group in
                    group.addTask { total.set(1) }
                    group.addTask { throw Broken() }
                    try await group.waitForAll()
                }
            }
            total.set(2)
        }
        #expect(try await recording.analysis().races.isEmpty)
    }

    @Test func `an actor that is re-entered between reading and writing loses an update`() async throws {
        actor Account {
            @Tracked("account.balance") var balance = 100

            func withdraw(_ rendezvous: Rendezvous) async {
                let before = balance
                await rendezvous.meet()
                balance = before - 10
            }

            func withdrawAtOnce(_ rendezvous: Rendezvous) async {
                await rendezvous.meet()
                tracked("account") { account in account.balance -= 10 }
            }
        }
        for isFixed in [false, true] {
            let recording = Recording()
            let account = Account()
            let rendezvous = Rendezvous(2)
            await recording.inSpan { _ in
                await withTrackedTaskGroup(of: Void.self) { group in
                    for _ in 0..<2 {
                        group.addTask {
                            if isFixed {
                                await account.withdrawAtOnce(rendezvous)
                            } else {
                                await account.withdraw(rendezvous)
                            }
                        }
                    }
                }
            }
            let races = try await recording.analysis().races
            #expect(races.contains { $0.grade == .manifested } == !isFixed)
            if isFixed { #expect(races.isEmpty) }
        }
    }

    @Test func `a step that fails changes nothing and records nothing`() async throws {
        struct Refused: Error {}
        let recording = Recording()
        let total = Tracked("total", 7)
        await recording.inSpan { _ in
            #expect(throws: Refused.self) { try total.update { _ in throw Refused() } }
            return
        }
        #expect(total.untracked == 7)
        #expect(try await recording.events().count == 2)
    }

    @Test func `outside of every span accesses are counted and not recorded`() async throws {
        let recording = Recording()
        let before = recording.tracer.statistics.outside
        let total = Tracked("total", 7)
        total.set(total.get() + 1)
        #expect(total.untracked == 8)
        #expect(recording.tracer.statistics.recorded == 0)
        #expect(recording.tracer.statistics.outside >= before + 2)
    }
}
