import FoundationEssentials
import IngestEngine
import Testing
import TraceModel
import TraceStore

/// The engine over the real embedded store.
@Suite(.timeLimit(.minutes(5))) struct SQLiteEngineTests {
    typealias Engine = DurableEngineTests

    @Test func `killed and started again over SQLite, everything acknowledged is there once`() async throws {
        let path = temporaryPath()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var log = FaultyDirectory()
        let batches = Engine.batches(60)
        for round in 0..<6 {
            let store = try await SQLiteStore(SQLiteOptions(path: path + "/traces.db"))
            let engine = try await IngestEngine.open(
                directory: log,
                holding: nil,
                durable: store,
                options: Engine.options()
            )
            #expect(engine.recovery.isClean)
            for batch in batches[(round * 10)..<(round * 10 + 10)] {
                for _ in 0..<3 { try await engine.ingest(batch) }
            }
            #expect(try await engine.store.counts().events == (round + 1) * 100)
            if round % 2 == 0 { try await engine.flush() }
            #expect(engine.totals.isBalanced)
            // Killed: what was pending stays in the log alone.
            log = FaultyDirectory(files: log.durableFiles)
            await store.close()
            _ = await engine.drain(within: .zero)
        }
        let store = try await SQLiteStore(SQLiteOptions(path: path + "/traces.db"))
        let engine = try await IngestEngine.open(
            directory: log,
            holding: nil,
            durable: store,
            options: Engine.options()
        )
        #expect(try await engine.store.contents == Engine.expected(batches))
        #expect(try await store.contents == Engine.expected(batches))
        #expect(try await engine.store.summaries(TraceQuery()).total == 7)
        _ = await engine.drain(within: .seconds(5))
        await store.close()
    }
}
