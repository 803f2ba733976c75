import RacewayConfiguration
import Testing

@Suite struct `Problems of a configuration` {
    @Test func `an unknown key warns with the nearest name, and fails when strict`() throws {
        let file = "[server]\nprot = 1\n[sever]\nport = 2\n[engine]\ncpus = 4\n\"server.port\" = 5"
        let loaded = try load(file: file)
        #expect(loaded.configuration == Configuration())
        #expect(
            loaded.warnings.map(\.description) == [
                "raceway.toml:2:8: server.prot: no such key; did you mean server.port?",
                "raceway.toml:3:1: sever: no such key; did you mean server?",
                "raceway.toml:6:8: engine.cpus: no such key; did you mean engine.wal?",
                "raceway.toml:7:17: engine.server.port: no such key; did you mean server.port?",
            ]
        )
        #expect(errors(file: file, strict: true).count == 4)
    }

    @Test func `a variable that looks like a key and is none warns, unless others use it`() throws {
        let environment = [
            "RACEWAY_SERVER_PROT": "1", "RACEWAY_SERVER": "http://x", "RACEWAY_PORT": "tcp://10.0.0.1:80",
            "RACEWAY_SERVICE_PORT_HTTP": "80", "RACEWAY_PORT_80_TCP": "x", "RACEWAY_CONFIG": "f", "PATH": "x",
        ]
        let loaded = try load(environment: environment)
        #expect(loaded.warnings.count == 1)
        let text = loaded.warnings.first?.description ?? ""
        #expect(text.contains("RACEWAY_SERVER_PROT") && text.contains("did you mean RACEWAY_SERVER_PORT?"))
        #expect(errors(environment: environment, strict: true).count == 1)
    }

    @Test func `a Kubernetes service link is told apart from a port`() {
        let found = errors(environment: ["RACEWAY_SERVER_PORT": "tcp://10.0.0.1:8080"])
        #expect(found.first?.remedy.contains("enableServiceLinks") == true)
    }

    @Test func `an unknown key on the command line is always an error`() {
        #expect(
            errors(set: ["server.prot=1"]).first?.description
                == "--set: server.prot: no such key; did you mean server.port?"
        )
    }

    @Test func `a file of unknown keys is answered soon, with the first of them and their number`() throws {
        let file = (0..<50_000).map { "key\($0) = 1\n" }.joined()
        let warnings = try load(file: file).warnings
        #expect(warnings.count == 51)
        #expect(warnings.last?.description == "50000 keys are unknown; is this the right file?")
        #expect(errors(file: file, strict: true).count == 51)
        // The error first, then what would be a warning without it.
        let both = errors(file: file, set: ["server.prot=1"])
        #expect(both.filter { $0.severity == .error }.map(\.key) == ["server.prot"])
        #expect(both.first?.severity == .error && both.count == 52)
    }

    @Test func `a former name is read with a warning`() throws {
        let loaded = try load(file: "[server]\nbody_bytes_max = 2048")
        #expect(loaded.configuration.server.maxBodyBytes == 2_048)
        #expect(loaded.warnings.map(\.remedy) == ["write server.max_body_bytes"])
    }

    @Test func `a value in the place of a table, and a table in the place of a value`() {
        #expect(
            errors(file: "server = 1").map(\.description) == [
                "raceway.toml:1:10: server: expected a table, found an integer; write [server]"
            ]
        )
        #expect(errors(file: "[server.host]\nx = 1").first?.reason.contains("found a table") == true)
        #expect(errors(file: "[[server]]\nport = 1").first?.reason.contains("found an array") == true)
    }

    @Test func `a file that is no TOML is one error with its place`() {
        #expect(
            errors(file: "[server]\nport = 1\nport = 2").map(\.description) == [
                "raceway.toml:3:1: port is defined a second time; the file must be TOML 1.0"
            ]
        )
    }

    @Test func `all problems are told at once`() {
        let found = errors(
            file: "[server]\nport = 70000\nhost = 1",
            environment: ["RACEWAY_ENGINE_BATCH_SIZE": "0"],
            set: ["logging.level=loud"]
        )
        #expect(found.map(\.key) == ["server.port", "server.host", "engine.batch_size", "logging.level"])
        #expect(found[0].description.contains("server.port = 70000: out of range, expected an integer from 0 to 65535"))
    }

    @Test(arguments: [
        ("server.auth_enabled = true", "server.auth_enabled"),
        ("storage.backend = \"postgres\"", "storage.postgres.connection_string"),
        ("storage.backend = \"supabase\"", "storage.postgres.connection_string"),
        ("server.cors_enabled = false\ndevelopment.cors_allow_all = true", "development.cors_allow_all"),
        ("server.tls.certificate_path = \"c\"", "server.tls.private_key_path"),
        ("server.tls.client_ca_path = \"c\"", "server.tls.client_ca_path"),
        ("server.max_inflight_body_bytes = 2048", "server.max_inflight_body_bytes"),
        ("storage.postgres.min_connections = 11", "storage.postgres.min_connections"),
        ("storage.postgres.retry_max_ms = 10", "storage.postgres.retry_initial_ms"),
        ("engine.backpressure_timeout_ms = 30000", "engine.backpressure_timeout_ms"),
        ("engine.buffer_max_bytes = 2048", "engine.max_event_bytes"),
        ("engine.wal = true\nengine.wal_max_bytes = \"100MiB\"", "engine.wal_max_bytes"),
        ("checkpoint.enabled = true\ncheckpoint.storage = \"redis\"", "checkpoint.redis.url"),
        ("checkpoint.enabled = true\ncheckpoint.storage = \"postgres\"", "storage.postgres.connection_string"),
    ])
    func `values that contradict each other`(file: String, key: String) {
        #expect(errors(file: file).map(\.key) == [key])
    }

    @Test(arguments: [
        ("server.host = \"0.0.0.0\"", "server.host"), ("server.api_keys = [\"k\"]", "server.auth_enabled"),
        ("engine.buffer_size = 50", "engine.batch_size"), ("retention.race_days = 1", "retention.race_days"),
        ("storage.backend = \"sqlite\"\ncheckpoint.max_retained = 1", "checkpoint.max_retained"),
    ])
    func `values that are odd are told, and taken`(file: String, key: String) throws {
        let loaded = try load(file: file)
        #expect(loaded.warnings.map(\.key) == [key])
        #expect(loaded.warnings.first?.origin != nil)
    }

    @Test(arguments: 0..<10) func `random files give a configuration or errors`(seed: UInt64) {
        var random = SplitMix(state: seed)
        let values = ["1", "-1", "true", "\"x\"", "[\"\"]", "{}", "1.5", "[1]", "\"${A}\"", "1979-05-27", "''", "9e99"]
        for _ in 0..<50 {
            var file = ""
            for key in ConfigurationKey.all.shuffled(using: &random).prefix(6) {
                file += "\(key.path) = \(values[Int(random.next() % UInt64(values.count))])\n"
            }
            let found = errors(file: file)
            #expect(found.allSatisfy { $0.severity == .error && !$0.reason.isEmpty })
        }
    }
}
