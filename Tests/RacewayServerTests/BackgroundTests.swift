import Detectors
import Foundation
import IngestEngine
import RacewayConfiguration
import Testing
import TraceStore

@testable import RacewayServer

/// What a running server does without being asked, over a store on disk.
@Suite(.serialized, .timeLimit(.minutes(2))) struct BackgroundTests {
    /// Runs a test with a server whose plan was changed, until the test ends.
    private static func with(
        _ change: (inout EnginePlan) -> Void,
        _ body: (TestServer, any DurableTraceStore) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("raceway-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var plan = EnginePlan()
        plan.backend = .sqlite(SQLiteOptions(path: folder.path + "/raceway.db", synchronous: .normal))
        plan.logPath = folder.path + "/wal"
        plan.deadLetterPath = folder.path + "/deadletter"
        plan.ingest.flushInterval = .milliseconds(5)
        plan.idle = .milliseconds(50)
        change(&plan)
        let engine = try await ServerEngine.open(plan, logger: TestServer.silent)
        let configuration = ServerConfiguration(port: 0)
        let application = RacewayApplication(configuration: configuration, engine: engine, logger: TestServer.silent)
        let running = Task { try await application.run(handlingSignals: false) }
        let durable = try #require(engine.durable)
        do { try await body(TestServer(application), durable) } catch {
            running.cancel()
            _ = await running.result
            throw error
        }
        running.cancel()
        _ = await running.result
    }

    private static func eventually(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(10)) }
    }

    @Test func `races are written down and outlive the traces that leave memory`() async throws {
        try await Self.with { _ in
        } _: { server, store in
            try await server.post(Fixture.transfer())
            try await Self.eventually { try await !store.findingGroups(FindingQuery()).groups.isEmpty }
            let listed = try await server.get("/api/races").json["races"][0]["fingerprint"].string
            #expect(try await store.findingGroups(FindingQuery()).groups.map(\.latest.fingerprint) == [listed])
        }
    }

    @Test func `a damaged checkpoint is counted, set aside and no reason not to start`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("raceway-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent("ckpt-00000000000000000007.rwc")
        try Data("this is no checkpoint".utf8).write(to: file)
        try await Self.with { plan in
            plan.checkpoints = EnginePlan.Checkpoints(
                place: .directory(folder.path),
                interval: .seconds(3_600),
                compression: .zstd,
                retainedMax: 2,
                isRequired: false
            )
        } _: { server, _ in
            let text = try await server.get("/metrics").text
            #expect(text.contains("\nraceway_checkpoints_damaged_total 1\n"))
            #expect(text.contains("\nraceway_checkpoints_total{result=\"failed\"} 0\n"))
            #expect(FileManager.default.fileExists(atPath: file.path + ".corrupt"))
        }
    }

    @Test func `checkpoints that cannot be reached keep from starting whoever needs them`() async throws {
        let absent = EnginePlan.Checkpoints(
            place: .redis(address: Secret("redis://:hunter2@127.0.0.1:1"), prefix: "p", instance: "i", ttlSeconds: 0),
            interval: .seconds(3_600),
            compression: .zstd,
            retainedMax: 2,
            isRequired: false
        )
        try await Self.with { plan in
            plan.startupTimeout = .milliseconds(200)
            plan.checkpoints = absent
        } _: { server, _ in
            let text = try await server.get("/readyz").text
            #expect(text.contains("checkpoint_failed"))
            #expect(!text.contains("hunter2"))
        }
        for isMemory in [false, true] {
            let error = await #expect(throws: SetupError.self) {
                try await Self.with { plan in
                    plan.startupTimeout = .milliseconds(200)
                    plan.checkpoints = absent
                    plan.checkpoints?.isRequired = !isMemory
                    if isMemory { plan.backend = .memory }
                } _: { _, _ in
                }
            }
            #expect(error?.isConfiguration == false)
            #expect(error?.message.contains("checkpoint.redis.url (127.0.0.1:1): Redis cannot be reached: ") == true)
            #expect(error?.message.contains("; start Redis or correct the address (tried for ") == true)
        }
    }

    @Test func `old traces go, counted from when they came`() async throws {
        try await Self.with { plan in
            plan.retention = EnginePlan.Retention(days: 0, raceDays: 0, bytesMax: 0, interval: .milliseconds(20))
        } _: { server, store in
            try await server.post(Fixture.transfer())
            try await Self.eventually { try await store.counts().evictedTraces > 0 }
            try await Self.eventually { try await server.get("/api/traces").json["data"]["total_traces"].integer == 0 }
        }
        try await Self.with { plan in
            plan.retention = EnginePlan.Retention(days: 1, raceDays: 1, bytesMax: 1, interval: .milliseconds(20))
        } _: { server, store in
            // Fixtures are years old by their own time, and more than a byte; traces of the last minute are spared.
            try await server.post(Fixture.transfer())
            try await Self.eventually { try await store.counts().traces > 0 }
            for _ in 0..<5 { try await Task.sleep(for: .milliseconds(20)) }
            #expect(try await store.counts().traces > 0)
        }
    }

    @Test func `an analysis that did not see everything takes nothing back`() async throws {
        let store = MemoryStore()
        let server = TestServer(RacewayApplication(configuration: ServerConfiguration(), store: store))
        try await server.post(Fixture.transfer())
        let analysis = LiveAnalysis(store: store)
        var insight = try #require(try await analysis.program(waitingAtMost: .seconds(30)))
        var recorder = FindingRecorder()
        let found = recorder.changes(in: insight)
        #expect(!found.isEmpty)
        recorder.note(found)
        #expect(recorder.changes(in: insight).isEmpty)
        insight.analysis.races = []
        #expect(recorder.changes(in: insight) == found.map { FindingChange(trace: $0.trace, rows: []) })
        insight.counts.evictedEvents = 1
        #expect(recorder.changes(in: insight).isEmpty)
    }
}
