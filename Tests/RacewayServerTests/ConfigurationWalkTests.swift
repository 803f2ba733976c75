import Logging
import RacewayConfiguration
import RacewayServer
import Testing

/// The table of consumers against what the server really takes over: a key listed as acted on changes the server, and
/// one listed as without effect changes nothing.
@Suite struct `Keys that the server acts on` {
    /// Everything the server is started with.
    private struct Seen: Equatable {
        var server: ServerConfiguration
        var level: Logger.Level
        var plan: EnginePlan

        init(_ configuration: Configuration) throws {
            let keyFile = configuration.server.apiKeysFile.isEmpty ? nil : "ingest ci secret"
            let secret = configuration.alerts.webhookSecretFile.isEmpty ? nil : "secret"
            server = try ServerConfiguration(configuration, version: "1", keyFile: keyFile, alertSecret: secret)
            level = Logger.Level(configuration.logLevel)
            plan = EnginePlan(configuration, processors: 64)
        }
    }

    @Test(arguments: ConfigurationKey.all.map(\.path))
    func `are those that its table of consumers lists`(path: String) throws {
        let key = try #require(ConfigurationKey.named(path))
        let companion = try load(companions(of: key))
        let changed = try changed(key)
        #expect(key.value(in: changed) != key.defaultValue)
        switch key.consumer {
        case .server: #expect(try Seen(changed) != Seen(companion), "\(path) is said to reach the server")
        case .configuration: #expect(others(than: key, in: changed), "\(path) is said to decide other keys")
        case .none, .settled:
            #expect(try Seen(changed) == Seen(companion), "\(path) has an effect: list who acts on it")
        }
    }

    /// True when keys besides `key` have another value than the built-in one.
    private func others(than key: ConfigurationKey, in configuration: Configuration) -> Bool {
        ConfigurationKey.all.contains { $0.path != key.path && $0.value(in: configuration) != $0.defaultValue }
    }

    /// A configuration in which the key has another value, with what that value needs.
    private func changed(_ key: ConfigurationKey) throws -> Configuration {
        let text =
            switch (key.kind, key.defaultValue) {
            case (.boolean, .boolean(let value)): value ? "false" : "true"
            case (.toggle, _): "true"
            case (.integer(let range), .integer(let number)):
                String(range.contains(number + 1) ? number + 1 : number - 1)
            case (.choice(let names, _, _), .text(let name)): names.first { $0 != name } ?? ""
            case _ where key.path == "alerts.webhook.url": "https://hooks.example/raceway"
            case _ where key.path == "storage.postgres.connection_string": "postgresql://localhost/changed"
            case _ where key.path == "checkpoint.redis.url": "redis://changed"
            case _ where key.path == "server.trusted_proxies": "10.0.0.0/8"
            case _ where key.path == "server.cors_origins": "https://a.example"
            default: "x"
            }
        return try load(companions(of: key) + [.init(path: key.path, text: text)])
    }

    /// What a change of the key needs, or needs to be seen.
    private func companions(of key: ConfigurationKey) -> [ConfigurationLoader.Assignment] {
        let values: [(String, String)] =
            switch key.path {
            case "server.auth_enabled": [("server.api_keys", "k")]
            case "otlp.grpc_port", "otlp.http_port": [(key.path.replacing("port", with: "enabled"), "true")]
            case "development.cors_allow_all": [("server.cors_origins", "https://a.example")]
            case "server.rate_limit_rpm", "server.rate_limit_burst", "server.rate_limit_scope":
                [("server.rate_limit_enabled", "true")]
            case _ where key.path.hasPrefix("server.tls."):
                [("server.tls.certificate_path", "c"), ("server.tls.private_key_path", "c")]
            case "server.http2_enabled":
                [("server.tls.certificate_path", "c"), ("server.tls.private_key_path", "c")]
            case _ where key.path.hasPrefix("server.ui_"): [("server.ui_password", "p")]
            case "alerts.webhook.secret_file", "alerts.webhook.retry_max_attempts":
                [("alerts.webhook.url", "https://hooks.example/x")]
            case "storage.backend": []
            case "storage.data_dir", "retention.enabled", "engine.dead_letter_path": [("storage.backend", "sqlite")]
            case "engine.wal": []
            case _ where key.path.hasPrefix("storage.sqlite."): [("storage.backend", "sqlite")]
            case "storage.postgres.connection_string":
                [("storage.backend", "postgres"), (key.path, "postgresql://localhost/other")]
            case _ where key.path.hasPrefix("storage.postgres."):
                [("storage.backend", "postgres"), ("storage.postgres.connection_string", "postgresql://localhost/x")]
            case "checkpoint.storage", "checkpoint.redis.url":
                [("storage.backend", "sqlite"), ("checkpoint.redis.url", "redis://localhost")]
                    + (key.path == "checkpoint.storage" ? [] : [("checkpoint.storage", "redis")])
            case _ where key.path.hasPrefix("checkpoint.redis."):
                [
                    ("storage.backend", "sqlite"), ("checkpoint.storage", "redis"),
                    ("checkpoint.redis.url", "redis://localhost"),
                ]
            case "checkpoint.enabled": [("storage.backend", "sqlite"), ("profile", "testing")]
            case _
            where ["checkpoint.", "retention.", "engine.wal_", "engine.live_"].contains { key.path.hasPrefix($0) }:
                [("storage.backend", "sqlite")]
            default: []
            }
        return values.map { .init(path: $0.0, text: $0.1) }
    }

    private func load(_ assignments: [ConfigurationLoader.Assignment]) throws -> Configuration {
        var loader = ConfigurationLoader()
        loader.assignments = assignments
        return try loader.load().configuration
    }

    @Test func `wrong networks and lines of a key file are errors that name their key and no secret`() throws {
        let network = try load([.init(path: "server.trusted_proxies", text: "10.0.0.0/99")])
        #expect { try ServerConfiguration(network, version: "1") } throws: {
            "\($0)".contains("server.trusted_proxies = ")
        }
        let file = try load([.init(path: "server.api_keys_file", text: "keys")])
        #expect {
            try ServerConfiguration(file, version: "1", keyFile: "read a k1\nroot b hunter2\n")
        } throws: { "\($0)".contains("line 2") && !"\($0)".contains("hunter2") }
    }
}
