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

    /// Where the traces are.
    enum Kind: String, Sendable, CustomTestStringConvertible {
        case sqlite
        case postgres
        case supabase

        static let available: [Kind] =
            [.sqlite] + (PostgresServer.isAvailable ? [.postgres] : []) + (PgBouncer.isAvailable ? [.supabase] : [])

        var testDescription: String { rawValue }
    }

    /// One life of a server whose data lie in a directory, or in a schema that is named after it.
    static func run(_ kind: Kind, in directory: URL, _ body: (TestServer) async throws -> Void) async throws {
        var plan = EnginePlan()
        switch kind {
        case .sqlite: plan.backend = .sqlite(SQLiteOptions(path: directory.appendingPathComponent("traces.db").path))
        case .postgres, .supabase:
            let schema = "q" + directory.lastPathComponent.filter { $0.isLetter || $0.isNumber }.suffix(12).lowercased()
            let way: PostgresWay = kind == .postgres ? .direct : .pooled
            plan.backend = .postgres(try await way.options(schema: schema))
        }
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
