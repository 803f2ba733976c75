import Dispatch
import Synchronization
import Testing

@testable import TraceStore

/// The driver of the pool, with connections that are only counted.
@Suite struct ConnectionPoolTests {
    /// Runs a job that holds its connection until it is told otherwise.
    private final class Gate: Sendable {
        let entered = DispatchSemaphore(value: 0)
        let leave = DispatchSemaphore(value: 0)
    }

    private static func hold(_ pool: ConnectionPool<Int>, _ gate: Gate) async throws -> Int {
        try await pool.run { connection in
            gate.entered.signal()
            gate.leave.wait()
            return (.success(connection), true)
        }
    }

    private static func use(_ pool: ConnectionPool<Int>, healthy: Bool = true) async throws -> Int {
        try await pool.run { connection in (.success(connection), healthy) }
    }

    private static func wait(for semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                semaphore.wait()
                continuation.resume()
            }
        }
    }

    @Test func `a waiter that is cancelled leaves the line and the next one gets the connection`() async throws {
        let pool = ConnectionPool<Int>(PoolOptions(maxConnections: 1, minConnections: 0)) { 7 }
        let gate = Gate()
        let holder = Task { try await Self.hold(pool, gate) }
        await Self.wait(for: gate.entered)
        let cancelled = Task { try await Self.use(pool) }
        let next = Task { try await Self.use(pool) }
        cancelled.cancel()
        await #expect(throws: StoreError.self) { try await cancelled.value }
        gate.leave.signal()
        #expect(try await holder.value == 7)
        #expect(try await next.value == 7)
        await pool.close()
    }

    @Test func `nobody waits longer than allowed`() async throws {
        let pool = ConnectionPool<Int>(
            PoolOptions(maxConnections: 1, minConnections: 0, acquireTimeoutSeconds: 0.02)
        ) { 7 }
        let gate = Gate()
        let holder = Task { try await Self.hold(pool, gate) }
        await Self.wait(for: gate.entered)
        let error = await #expect(throws: StoreError.self) { try await Self.use(pool) }
        #expect(error?.message.contains("max_connections") == true)
        gate.leave.signal()
        _ = try await holder.value
        await pool.close()
    }

    @Test func `a broken connection is replaced and a closed pool has none`() async throws {
        let opened = Mutex(0)
        let pool = ConnectionPool<Int>(PoolOptions(maxConnections: 1, minConnections: 0)) {
            opened.withLock {
                $0 += 1
                return $0
            }
        }
        #expect(try await Self.use(pool) == 1)
        #expect(try await Self.use(pool, healthy: false) == 1)
        #expect(try await Self.use(pool) == 2)
        await pool.close()
        await #expect(throws: StoreError.self) { try await Self.use(pool) }
    }

    @Test func `a server that cannot be reached is reported in its own words`() async throws {
        let pool = ConnectionPool<Int>(PoolOptions(maxConnections: 2, minConnections: 0)) { () throws(StoreError) in
            throw StoreError(.unavailable, "nobody home")
        }
        let error = await #expect(throws: StoreError.self) { try await Self.use(pool) }
        #expect(error?.message == "nobody home")
        await pool.close()
    }

    @Test func `many users share few connections`() async throws {
        let pool = ConnectionPool<Int>(
            PoolOptions(maxConnections: 2, minConnections: 0, acquireTimeoutSeconds: 3_600, waitersMax: 200)
        ) {
            1
        }
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<150 { group.addTask { try await Self.use(pool) } }
            return try await group.reduce(0, +)
        }
        #expect(sum == 150)
        await pool.close()
    }
}
