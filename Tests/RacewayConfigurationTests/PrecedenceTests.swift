import RacewayConfiguration
import Testing

@Suite struct `Sources of values` {
    private let path = "engine.buffer_size"

    @Test func `the stronger source wins, one by one`() throws {
        let file = "profile = \"testing\"\n[engine]\nbuffer_size = 3\n"
        let environment = ["RACEWAY_ENGINE_BUFFER_SIZE": "4", "RACEWAY_BUFFER_SIZE": "9"]
        let all = try load(file: file, environment: environment, set: ["engine.buffer_size=5", "engine.buffer_size=6"])
        #expect(all.configuration.engine.bufferSize == 6)
        #expect(all.origin(of: path) == .commandLine("--set"))
        let three = try load(file: file, environment: environment)
        #expect(three.configuration.engine.bufferSize == 4)
        #expect(three.origin(of: path).description == "environment variable RACEWAY_ENGINE_BUFFER_SIZE")
        let two = try load(file: file)
        #expect(two.configuration.engine.bufferSize == 3)
        #expect(two.origin(of: path).description == "raceway.toml:3:15")
        let one = try load(file: "profile = \"testing\"")
        #expect(one.configuration.engine.bufferSize == 100)
        #expect(one.origin(of: path) == .profile(.testing))
        let none = try load()
        #expect(none.configuration.engine.bufferSize == 10_000)
        #expect(none.origin(of: path) == .builtIn)
    }

    @Test func `a source is sparse: what it does not name stays`() throws {
        let loaded = try load(
            file: "[server]\nport = 1\n[engine]\nbatch_size = 7",
            environment: ["RACEWAY_SERVER_HOST": "::1"],
            set: ["engine.parallelism=3"]
        )
        var expected = Configuration()
        expected.server.port = 1
        expected.server.host = "::1"
        expected.engine.batchSize = 7
        expected.engine.parallelism = 3
        #expect(loaded.configuration == expected)
    }

    @Test func `the profile may come from any source, and the strongest names it`() throws {
        let loaded = try load(
            file: "profile = \"testing\"",
            environment: ["RACEWAY_PROFILE": "low-latency"],
            set: ["profile=memory-constrained"]
        )
        #expect(loaded.configuration.profile == .memoryConstrained)
        #expect(loaded.configuration.engine.flushIntervalMilliseconds == 100)
        #expect(loaded.configuration.engine.parallelism == 1)
        #expect(errors(file: "profile = \"prod\"").first?.description.contains("high-volume") == true)
    }

    @Test func `an empty variable counts as unset, and the first of several directories is taken`() throws {
        let loaded = try load(environment: ["RACEWAY_SERVER_PORT": "", "STATE_DIRECTORY": "/var/lib/a:/var/lib/b"])
        #expect(loaded.configuration.server.port == 8_080)
        #expect(loaded.configuration.storage.dataDirectory == "/var/lib/a")
        #expect(loaded.configuration.walPath == "/var/lib/a/wal")
    }

    @Test func `dotted keys, tables and inline tables are the same`() throws {
        let forms = [
            "server.tls.certificate_path = \"c\"\nserver.tls.private_key_path = \"k\"",
            "[server.tls]\ncertificate_path = \"c\"\nprivate_key_path = \"k\"",
            "[server]\ntls = {certificate_path = \"c\", private_key_path = \"k\"}",
        ]
        for form in forms { #expect(try load(file: form).configuration.server.tls.isEnabled) }
    }

    @Test(arguments: [
        ("engine.buffer_max_bytes", "64MiB", 64 << 20), ("engine.buffer_max_bytes", "1_000 kB", 1_000_000),
        ("engine.backpressure_timeout_ms", "2s", 2_000), ("checkpoint.interval_seconds", "5m", 300),
        ("retention.days", "48h", 2), ("server.max_rss_mb", "2GiB", 2_048),
    ])
    func `quantities may have a unit`(path: String, text: String, number: Int) throws {
        let key = try #require(ConfigurationKey.named(path))
        #expect(key.value(in: try load(set: ["\(path)=\(text)"]).configuration) == .integer(number))
        #expect(key.value(in: try load(file: "\(path) = \"\(text)\"").configuration) == .integer(number))
    }

    @Test(arguments: [
        "checkpoint.interval_seconds=500ms", "server.port=8k", "engine.buffer_max_bytes=5s",
        "engine.buffer_max_bytes=99999999999999999TiB", "engine.buffer_max_bytes=", "engine.buffer_max_bytes=MiB",
        "engine.buffer_size=9999999999999999999999",
    ])
    func `a unit that does not fit is refused`(assignment: String) {
        #expect(errors(set: [assignment]).count == 1)
    }

    @Test func `a number in quotes is no number in a file`() {
        #expect(
            errors(file: "[engine]\nbuffer_max_bytes = \"1000000\"").first?.reason.contains("found a string") == true
        )
        #expect(errors(file: "[server]\nport = \"80\"").count == 1)
    }

    @Test(arguments: ["drop_oldest", "DropOldest", "drop-oldest", "DROP_OLDEST"])
    func `names of choices ignore case and separators`(name: String) throws {
        #expect(try load(file: "engine.backpressure = \"\(name)\"").configuration.engine.backpressure == .dropOldest)
        #expect(try load(set: ["engine.backpressure=\(name)"]).configuration.engine.backpressure == .dropOldest)
    }

    @Test func `compression may be a Boolean`() throws {
        #expect(try load(file: "checkpoint.compression = false").configuration.checkpoint.compression == .none)
        #expect(try load(file: "checkpoint.compression = true").configuration.checkpoint.compression == .zstd)
        #expect(try load(set: ["checkpoint.compression=zlib"]).configuration.checkpoint.compression == .zlib)
    }

    @Test func `lists come with commas or as arrays`() throws {
        let commas = try load(environment: ["RACEWAY_SERVER_CORS_ORIGINS": "https://a, https://b"])
        #expect(commas.configuration.server.corsOrigins == ["https://a", "https://b"])
        let array = try load(environment: ["RACEWAY_KEY": "[\"a,b\"]"])
        #expect(array.configuration.server.apiKeys == [Secret("a,b")])
    }
}
