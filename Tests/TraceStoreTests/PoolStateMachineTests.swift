import Testing

@testable import TraceStore

/// Every rule of the pool, without a connection.
@Suite struct PoolStateMachineTests {
    private typealias Action = PoolStateMachine.Action
    private static let second: Int64 = 1_000_000_000

    private func machine(
        max: Int = 2,
        min: Int = 0,
        overflow: Int = 0,
        lifetime: Double = 100,
        idle: Double = 10,
        acquire: Double = 5,
        waiters: Int = 64
    ) -> PoolStateMachine {
        PoolStateMachine(
            PoolOptions(
                maxConnections: max,
                minConnections: min,
                maxOverflow: overflow,
                maxLifetimeSeconds: lifetime,
                idleTimeoutSeconds: idle,
                acquireTimeoutSeconds: acquire,
                waitersMax: waiters
            )
        )
    }

    @Test func `a connection is opened for the first waiter and handed to it`() {
        var pool = machine()
        #expect(pool.start(now: 0).isEmpty)
        #expect(pool.acquire(1, now: 0) == [.open(1)])
        #expect(pool.opened(1, jitter: 0, now: 1) == [.lease(1, 1)])
        #expect(pool.release(1, healthy: true, now: 2).isEmpty)
        #expect(pool.acquire(2, now: 3) == [.lease(2, 1)])
    }

    @Test func `the connections that are always kept are opened at the start and after a loss`() {
        var pool = machine(max: 3, min: 2)
        #expect(pool.start(now: 0) == [.open(1), .open(2)])
        #expect(pool.opened(1, jitter: 0, now: 0).isEmpty)
        #expect(pool.opened(2, jitter: 0, now: 0).isEmpty)
        #expect(pool.acquire(1, now: 1) == [.lease(1, 2)])
        #expect(pool.release(2, healthy: false, now: 2) == [.close(2), .open(3)])
    }

    @Test func `waiters are served in their order, connections in the reverse order of their return`() {
        var pool = machine(max: 2)
        _ = pool.acquire(1, now: 0)
        _ = pool.acquire(2, now: 0)
        _ = pool.opened(1, jitter: 0, now: 0)
        _ = pool.opened(2, jitter: 0, now: 0)
        #expect(pool.acquire(3, now: 1).isEmpty)
        #expect(pool.acquire(4, now: 1).isEmpty)
        #expect(pool.release(2, healthy: true, now: 2) == [.lease(3, 2)])
        #expect(pool.release(1, healthy: true, now: 2) == [.lease(4, 1)])
        _ = pool.release(1, healthy: true, now: 3)
        _ = pool.release(2, healthy: true, now: 4)
        #expect(pool.acquire(5, now: 5) == [.lease(5, 2)])
    }

    @Test func `overflow is opened only for waiters and closed when it comes back`() {
        var pool = machine(max: 1, overflow: 1)
        #expect(pool.acquire(1, now: 0) == [.open(1)])
        #expect(pool.acquire(2, now: 0) == [.open(2)])
        #expect(pool.acquire(3, now: 0).isEmpty)
        _ = pool.opened(1, jitter: 0, now: 0)
        _ = pool.opened(2, jitter: 0, now: 0)
        #expect(pool.release(1, healthy: true, now: 1) == [.lease(3, 1)])
        #expect(pool.release(2, healthy: true, now: 2) == [.close(2)])
        #expect(pool.release(1, healthy: true, now: 3).isEmpty)
        #expect(pool.size == 1)
    }

    @Test func `a waiter gives up at its deadline and not before`() {
        var pool = machine(max: 1, acquire: 5)
        _ = pool.acquire(1, now: 0)
        _ = pool.opened(1, jitter: 0, now: 0)
        _ = pool.acquire(2, now: Self.second)
        #expect(pool.nextDeadline == 6 * Self.second)
        #expect(pool.tick(now: 6 * Self.second - 1).isEmpty)
        #expect(pool.tick(now: 6 * Self.second) == [.fail(2, .timedOut)])
        #expect(pool.release(1, healthy: true, now: 7 * Self.second).isEmpty)
        #expect(pool.idleCount == 1)
    }

    @Test func `the line has an end`() {
        var pool = machine(max: 1, waiters: 1)
        _ = pool.acquire(1, now: 0)
        _ = pool.opened(1, jitter: 0, now: 0)
        #expect(pool.acquire(2, now: 0).isEmpty)
        #expect(pool.acquire(3, now: 0) == [.fail(3, .tooManyWaiters)])
        #expect(pool.waiterCount == 1)
    }

    @Test func `a cancelled waiter loses its place to the next`() {
        var pool = machine(max: 1)
        _ = pool.acquire(1, now: 0)
        _ = pool.opened(1, jitter: 0, now: 0)
        _ = pool.acquire(2, now: 0)
        _ = pool.acquire(3, now: 0)
        #expect(pool.cancel(2, now: 1) == [.fail(2, .cancelled)])
        #expect(pool.cancel(2, now: 1).isEmpty)
        #expect(pool.release(1, healthy: true, now: 2) == [.lease(3, 1)])
        // Cancelled after it got the connection: the driver gives it back and the next one gets it.
        _ = pool.acquire(4, now: 3)
        #expect(pool.cancel(3, now: 3).isEmpty)
        #expect(pool.release(1, healthy: true, now: 3) == [.lease(4, 1)])
    }

    @Test func `a connection whose waiter left is kept for the next one`() {
        var pool = machine(max: 1)
        _ = pool.acquire(1, now: 0)
        _ = pool.cancel(1, now: 0)
        #expect(pool.opened(1, jitter: 0, now: 1).isEmpty)
        #expect(pool.acquire(2, now: 2) == [.lease(2, 1)])
    }

    @Test func `idle connections are closed down to those always kept, the oldest first`() {
        var pool = machine(max: 3, min: 1, idle: 10)
        for waiter in 1...3 { _ = pool.acquire(waiter, now: 0) }
        for connection in 1...3 { _ = pool.opened(connection, jitter: 0, now: 0) }
        for connection in 1...3 { _ = pool.release(connection, healthy: true, now: Int64(connection) * Self.second) }
        #expect(pool.nextDeadline == 11 * Self.second)
        #expect(pool.tick(now: 11 * Self.second) == [.close(1)])
        #expect(pool.tick(now: 100 * Self.second - 1) == [.close(2)])
        #expect(pool.size == 1)
    }

    @Test(arguments: [(-1.0, Int64(90)), (0, 100), (1, 110), (7, 110)])
    func `a connection is replaced at the end of its life, give or take a tenth`(jitter: Double, seconds: Int64) {
        var pool = machine(lifetime: 100, idle: 1_000)
        _ = pool.acquire(1, now: 0)
        _ = pool.opened(1, jitter: jitter, now: 0)
        _ = pool.release(1, healthy: true, now: 1)
        #expect(pool.nextDeadline == seconds * Self.second)
        #expect(pool.tick(now: seconds * Self.second - 1).isEmpty)
        #expect(pool.acquire(2, now: seconds * Self.second) == [.close(1), .open(2)])
    }

    @Test func `a connection that outlived its life while leased is closed when it comes back`() {
        var pool = machine(lifetime: 10)
        _ = pool.acquire(1, now: 0)
        _ = pool.opened(1, jitter: 0, now: 0)
        #expect(pool.release(1, healthy: true, now: 10 * Self.second) == [.close(1)])
        #expect(pool.size == 0)
    }

    @Test func `after a failure one attempt at a time, each later than the last, and waiters are kept at first`() {
        var pool = machine(max: 3, acquire: 1_000)
        #expect(pool.acquire(1, now: 0) == [.open(1)])
        #expect(pool.acquire(2, now: 0) == [.open(2)])
        #expect(pool.openFailed(1, now: 0).isEmpty)
        #expect(pool.openFailed(2, now: 0).isEmpty)
        let first = 2 * PoolStateMachine.retryDelays.first
        #expect(pool.nextDeadline == first)
        #expect(pool.tick(now: first - 1).isEmpty)
        #expect(pool.tick(now: first) == [.open(3)])
        #expect(pool.nextDeadline == 1_000 * Self.second)
        #expect(pool.opened(3, jitter: 0, now: first) == [.lease(1, 3), .open(4)])
    }

    @Test func `nobody is kept waiting for a server that is down, and one attempt finds out when it is back`() {
        var pool = machine(max: 3, acquire: 1_000)
        var now: Int64 = 0
        var connection = 1
        #expect(pool.acquire(1, now: now) == [.open(1)])
        for failure in 1...PoolStateMachine.failuresMax {
            let actions = pool.openFailed(connection, now: now)
            #expect(actions == (failure == PoolStateMachine.failuresMax ? [.fail(1, .unreachable)] : []))
            guard failure < PoolStateMachine.failuresMax else { break }
            now += PoolStateMachine.retryDelays.most
            connection += 1
            #expect(pool.tick(now: now) == [.open(connection)])
        }
        #expect(pool.acquire(2, now: now) == [.fail(2, .unreachable)])
        #expect(pool.waiterCount == 0)
    }

    @Test func `closing refuses waiters and closes each connection once`() {
        var pool = machine(max: 2)
        _ = pool.acquire(1, now: 0)
        _ = pool.acquire(2, now: 0)
        _ = pool.opened(1, jitter: 0, now: 0)
        _ = pool.opened(2, jitter: 0, now: 0)
        _ = pool.release(2, healthy: true, now: 0)
        #expect(pool.close() == [.close(2)])
        #expect(pool.acquire(3, now: 1) == [.fail(3, .closed)])
        #expect(pool.release(1, healthy: true, now: 2) == [.close(1)])
        #expect(pool.close().isEmpty)
        #expect(pool.nextDeadline == nil)
    }

    @Test(arguments: 0..<20)
    func `whatever happens, nobody is forgotten and no bound is broken`(seed: Int) {
        var random = SampleRandom(seed: UInt64(seed))
        var pool = machine(max: 3, min: 1, overflow: 1, lifetime: 3, idle: 1, acquire: 1, waiters: 5)
        var waiting: Set<Int> = []
        var leased: [Int: Int] = [:]
        var open: Set<Int> = []
        var opening: Set<Int> = []
        var now: Int64 = 0
        var nextWaiter = 0
        func apply(_ actions: [Action]) {
            for action in actions {
                switch action {
                case .lease(let waiter, let connection):
                    #expect(waiting.remove(waiter) != nil)
                    #expect(open.contains(connection) && leased[connection] == nil)
                    leased[connection] = waiter
                case .fail(let waiter, _): #expect(waiting.remove(waiter) != nil)
                case .open(let connection): #expect(opening.insert(connection).inserted)
                case .close(let connection):
                    #expect(open.remove(connection) != nil)
                    #expect(leased[connection] == nil)
                }
            }
        }
        apply(pool.start(now: now))
        for _ in 0..<2_000 {
            now += Int64(random.next() % 200_000_000)
            switch random.next() % 6 {
            case 0, 1:
                nextWaiter += 1
                waiting.insert(nextWaiter)
                apply(pool.acquire(nextWaiter, now: now))
            case 2:
                guard let connection = opening.min() else { continue }
                opening.remove(connection)
                if random.next() % 4 == 0 {
                    apply(pool.openFailed(connection, now: now))
                } else {
                    open.insert(connection)
                    apply(pool.opened(connection, jitter: 0, now: now))
                }
            case 3:
                guard let connection = leased.keys.min() else { continue }
                leased[connection] = nil
                apply(pool.release(connection, healthy: random.next() % 5 != 0, now: now))
            case 4:
                guard let waiter = waiting.min() else { continue }
                apply(pool.cancel(waiter, now: now))
            default: apply(pool.tick(now: now))
            }
            #expect(pool.size <= 4)
            #expect(pool.waiterCount == waiting.count)
            #expect(pool.size == open.count + opening.count)
            #expect(pool.leasedCount == leased.count)
        }
    }
}
