import Foundation
import Testing
import TraceModel

@testable import TraceStore

/// What only a file can get wrong.
@Suite struct SQLiteStoreTests {
    private func withDirectory(_ body: (URL) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("raceway-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try await body(directory)
    }

    private func failure(_ path: String) async -> StoreError? {
        await #expect(throws: StoreError.self) { try await SQLiteStore(SQLiteOptions(path: path)) }
    }

    @Test func `a path that cannot be a store says what is wrong with it`() async throws {
        try await withDirectory { (directory: URL) async throws in
            let missing = await failure(directory.appendingPathComponent("no/such/file.db").path)
            #expect(missing?.code == .misconfigured)
            #expect(missing?.message.contains("no/such/file.db") == true)
            let text = directory.appendingPathComponent("text.db")
            try Data(
                "this is no database, but long enough to have a header of one hundred bytes and more of them".utf8
                    + [UInt8](repeating: 32, count: 900)
            ).write(to: text)
            #expect(await failure(text.path)?.code == .corrupt)
            let foreign = directory.appendingPathComponent("foreign.db").path
            try SQLiteTool.run(foreign, "CREATE TABLE t (x)")
            #expect(await failure(foreign)?.code == .misconfigured)
        }
    }

    @Test func `a file of a newer program is refused and left as it is`() async throws {
        try await withDirectory { (directory: URL) async throws in
            let path = directory.appendingPathComponent("traces.db").path
            let store = try await SQLiteStore(SQLiteOptions(path: path))
            try await store.append(Sample.batch(trace: 1, events: [1]))
            await store.close()
            try SQLiteTool.run(path, "PRAGMA user_version = 99")
            let error = await failure(path)
            #expect(error?.code == .misconfigured)
            #expect(error?.message.contains("version 99") == true)
            try SQLiteTool.run(path, "PRAGMA user_version = \(SQLiteSchema.scripts.count)")
            let again = try await SQLiteStore(SQLiteOptions(path: path))
            #expect(try await again.counts().events == 1)
            await again.close()
        }
    }

    @Test func `a file of an older program is brought up to date and its traces count as just arrived`() async throws {
        try await withDirectory { (directory: URL) async throws in
            let path = directory.appendingPathComponent("traces.db").path
            #expect(try await SQLiteStore.schemaStatus(SQLiteOptions(path: path)).applied == 0)
            let store = try await SQLiteStore(SQLiteOptions(path: path))
            try await store.append(Sample.batch(trace: 1, events: [1]))
            await store.close()
            try SQLiteTool.run(
                path,
                """
                ALTER TABLE trace DROP COLUMN arrived; ALTER TABLE variable_name DROP COLUMN used;
                ALTER TABLE service_name DROP COLUMN used; PRAGMA user_version = 1
                """
            )
            let status = try await SQLiteStore.schemaStatus(SQLiteOptions(path: path))
            #expect(status.applied == 1)
            #expect(status.pending.map(\.name) == ["arrival", "names in use"])
            let again = try await SQLiteStore(SQLiteOptions(path: path))
            let hourAgo = WallTime.nanoseconds() - 3_600_000_000_000
            #expect(try await again.forget(tracesBefore: hourAgo, withRacesBefore: hourAgo).isEmpty)
            #expect(try await again.trace(Sample.trace(1))?.batch.count == 1)
            await again.close()
            #expect(try await SQLiteStore.schemaStatus(SQLiteOptions(path: path)).pending.isEmpty)
        }
    }

    @Test func `a file that a server serves is refused to another one under any of its names`() async throws {
        try await withDirectory { (directory: URL) async throws in
            let path = directory.appendingPathComponent("traces.db").path
            let link = directory.appendingPathComponent("link.db").path
            let one = try await SQLiteStore(SQLiteOptions(path: path, isExclusive: true))
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            for name in [path, link] {
                let error = await #expect(throws: StoreError.self) {
                    try await SQLiteStore(SQLiteOptions(path: name, isExclusive: true))
                }
                #expect(error?.code == .unavailable)
                #expect(error?.message.contains("another process serves") == true)
            }
            await one.close()
            await (try SQLiteStore(SQLiteOptions(path: link, isExclusive: true))).close()
        }
    }

    @Test func `two processes on one file neither lose nor double events`() async throws {
        try await withDirectory { (directory: URL) async throws in
            let path = directory.appendingPathComponent("traces.db").path
            let one = try await SQLiteStore(SQLiteOptions(path: path))
            let two = try await SQLiteStore(SQLiteOptions(path: path))
            for round in 0..<10 {
                let store = round % 2 == 0 ? one : two
                try await store.append(Sample.batch(trace: 1, events: (round * 5)..<(round * 5 + 10)))
            }
            #expect(try await one.counts().events == 55)
            #expect(try await two.trace(Sample.trace(1))?.batch.ids.map(\.low) == (0..<55).map { UInt64($0) })
            await one.close()
            await two.close()
        }
    }
}
