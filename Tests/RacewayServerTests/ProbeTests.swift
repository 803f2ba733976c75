import Logging
import Synchronization
import Testing
import TraceStore

@testable import IngestEngine
@testable import RacewayServer

/// What the server says of itself while something is wrong.
@Suite(.timeLimit(.minutes(2))) struct ProbeTests {
    /// Keeps a store from answering for as long as a test wants.
    private final class Hang: Sendable {
        private let isHeld = Mutex(false)
        private let asked = Mutex(0)

        func hold(_ held: Bool) { isHeld.withLock { $0 = held } }
        /// How often the store was asked.
        var questions: Int { asked.withLock { $0 } }

        func wait() async {
            asked.withLock { $0 += 1 }
            while isHeld.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(5)) }
        }

        var store: HookedStore { HookedStore(beforeCounts: { await self.wait() }) }
    }

    /// Lines of a log.
    private final class Lines: Sendable {
        private let written = Mutex<[String]>([])

        var all: [String] { written.withLock { $0 } }

        func add(_ line: [UInt8]) { written.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }

        var logger: Logger {
            let lines = self
            return Logger(label: "test") { _ in LineLogHandler(LogStyle(), clock: { 0 }) { line in lines.add(line) } }
        }
    }

    @Test func `what refuses nobody is degraded and leaves the status alone`() async throws {
        let application = RacewayApplication(configuration: ServerConfiguration(), logger: TestServer.silent)
        let server = TestServer(application)
        let pipeline = try #require(application.state.engine.pipeline)
        #expect(try await server.get("/readyz").json["degraded"].members.count == 0)

        pipeline.state.withLock { $0.readiness.set(.checkpointFailed, "no space", at: .now) }
        let degraded = try await server.get("/readyz")
        #expect(degraded.status == 200)
        #expect(try degraded.json["status"] == .string("ok"))
        #expect(try degraded.json["degraded"]["checkpoint_failed"] == .string("no space"))
        #expect(try degraded.json["failing"].members.count == 0)

        pipeline.state.withLock { $0.readiness.set(.logFull, "the log is full", at: .now) }
        let failing = try await server.get("/readyz")
        #expect(failing.status == 503)
        #expect(try failing.json["failing"]["log_full"] == .string("the log is full"))
        #expect(try failing.json["degraded"]["checkpoint_failed"] == .string("no space"))
        #expect(try failing.json["degraded"].members.count == 1)
    }

    @Test func `a store that never answers holds up nobody who watches the server`() async throws {
        let hang = Hang()
        defer { hang.hold(false) }
        let server = TestServer(
            RacewayApplication(configuration: ServerConfiguration(), store: hang.store, logger: TestServer.silent)
        )
        func get(_ path: String) async throws -> TestServer.Answer {
            let began = ContinuousClock.now
            let answer = try await server.get(path)
            #expect(ContinuousClock.now - began < .seconds(10), "\(path)")
            return answer
        }
        try await server.post(Fixture.transfer())
        #expect(try await get("/metrics").text.contains("\nraceway_store_events 4\n"))

        hang.hold(true)
        let probe = try await get("/readyz")
        #expect(probe.status == 503)
        let reason = try #require(try probe.json["failing"]["store"].string)
        #expect(reason.contains(#/^unavailable: no answer for [1-9][0-9]* s$/#), "\(reason)")
        // What was known last is better than nothing.
        #expect(try await get("/metrics").text.contains("\nraceway_store_events 4\n"))
        #expect(try await get("/api/stats").json["store"]["events"] == .integer(4))

        hang.hold(false)
        while try await get("/readyz").status != 200 { try await Task.sleep(for: .milliseconds(10)) }
    }

    @Test func `a store that hangs is not asked again and again`() async throws {
        let hang = Hang()
        hang.hold(true)
        defer { hang.hold(false) }
        let glance = StoreGlance(hang.store)
        for _ in 0..<5 {
            let sight = await glance.look()
            #expect(sight.counts == nil)
            #expect(sight.trouble?.code == .unavailable)
        }
        #expect(hang.questions <= StoreGlance.overdueMax)

        hang.hold(false)
        while await glance.look().trouble != nil { try await Task.sleep(for: .milliseconds(10)) }
        #expect(await glance.look().counts == StoreCounts())
    }

    @Test func `a condition is logged once when it is set and once when it is cleared`() async throws {
        let engine = IngestEngine(store: MemoryStore())
        let pipeline = try #require(engine.pipeline)
        let lines = Lines()
        let watch = ConditionWatch(
            readiness: { engine.readiness },
            interval: .milliseconds(5),
            logger: lines.logger
        )
        let running = Task { try await watch.run() }
        defer { running.cancel() }

        pipeline.state.withLock { $0.readiness.set(.checkpointFailed, "no\nspace", at: .now) }
        while lines.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        // Its text may change while it holds.
        pipeline.state.withLock { $0.readiness.set(.checkpointFailed, "still no space", at: .now) }
        try await Task.sleep(for: .milliseconds(50))
        #expect(lines.all.count == 1)
        pipeline.state.withLock { $0.readiness.clear(.checkpointFailed) }
        while lines.all.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
        try await Task.sleep(for: .milliseconds(50))

        let all = lines.all
        #expect(all.count == 2)
        let set = " warning a condition is set condition=checkpoint_failed reason=no\\u{a}space refuses_events=false\n"
        #expect(all[0].hasSuffix(set))
        #expect(all[1].contains(" info a condition is cleared condition=checkpoint_failed held_seconds="))
    }
}
