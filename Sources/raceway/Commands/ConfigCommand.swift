import ArgumentParser
import JSONText
import RacewayConfiguration
import RacewayServer

/// `raceway config`: what is configured, whether it is right, and what a key means.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check, show and explain the configuration.",
        subcommands: [Check.self, Show.self, Explain.self, HashPassword.self]
    )

    /// `raceway config check`
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say everything that is wrong; exit 78 when the server would not start with it."
        )

        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let loaded = try options.load()
            _ = try loaded.serverConfiguration()
            loaded.warn()
            let count = ConfigurationKey.all.filter { loaded.origin(of: $0.path) != .builtIn }.count
            Console.print("configuration is usable: \(count) of \(ConfigurationKey.all.count) keys set")
        }
    }

    /// `raceway config show`
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the values in force and where each came from; secrets are redacted."
        )

        @OptionGroup var options: ConfigurationOptions

        @Flag(help: "Print the built-in defaults too.")
        var all = false

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            let loaded = try options.load()
            let keys = ConfigurationKey.all.filter { all || loaded.origin(of: $0.path) != .builtIn }
            for warning in loaded.warnings { Console.warn(warning.description) }
            guard !json else { return Console.write(Self.json(keys, loaded)) }
            if keys.isEmpty { return Console.hint("every key has its built-in default; --all lists them") }
            let rows = keys.map { key in
                [
                    "\(key.path) = \(key.shown(key.value(in: loaded.configuration)))",
                    "# \(loaded.origin(of: key.path))",
                ]
            }
            Console.write(Array(Terminal.table(rows).utf8))
        }

        private static func json(_ keys: [ConfigurationKey], _ loaded: LoadedConfiguration) -> [UInt8] {
            var json = JSONWriter(indent: 2)
            json.object { json in
                json.array("keys") { json in
                    for key in keys { loaded.write(key, to: &json) }
                }
            }
            json.newline()
            return json.bytes
        }
    }

    /// `raceway config explain KEY`
    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell about a key, or about every key of a table."
        )

        @Argument(help: "A key such as engine.buffer_size, or a table such as engine.")
        var key: String

        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let keys =
                ConfigurationKey.named(key).map { [$0] }
                ?? ConfigurationKey.all.filter { $0.path.hasPrefix(key + ".") }
            guard !keys.isEmpty else {
                let near = ConfigurationKey.nearest(to: key).map { ", did you mean \($0)?" } ?? ""
                throw CommandFailure.usage("no key '\(Terminal.printable(key))'\(near)")
            }
            let loaded = try options.load()
            Console.print(keys.map { Self.card($0, loaded) }.joined(separator: "\n\n"))
        }

        private static func card(_ key: ConfigurationKey, _ loaded: LoadedConfiguration) -> String {
            let value = key.shown(key.value(in: loaded.configuration))
            var lines = ["\(key.path) = \(value)", "  \(key.summary)"]
            func line(_ name: String, _ text: String) {
                lines.append("  " + name + String(repeating: " ", count: max(1, 13 - name.count)) + text)
            }
            line("origin", loaded.origin(of: key.path).description)
            let unit = key.unit == .none ? "" : " (\(key.unit.rawValue))"
            line("values", key.kind.expectation + unit + (key.isSecret ? ", never shown" : ""))
            line("default", "\(key.defaultValue.literal), from \(key.seed.rawValue)")
            for profile in Profile.allCases {
                for (path, value) in profile.values where path == key.path {
                    line("profile", "\(profile.rawValue): \(key.shown(value))")
                }
            }
            line("environment", key.environmentNames.joined(separator: ", "))
            line("acted on by", acting(key.consumer))
            return lines.joined(separator: "\n")
        }

        private static func acting(_ consumer: ConfigurationKey.Consumer) -> String {
            switch consumer {
            case .configuration: "other keys that follow it"
            case .server: "the server"
            case .settled: "nothing, on purpose: it is read so that files of the reference work"
            case .none: "nothing yet: it is read and checked only"
            case .refused: "nothing yet: the server refuses to start when it is changed"
            }
        }
    }

    /// `raceway config hash-password`
    struct HashPassword: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read a password from standard input and print what server.ui_password may hold instead of it."
        )

        func run() throws {
            guard let password = readLine(), !password.isEmpty else {
                throw CommandFailure.usage(
                    "no password: write it to standard input, as in 'raceway config hash-password < file'"
                )
            }
            Console.print(PasswordHash(hashing: password.utf8).description)
        }
    }
}
