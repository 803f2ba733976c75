import Foundation
import Logging
import RacewayServer
import Testing
import TraceStore

/// A server over a store that outlives it.
enum DurableServer {
    /// Runs a test with a directory of its own, which is taken away afterwards.
    static func withDirectory(_ body: (URL) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("raceway-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try await body(directory)
    }

    /// One life of a server whose data lie in a directory.
    static func run(in directory: URL, _ body: (TestServer) async throws -> Void) async throws {
        var plan = EnginePlan()
        plan.backend = .sqlite(SQLiteOptions(path: directory.appendingPathComponent("traces.db").path))
        plan.logPath = directory.appendingPathComponent("wal").path
        plan.deadLetterPath = directory.appendingPathComponent("dead").path
        let engine = try await ServerEngine.open(plan, logger: TestServer.silent)
        let application = RacewayApplication(
            configuration: ServerConfiguration(),
            engine: engine,
            logger: TestServer.silent
        )
        do {
            try await body(TestServer(application))
        } catch {
            await engine.close(within: .seconds(10), logger: TestServer.silent)
            throw error
        }
        await engine.close(within: .seconds(10), logger: TestServer.silent)
    }
}
