import Foundation
import Testing

@Suite struct `Commands around the configuration` {
    @Test(arguments: [
        ["serve", "--set", "server.prt=1"], ["serve", "--set", "server.port=many"],
        ["serve", "--config", "/no/such/file"],
        ["serve", "--config", "/"], ["serve", "--storage", "paper"], ["serve", "--buffer-size", "0"],
        ["serve", "--profile", "prod"], ["serve", "--profile", "production"],
        ["config", "check", "--set", "logging.level=x"],
        ["config", "show", "--set", "a=b"], ["estimate", "--set", "cache.max_bytes=many"],
        // Accepting these without acting on them would leave a server open or its events unsafe.
        ["serve", "--set", "server.ui_password=$scrypt$k"], ["serve", "--set", "server.trusted_proxies=x"],
        ["serve", "--set", "server.api_keys_file=/no/such/file"],
        ["serve", "--port", "0", "--storage", "sqlite:/proc/no/x.db"],
    ])
    func `a wrong configuration is exit 78, and nothing listens`(arguments: [String]) throws {
        let outcome = try Raceway.run(arguments)
        #expect(outcome.status == 78, "\(outcome.errors)")
        #expect(outcome.output.isEmpty && outcome.errors.hasPrefix("raceway: error: "))
    }

    @Test func `errors name file, line, value and key, and secrets are redacted`() throws {
        let folder = try Folder()
        let config = try folder.write(
            "[server]\nport = 70000\nprot = 1\napi_keys = [\"hunter2\", \"\"]\n[storage]\nbackend = \"${NO_SUCH}\"\n",
            to: "raceway.toml"
        )
        let outcome = try Raceway.run("serve", "--strict", "--config", config)
        #expect(outcome.status == 78)
        for part in [
            "raceway.toml:2:8: server.port = 70000: out of range, expected an integer from 0 to 65535",
            "raceway.toml:3:8: server.prot: no such key; did you mean server.port?",
            "raceway.toml:4:12: server.api_keys = <redacted>: has an empty element",
            "raceway.toml:6:11: storage.backend: the environment variable NO_SUCH is not set",
        ] {
            #expect(outcome.errors.contains(part), "\(outcome.errors)")
        }
        #expect(!outcome.errors.contains("hunter2"))
        // Without --strict an unknown key is a warning, beside errors too.
        let lenient = try Raceway.run("serve", "--config", config)
        #expect(lenient.status == 78 && lenient.errors.contains("raceway: warning: "))
        #expect(lenient.errors.contains("server.prot:"))
    }

    @Test func `a volume without room for the log is named with its key and what helps`() throws {
        let folder = try Folder()
        let outcome = try Raceway.run(
            "serve",
            "--port",
            "0",
            "--storage",
            "sqlite:\(folder.url("r.db").path)",
            "--set",
            "engine.wal_min_free_bytes=17592186044416",
            "--set",
            "storage.data_dir=\(folder.path)"
        )
        #expect(outcome.status == 3, "\(outcome.errors)")
        #expect(outcome.errors.contains("engine.wal_path = ") && outcome.errors.contains("; free space on its volume"))
    }

    @Test func `config check tells what is odd`() throws {
        let folder = try Folder()
        let config = try folder.write("[server]\nprot = 1\n[cache]\nmax_entries = 5\n", to: "raceway.toml")
        let outcome = try Raceway.run(["config", "check"], environment: ["RACEWAY_CONFIG": config])
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("configuration is usable: 1 of "))
        #expect(outcome.errors.contains("did you mean server.port?"))
        #expect(try Raceway.run("config", "check", "--strict", "--config", config).status == 78)
    }

    @Test func `config show gives values with their origin, without secrets`() throws {
        let environment = ["RACEWAY_SERVER_PORT": "81", "RACEWAY_KEY": "hunter2", "RACEWAY_PROFILE": "low-latency"]
        let outcome = try Raceway.run(["config", "show", "--set", "server.host=::1"], environment: environment)
        #expect(outcome.status == 0)
        for part in [
            "server.port = 81", "# environment variable RACEWAY_SERVER_PORT", "server.host = \"::1\"", "# --set",
            "server.api_keys = <redacted>", "engine.batch_size = 50", "# profile low-latency",
        ] {
            #expect(outcome.output.contains(part), "\(outcome.output)")
        }
        #expect(!outcome.output.contains("hunter2") && !outcome.output.contains("engine.wal_path"))
        let json = try Raceway.run(["config", "show", "--all", "--json"], environment: environment)
        #expect(!json.output.contains("hunter2"))
        let value = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: [Any]])
        #expect(value["keys"].map { $0.count > 100 } == true)
    }

    @Test func `config explain tells about a key and about a table`() throws {
        let key = try Raceway.run("config", "explain", "engine.buffer_size")
        #expect(key.status == 0)
        for part in [
            "engine.buffer_size = 10000", "RACEWAY_ENGINE_BUFFER_SIZE", "high-volume: 100000", "built-in default",
        ] {
            #expect(key.output.contains(part), "\(key.output)")
        }
        let table = try Raceway.run("config", "explain", "cache")
        #expect(table.status == 0 && table.output.contains("cache.ttl_seconds = 300"))
        #expect(try Raceway.run("config", "explain", "engine.bufer_size").errors.contains("engine.buffer_size"))
    }

    @Test func `estimate compares the bounds with a limit`() throws {
        let small = try Raceway.run("estimate", "--profile", "memory-constrained", "--limit", "536870912")
        #expect(small.status == 0 && small.output.contains("fits: limit 512 MiB (--limit)"), "\(small.output)")
        let large = try Raceway.run("estimate", "--limit", "1000000")
        #expect(large.status == 1 && large.output.contains("does not fit"))
        #expect(large.output.contains("storage.memory.bytes_max") && !large.errors.isEmpty)
        #expect([0, 1].contains(try Raceway.run("estimate").status))
    }

    @Test func `serve listens where file, environment and flags say`() throws {
        let folder = try Folder()
        let config = try folder.write(
            "[server]\nhost = \"127.0.0.1\"\nport = 1\nmax_body_bytes = \"1MiB\"\n",
            to: "r.toml"
        )
        let server = try RunningServer("--config", config, "--log-level", "warn")
        #expect(try Raceway.run("healthcheck", "--server", server.address).status == 0)
        #expect(server.stop() == 0)
    }
}
