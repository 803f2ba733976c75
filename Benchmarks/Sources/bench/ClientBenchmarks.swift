import RacewayClient
import Synchronization
import Tracing

/// What the SDK costs the application: one recorded access, and the same access without a record.
enum ClientBenchmarks {
    private static let count = 200_000

    /// Nothing drains the buffer, so every event also pays for dropping an older one.
    private static let tracer: RacewayTracer = {
        var configuration = TracerConfiguration(service: "bench", instance: "bench-1")
        configuration.whenFull = .dropOldest
        return RacewayTracer(configuration, transport: FileTransport(path: "/dev/null"))
    }()

    static func run(_ harness: inout Harness) {
        guard harness.wants("client/") else { return }
        let plain = Mutex(0)
        harness.measure("client/untracked, Mutex alone", count: count, unit: "access") {
            plain.withLock { $0 = 0 }
            for index in 0..<count { plain.withLock { $0 &+= index } }
            return plain.withLock { $0 }
        }
        let outside = Tracked("x", 0)
        harness.measure("client/outside of a span", count: count, unit: "access") { write(outside) }
        tracer.withSpan("bench") { _ in
            let number = Tracked("x", 0)
            harness.measure("client/tracked write", count: count, unit: "access") { write(number) }
            harness.measure("client/tracked read", count: count, unit: "access") {
                (0..<count).reduce(0) { sum, _ in sum &+ number.get() }
            }
            harness.measure("client/tracked update", count: count, unit: "access") {
                number.set(0)
                for index in 0..<count { number.update { $0 &+= index } }
                return number.untracked
            }
            let text = Tracked("name", "alice")
            harness.measure("client/tracked read of a text", count: count, unit: "access") {
                (0..<count).reduce(0) { sum, _ in sum &+ text.get().utf8.count }
            }
            let lock = TrackedMutex("lock", 0)
            harness.measure("client/tracked lock, both events", count: count, unit: "section") {
                for _ in 0..<count { lock.withLock { $0 = ($0 + 1) % 1_000 } }
                return count
            }
            harness.measure("client/span, both events", count: count / 10, unit: "span") {
                for _ in 0..<count / 10 { tracer.withSpan("inner") { _ in } }
                return count
            }
        }
    }

    private static func write(_ number: Tracked<Int>) -> Int {
        for index in 0..<count { number.set(index) }
        return number.untracked
    }
}
