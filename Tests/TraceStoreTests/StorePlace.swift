import Foundation
import Testing
import TraceModel

@testable import TraceStore

/// The stores that one suite runs over.
enum StoreKind: String, Sendable, CustomTestStringConvertible {
    case memory
    case sqlite
    case postgres
    /// PostgreSQL behind a pooler.
    case supabase

    static let durable: [StoreKind] =
        [.sqlite] + (PostgresServer.isAvailable ? [.postgres] : []) + (PgBouncer.isAvailable ? [.supabase] : [])
    static let all: [StoreKind] = [.memory] + durable

    var testDescription: String { rawValue }

    /// Runs a test with an empty store, which is taken away afterwards.
    func withStore(_ body: (any TraceStore) async throws -> Void) async throws {
        guard self != .memory else { return try await body(MemoryStore()) }
        try await withPlace { place in
            let store = try await place.open()
            try await body(store)
            await store.close()
        }
    }

    /// Runs a test with a place for a durable store, which it may open more than once.
    func withPlace(_ body: (StorePlace) async throws -> Void) async throws {
        switch self {
        case .memory: break
        case .sqlite:
            let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
                "raceway-\(UUID().uuidString)"
            )
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }
            try await body(.sqlite(path: directory.appendingPathComponent("traces.db").path))
        case .postgres, .supabase:
            let way: PostgresWay = self == .postgres ? .direct : .pooled
            let options = try await way.options(schema: "t_" + UUID().uuidString.lowercased().prefix(8))
            try await body(.postgres(try await PostgresServer.shared(), options))
        }
    }

    func withDurable(_ body: (StorePlace.Store) async throws -> Void) async throws {
        try await withPlace { place in
            let store = try await place.open()
            try await body(store)
            await store.close()
        }
    }
}

/// Where the events of a durable store are.
enum StorePlace: Sendable {
    case sqlite(path: String)
    case postgres(PostgresServer, PostgresOptions)

    typealias Store = any DurableTraceStore & VariableIndex

    func open(ledgerEventsMax: Int = 1_000_000, traceEventsMax: Int = 5_000_000) async throws -> Store {
        let limits = TraceLimits(eventsMax: traceEventsMax)
        switch self {
        case .sqlite(let path):
            return try await SQLiteStore(
                SQLiteOptions(
                    path: path,
                    synchronous: .normal,
                    ledgerEventsMax: ledgerEventsMax,
                    traceLimits: limits
                )
            )
        case .postgres(_, var options):
            options.ledgerEventsMax = ledgerEventsMax
            options.traceLimits = limits
            return try await PostgresStore(options)
        }
    }

    /// Rows of a table.
    func count(_ table: String) async throws -> Int? {
        let statement = "SELECT count(*) FROM \(table)"
        switch self {
        case .sqlite(let path):
            var count: Int64?
            let connection = try SQLiteConnection(path: path, create: false, busyMilliseconds: 5_000)
            try connection.query(statement, []) { count = $0.integer(0) }
            return count.map { Int($0) }
        case .postgres(let server, let options):
            return Int(try await server.psql("SET search_path = \(options.schema); " + statement))
        }
    }

    /// Changes what is stored behind the store's back.
    func damage(_ statement: String) async throws {
        switch self {
        case .sqlite(let path): try SQLiteTool.run(path, statement)
        case .postgres(let server, let options):
            try await server.psql("SET search_path = \(options.schema); " + statement)
        }
    }
}
