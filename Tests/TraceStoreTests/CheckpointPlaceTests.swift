import Foundation
import IngestEngine
import Testing
import TraceModel
import TraceStore

/// What every place of checkpoints promises; Redis has tests of its own beside its server.
@Suite struct CheckpointPlaceTests {
    enum Place: String, Sendable, CustomTestStringConvertible {
        case directory
        case postgres
        case supabase

        static let all: [Place] =
            [.directory] + (PostgresServer.isAvailable ? [.postgres] : []) + (PgBouncer.isAvailable ? [.supabase] : [])

        var testDescription: String { rawValue }

        /// Runs a test with two stores of different instances and takes them away afterwards.
        func with(_ body: (any CheckpointStore, any CheckpointStore) async throws -> Void) async throws {
            switch self {
            case .directory:
                let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
                    "raceway-\(UUID().uuidString)"
                )
                defer { try? FileManager.default.removeItem(at: folder) }
                try await body(
                    LocalCheckpointStore(path: folder.path + "/one"),
                    LocalCheckpointStore(path: folder.path + "/two")
                )
            case .postgres, .supabase:
                let way: PostgresWay = self == .postgres ? .direct : .pooled
                let options = try await way.options(schema: "c_" + UUID().uuidString.lowercased().prefix(8))
                let one = try await PostgresCheckpointStore(options, instance: "one")
                let two = try await PostgresCheckpointStore(options, instance: "two")
                try await body(one, two)
                await one.close()
                await two.close()
            }
        }
    }

    @Test(arguments: Place.all)
    func `checkpoints are written, listed, read, set aside and removed`(place: Place) async throws {
        try await place.with { (store, other) async throws in
            #expect(try await store.list().isEmpty)
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            for number in 1...4 as ClosedRange<UInt64> { try await store.write(number, bytes + [UInt8(number)]) }
            try await other.write(9, [1])
            #expect(try await store.list().map(\.number).sorted() == [1, 2, 3, 4])
            #expect(try await store.list().allSatisfy { $0.bytes == 100_001 })
            #expect(try await store.read(3) == bytes + [3])
            #expect(try await store.read(77) == nil)
            try await store.remove(1)
            try await store.setAside(2)
            #expect(try await store.list().map(\.number).sorted() == [3, 4])
            #expect(try await store.read(2) == nil)
            #expect(try await other.list().map(\.number) == [9])
            // The number of one that was set aside may come again: checkpoints are counted from the newest that is listed.
            try await store.write(2, [2])
            #expect(try await store.read(2) == [2])
        }
    }

    @Test(arguments: Place.all)
    func `an engine comes back from its checkpoint without its log`(place: Place) async throws {
        try await place.with { (store, _) async throws in
            func open(_ log: String) async throws -> IngestEngine {
                try await IngestEngine.open(
                    logPath: log,
                    durable: nil,
                    checkpoints: CheckpointPlan(store: store, interval: .seconds(3_600))
                )
            }
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("raceway-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            let engine = try await open(folder.path + "/one")
            for trace in 1...5 { _ = try await engine.ingest(Sample.batch(trace: trace, events: 0..<20)) }
            #expect(await engine.checkpoint())
            let next = try await open(folder.path + "/two")
            #expect(next.checkpointStatus?.restoredNumber == 1)
            #expect(try await next.store.counts().events == 100)
            #expect(try await next.store.trace(Sample.trace(3))?.batch.count == 20)
            _ = await engine.drain(within: .seconds(5))
            _ = await next.drain(within: .seconds(5))
        }
    }

    @Test func `a server that cannot be used is told without its password`() async throws {
        let options = PostgresOptions(url: "host=/nowhere user=x password=hunter2", connectTimeoutSeconds: 1)
        let error = await #expect(throws: CheckpointError.self) {
            try await PostgresCheckpointStore(options, instance: "one")
        }
        #expect(error?.message.contains("hunter2") == false)
        #expect(error?.message.contains("PostgreSQL") == true)
    }

    @Test func `what is no file costs only its own number`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("raceway-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try LocalCheckpointStore(path: folder.path)
        try await store.write(1, [1, 2, 3])
        func path(_ number: Int) -> String { folder.path + "/ckpt-0000000000000000000\(number).rwc" }
        try FileManager.default.createDirectory(atPath: path(2), withIntermediateDirectories: false)
        #expect(mkfifo(path(3), 0o600) == 0)
        try FileManager.default.createSymbolicLink(atPath: path(4), withDestinationPath: path(4))
        #expect(try await store.list().map(\.number).sorted() == [1, 2, 3, 4])
        for number in 2...4 as ClosedRange<UInt64> {
            #expect(try await store.read(number) == [])
            try await store.setAside(number)
        }
        #expect(try await store.list() == [CheckpointEntry(number: 1, bytes: 3)])
        #expect(try await store.read(1) == [1, 2, 3])
    }
}
