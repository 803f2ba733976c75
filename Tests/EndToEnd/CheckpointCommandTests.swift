import Foundation
import Testing

/// What commands say of checkpoints that are damaged, not there, or in a place that cannot be used.
@Suite struct `Commands around checkpoints` {
    private static func sqlite(_ folder: Folder) -> [String] {
        ["--set", "storage.backend=sqlite", "--set", "storage.data_dir=\(folder.url("data").path)"]
            + ["--set", "checkpoint.enabled=true"]
    }

    private static func redis(_ url: String) -> [String] {
        ["--set", "checkpoint.storage=redis", "--set", "checkpoint.redis.url=\(url)"]
    }

    @Test func `a required checkpoint is missed at every start, and the damaged ones stay where they are`() throws {
        let folder = try Folder()
        let path = try folder.write("this is no checkpoint", to: "data/checkpoints/ckpt-00000000000000000007.rwc")
        let required = Self.sqlite(folder) + ["--set", "checkpoint.require=true"]
        for _ in 0..<2 {
            let served = try Raceway.run(["serve", "--port", "0"] + required)
            #expect(served.status == 78)
            #expect(served.errors.contains("checkpoint.require is set"))
            #expect(served.errors.contains(folder.url("data/checkpoints").path))
            #expect(served.errors.contains("--set checkpoint.require=false"))
            #expect(FileManager.default.fileExists(atPath: path))
        }
        let doctor = try Raceway.run(["doctor", "--set", "engine.wal_min_free_bytes=0"] + required)
        #expect(doctor.status == 78)
        #expect(doctor.output.contains("fail  checkpoints: "))
    }

    @Test func `a checkpoint that never was is told as such, with those that are there`() throws {
        let folder = try Folder()
        for number in [3, 5, 8] {
            try folder.write("", to: "data/checkpoints/ckpt-0000000000000000000\(number).rwc")
        }
        let shown = try Raceway.run(["checkpoint", "show", "999"] + Self.sqlite(folder))
        #expect(shown.status == 2)
        #expect(shown.errors.contains("there is no checkpoint 999; the first is 3, the last 8"))
    }

    @Test func `Redis that is away keeps from starting only where a checkpoint is required`() throws {
        let folder = try Folder()
        let away =
            Self.sqlite(folder) + Self.redis("redis://:hunter2@127.0.0.1:1/0")
            + ["--set", "storage.postgres.startup_timeout_seconds=1"]
        let refused = try Raceway.run(["serve", "--port", "0", "--set", "checkpoint.require=true"] + away)
        #expect(refused.status == 3)
        #expect(refused.errors.contains("checkpoint.redis.url (127.0.0.1:1): Redis cannot be reached: "))
        #expect(refused.errors.contains("; start Redis or correct the address (tried for 1 s"))
        #expect(!refused.errors.contains("hunter2"))
        let server = try RunningServer(away)
        #expect(server.stop() == 0)
    }

    @Test func `addresses that a start refuses are refused by the check, and not repeated`() throws {
        let folder = try Folder()
        let postgres = ["--set", "storage.backend=postgres", "--set", "storage.data_dir=\(folder.url("data").path)"]
        let wrong: [(key: String, settings: [String])] = [
            ("checkpoint.redis.url", Self.sqlite(folder) + Self.redis("redis://:hunter2@h:99999999")),
            ("checkpoint.redis.url", Self.sqlite(folder) + Self.redis("rediss://:hunter2@h")),
            (
                "storage.postgres.connection_string",
                postgres + ["--set", "storage.postgres.connection_string=postgresql://u:hunter2@h:99999999/db"]
            ),
        ]
        for (key, settings) in wrong {
            for command in [["config", "check"], ["serve", "--port", "0"], ["doctor"]] {
                let outcome = try Raceway.run(command + settings)
                #expect(outcome.status == 78, "\(command)")
                #expect((outcome.output + outcome.errors).contains(key + " = "))
                #expect(!(outcome.output + outcome.errors).contains("hunter2"))
            }
        }
    }

    @Test func `a wrong password of Redis is exit 78, at once`() throws {
        let binary = ["/usr/bin/redis-server", "/usr/local/bin/redis-server"]
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let binary else { return print("skipped: redis-server is not installed") }
        let folder = try Folder()
        let port = Int.random(in: 20_000..<32_000)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = ["--port", "\(port)", "--bind", "127.0.0.1", "--unixsocket", folder.url("redis.sock").path]
        process.arguments? += ["--save", "", "--dir", folder.path, "--requirepass", "right"]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        defer {
            // It inherits the blocked signals of the thread that started it: SIGTERM would wait for ever.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let end = Date(timeIntervalSinceNow: 20)
        while !FileManager.default.fileExists(atPath: folder.url("redis.sock").path), Date() < end { usleep(10_000) }
        let settings = Self.sqlite(folder) + Self.redis("redis://:hunter2@127.0.0.1:\(port)/0")
        for command in [["serve", "--port", "0"], ["checkpoint", "ls"], ["doctor"]] {
            let outcome = try Raceway.run(command + settings)
            #expect(outcome.status == 78, "\(command): \(outcome.errors)")
            let text = outcome.output + outcome.errors
            #expect(text.contains("checkpoint.redis.url (127.0.0.1:\(port)): Redis answers: WRONGPASS"))
            #expect(text.contains("; correct user and password of the address"))
            #expect(!text.contains("hunter2"))
        }
    }
}
