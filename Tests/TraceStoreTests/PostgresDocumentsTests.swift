import Testing
import TraceStore

/// Against a real server; skipped with a message where there is none.
@Suite(.enabled(if: PostgresServer.isAvailable)) struct PostgresDocumentsTests {
    private static func options() async throws -> PostgresOptions {
        try await PostgresServer.shared().options(schema: "d_" + String(UInt32.random(in: .min ... .max), radix: 36))
    }

    @Test func `documents are written, listed, read, set aside and removed, each for its instance`() async throws {
        let options = try await Self.options()
        let one = try PostgresDocuments(options, instance: "one")
        let two = try PostgresDocuments(options, instance: "two")
        try await one.prepare()
        #expect(try await one.list().isEmpty)
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for number in 1...4 as ClosedRange<UInt64> { try await one.write(number, bytes + [UInt8(number)]) }
        try await two.write(9, [1])
        #expect(try await one.list().map(\.number) == [1, 2, 3, 4])
        #expect(try await one.list().allSatisfy { $0.bytes == 300_001 })
        #expect(try await one.read(3) == bytes + [3])
        #expect(try await one.read(77) == nil)
        try await one.write(3, [5])
        #expect(try await one.read(3) == [5])
        try await one.remove(1)
        try await one.setAside(2)
        #expect(try await one.list().map(\.number) == [3, 4])
        #expect(try await one.read(2) == nil)
        #expect(try await two.list().map(\.number) == [9])
        for documents in [one, two] { await documents.close() }
        await #expect(throws: StoreError.self) { try await one.list() }
    }

    @Test func `a schema that was only to be checked is not made`() async throws {
        var options = try await Self.options()
        options.autoMigrate = false
        let documents = try PostgresDocuments(options, instance: "one")
        let error = await #expect(throws: StoreError.self) { try await documents.prepare() }
        #expect(error?.code == .misconfigured)
        #expect(error?.message.contains("raceway migrate") == true)
        await documents.close()
        #expect(try await PostgresStore.report(options).schema.applied == 0)
        try await PostgresStore.migrate(options)
        let report = try await PostgresStore.report(options)
        #expect(report.schema.pending.isEmpty)
        #expect(report.isWritable)
        #expect(report.connectionsMax == 300)
        #expect(abs(report.clockAhead) < 60_000_000_000)
    }
}
