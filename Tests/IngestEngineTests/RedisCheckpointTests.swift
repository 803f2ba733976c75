import Foundation
import IngestEngine
import Testing

/// Against a real server on a socket of its own; skipped with a message where there is none.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RedisCheckpointTests {
    private static let server = [
        "/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt" + "/homebrew/bin/redis-server",
    ]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Runs a body with a server that holds nothing, and listens on a port too when it is given one.
    private static func withServer(
        port: Int = 0,
        password: String = "",
        _ body: (String) async throws -> Void
    ) async throws {
        guard let server else { return print("skipped: redis-server is not installed") }
        let directory = temporaryPath()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let socket = directory + "/redis.sock"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: server)
        process.arguments = ["--port", "\(port)", "--bind", "127.0.0.1", "--unixsocket", socket, "--save", ""]
        process.arguments? += ["--dir", directory] + (password.isEmpty ? [] : ["--requirepass", password])
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        defer {
            // It inherits the blocked signals of the thread that started it: SIGTERM would wait for ever.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        #expect(try await eventually { FileManager.default.fileExists(atPath: socket) })
        try await body("redis+unix://" + socket)
    }

    @Test func `checkpoints are written, listed, read, set aside and removed`() async throws {
        try await Self.withServer { url in
            let store = RedisCheckpointStore(address: try RedisAddress(url), instance: "one")
            let other = RedisCheckpointStore(address: try RedisAddress(url), instance: "two")
            #expect(try await store.list().isEmpty)
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            for number in 1...4 as ClosedRange<UInt64> { try await store.write(number, bytes + [UInt8(number)]) }
            try await other.write(9, [1])
            #expect(try await store.list().map(\.number).sorted() == [1, 2, 3, 4])
            #expect(try await store.list().first?.bytes == 100_001)
            #expect(try await store.read(3) == bytes + [3])
            #expect(try await store.read(77) == nil)
            try await store.remove(1)
            try await store.setAside(2)
            #expect(try await store.list().map(\.number).sorted() == [3, 4])
            #expect(try await store.read(2) == nil)
            #expect(try await other.list().map(\.number) == [9])
            #expect(await store.warning() == nil)
        }
    }

    @Test func `an engine comes back from Redis`() async throws {
        try await Self.withServer { url in
            let log = FaultyDirectory()
            let plan = CheckpointPlan(
                store: RedisCheckpointStore(address: try RedisAddress(url), instance: "one"),
                interval: .seconds(3_600)
            )
            let engine = try await IngestEngine.open(
                directory: log,
                holding: nil,
                durable: nil,
                options: DurableEngineTests.options(),
                checkpoints: plan
            )
            let batches = DurableEngineTests.batches(20)
            for batch in batches { try await engine.ingest(batch) }
            #expect(await engine.checkpoint())
            // The log is gone with its machine: what the checkpoint holds is there.
            let next = try await IngestEngine.open(
                directory: FaultyDirectory(),
                holding: nil,
                durable: nil,
                options: DurableEngineTests.options(),
                checkpoints: plan
            )
            #expect(try await next.store.contents == DurableEngineTests.expected(batches))
        }
    }

    @Test func `a server that is gone is told as such, and found again`() async throws {
        let gone = RedisCheckpointStore(address: try RedisAddress("redis+unix:///nowhere/redis.sock"), instance: "one")
        let error = await #expect(throws: CheckpointError.self) { try await gone.list() }
        let beginning = "checkpoint.redis.url (/nowhere/redis.sock): Redis cannot be reached: "
        #expect(error?.message.hasPrefix(beginning) == true)
        #expect(error?.message.hasSuffix("; start Redis or correct the address") == true)
        #expect(error?.isMisconfigured == false)
    }

    @Test func `a login may be percent-encoded or as it is, and a wrong one is for an operator to correct`()
        async throws
    {
        let port = Int.random(in: 20_000..<32_000)
        try await Self.withServer(port: port, password: "p@s/s%") { socket in
            for login in [":p%40s%2Fs%25", ":p@s/s%", "default:p@s%2fs%"] {
                let address = try RedisAddress("redis://\(login)@127.0.0.1:\(port)/1")
                #expect(try await RedisCheckpointStore(address: address, instance: "one").list().isEmpty)
            }
            for (url, reason, remedy) in [
                ("redis://:hunter2@127.0.0.1:\(port)", "WRONGPASS", "user and password"),
                ("redis://127.0.0.1:\(port)", "NOAUTH", "user and password"),
                ("redis://:p%40s%2Fs%25@127.0.0.1:\(port)/99", "DB index is out of range", "the database"),
                (socket, "NOAUTH", "user and password"),
            ] {
                let store = RedisCheckpointStore(address: try RedisAddress(url), instance: "one")
                let error = await #expect(throws: CheckpointError.self) { try await store.list() }
                #expect(error?.isMisconfigured == true)
                let message = error?.message ?? ""
                #expect(message.hasPrefix("checkpoint.redis.url (" + (url == socket ? "/" : "127.0.0.1:\(port)):")))
                #expect(message.contains(reason) && message.hasSuffix("correct \(remedy) of the address"), "\(message)")
                #expect(!message.contains("hunter2") && !message.contains("p@s"))
            }
        }
    }

    @Test func `TLS is refused by name`() {
        let error = #expect(throws: CheckpointError.self) { try RedisAddress("rediss://:secret@host") }
        #expect(error?.message.contains("asks for TLS (rediss://), which is not spoken; expected redis://") == true)
        #expect(error?.isMisconfigured == true)
    }

    @Test(arguments: [
        "redis://host", "redis://:secret@host:6380/3", "redis://user:secret@host", "redis+unix:///run/redis.sock?db=2",
        "redis://:a/b@host", "redis://:a%2Fb@host/1",
    ]) func `addresses are read`(text: String) throws {
        _ = try RedisAddress(text)
    }

    @Test(arguments: [
        "", "host:6379", "redis://", "redis://host:0", "redis://host:port", "redis://:secret@host/x",
        "redis+unix://relative",
        "redis+unix:///path?x=1",
    ]) func `wrong addresses are told without their password`(text: String) {
        let error = #expect(throws: CheckpointError.self) { try RedisAddress(text) }
        #expect(error?.message.contains("secret") == false)
        #expect(error?.message.contains("expected") == true)
    }
}
