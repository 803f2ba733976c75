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

        init(_ configuration: Configuration) {
            server = ServerConfiguration(configuration, version: "1")
            level = Logger.Level(configuration.logLevel)
        }
    }

    @Test(arguments: ConfigurationKey.all.map(\.path))
    func `are those that its table of consumers lists`(path: String) throws {
        let key = try #require(ConfigurationKey.named(path))
        let builtIn = Configuration()
        let changed = try changed(key)
        #expect(key.value(in: changed) != key.defaultValue)
        switch key.consumer {
        case .server: #expect(Seen(changed) != Seen(builtIn), "\(path) is said to reach the server")
        case .configuration: #expect(others(than: key, in: changed), "\(path) is said to decide other keys")
        case .none, .refused: #expect(Seen(changed) == Seen(builtIn), "\(path) has an effect: list who acts on it")
        }
    }

    @Test func `every key that would be unsafe to ignore is noticed when it is changed`() throws {
        #expect(ConfigurationKey.refused(in: Configuration()).isEmpty)
        for key in ConfigurationKey.all where key.consumer == .refused {
            #expect(ConfigurationKey.refused(in: try changed(key)).contains { $0.path == key.path })
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
            default: "x"
            }
        var loader = ConfigurationLoader()
        loader.assignments = [.init(path: key.path, text: text)]
        if key.path == "server.auth_enabled" { loader.assignments.append(.init(path: "server.api_keys", text: "k")) }
        if key.path.hasPrefix("server.tls.") {
            for name in ["certificate_path", "private_key_path"] {
                loader.assignments.append(.init(path: "server.tls.\(name)", text: "x"))
            }
        }
        return try loader.load().configuration
    }
}
