import Foundation
import Testing

@Suite struct `Commands around the store` {
    @Test func `migrate prints what is missing, applies it once, and says so`() throws {
        let folder = try Folder()
        let file = ["--set", "storage.backend=sqlite", "--set", "storage.sqlite.path=\(folder.url("r.db").path)"]
        let check = try Raceway.run(["migrate", "--check"] + file)
        #expect(check.status == 1)
        #expect(check.output == "1  first tables\n2  arrival\n3  names in use\n")
        let dry = try Raceway.run(["migrate", "--dry-run"] + file)
        #expect(dry.status == 1)
        #expect(dry.output.contains("CREATE TABLE trace "))
        #expect(!FileManager.default.fileExists(atPath: folder.url("r.db").path))
        let applied = try Raceway.run(["migrate"] + file)
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(applied.output.hasSuffix("applied 1 first tables, 2 arrival, 3 names in use\n"))
        #expect(try Raceway.run(["migrate", "--check"] + file).status == 0)
        #expect(try Raceway.run(["migrate"] + file).output.hasSuffix("version 3, up to date\n"))
    }

    @Test func `migrate tells a store without tables from one that cannot be reached and one that cannot be used`()
        throws
    {
        #expect(try Raceway.run("migrate").status == 64)
        let away = ["--set", "storage.backend=postgres", "--set"]
        let unreachable = try Raceway.run(
            ["migrate"] + away + ["storage.postgres.connection_string=host=/nowhere password=hunter2"]
        )
        #expect(unreachable.status == 3)
        #expect(!unreachable.errors.contains("hunter2"))
        #expect(unreachable.errors.contains("start it, or correct the address"))
        let served = try Raceway.run(
            ["serve", "--port", "0", "--set", "storage.postgres.startup_timeout_seconds=1"] + away
                + ["storage.postgres.connection_string=host=/nowhere password=hunter2", "--set"]
                + ["storage.data_dir=\(try Folder().url("data").path)"]
        )
        #expect(served.status == 3)
        #expect(served.errors.contains("storage.postgres.connection_string: cannot connect"))
        #expect(served.errors.contains("(tried for 1 s, as storage.postgres.startup_timeout_seconds says)"))
        #expect(!served.errors.contains("hunter2"))
        let folder = try Folder()
        let path = try folder.write(String(repeating: "this is no database. ", count: 50), to: "x.db")
        let wrong = try Raceway.run(
            ["migrate", "--set", "storage.backend=sqlite", "--set", "storage.sqlite.path=\(path)"]
        )
        #expect(wrong.status == 78)
        #expect(wrong.errors.contains("storage.sqlite.path"))
    }

    @Test func `doctor finds nothing wrong with a fresh directory and leaves nothing there`() throws {
        let folder = try Folder()
        let outcome = try Raceway.run(
            "doctor",
            "--set",
            "storage.backend=sqlite",
            "--set",
            "storage.data_dir=\(folder.url("data").path)",
            "--set",
            "engine.wal_min_free_bytes=0"
        )
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        for check in [
            "configuration", "schema", "log directory", "disk", "checkpoints", "memory", "open files", "clock",
        ] {
            #expect(outcome.output.contains("  \(check): "), "\(check)")
        }
        #expect(!outcome.output.contains("fail"))
        #expect(!FileManager.default.fileExists(atPath: folder.url("data").path))
    }

    @Test func `doctor says what would keep a server from starting, and with which code`() throws {
        let wrong = try Raceway.run("doctor", "--set", "server.port=many")
        #expect(wrong.status == 78)
        #expect(wrong.output.hasPrefix("fail  configuration: "))
        let place = try Raceway.run("doctor", "--set", "storage.backend=sqlite", "--set", "storage.data_dir=/proc/no")
        #expect(place.status == 78)
        #expect(place.output.contains("fail  log directory: /proc/no/wal"))
        let away = try Raceway.run(
            ["doctor", "--json", "--set", "storage.backend=postgres", "--set"]
                + ["storage.postgres.connection_string=host=/nowhere password=hunter2"]
        )
        #expect(away.status == 3)
        #expect(away.output.hasPrefix("{\"schema\":1,\"checks\":[{\"name\":\"configuration\",\"verdict\":\"ok\""))
        #expect(away.output.contains("{\"name\":\"store\",\"verdict\":\"fail\""))
        #expect(!away.output.contains("hunter2"))
    }

    @Test func `an address of checkpoints that cannot be one is exit 78, and is not repeated`() throws {
        let redis = ["--set", "checkpoint.enabled=true", "--set", "checkpoint.storage=redis", "--set"]
        let outcome = try Raceway.run(["checkpoint", "ls"] + redis + ["checkpoint.redis.url=http://:hunter2@x"])
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("unknown scheme; expected redis://"))
        #expect(!outcome.errors.contains("hunter2"))
        let away = try Raceway.run(["checkpoint", "ls"] + redis + ["checkpoint.redis.url=redis://127.0.0.1:1/0"])
        #expect(away.status == 3)
    }

    @Test func `checkpoints of a store that cannot be reached are exit 3`() throws {
        let outcome = try Raceway.run(
            ["checkpoint", "ls", "--set", "checkpoint.storage=postgres", "--set"]
                + ["storage.postgres.connection_string=host=/nowhere password=hunter2"]
        )
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("PostgreSQL") && !outcome.errors.contains("hunter2"))
    }
}
