/// `docs/configuration.md`, written from the table of keys so that it cannot fall behind.
public enum ConfigurationReference {
    /// The whole page.
    public static var markdown: String {
        ([introduction, sources, profiles] + tables.map(section) + [variables, withoutEffect]).joined(separator: "\n")
    }

    private static let introduction = """
        # Configuration

        Every key of `raceway.toml`, its default, its values and what it does. This page is generated from the table of keys
        (`Sources/RacewayConfiguration/Keys`): `UPDATE_GOLDEN=1 swift test --disable-xctest --filter ConfigurationDocs`.

        - `raceway config check` says what is wrong with a configuration, all of it at once; exit 78 when something is.
        - `raceway config show` prints what differs from the defaults, `--all` everything, with where each value came from.
        - `raceway config explain KEY` tells about one key.
        - `raceway estimate` adds up the memory that the bounds allow and compares it with the container's limit.

        """

    private static let sources = """
        ## Where values come from

        Built-in default < profile < file (`--config`, or the variable `RACEWAY_CONFIG`) < environment < command line. Each source is
        sparse: a key that it does not name keeps what was there before.

        - **File.** TOML 1.0. In strings `${NAME}` and `${NAME:-default}` are filled in from the environment after parsing; `$$` is
          a dollar sign; a variable that is not set and has no default is an error. Numbers may be variables too:
          `port = "${PORT:-8080}"`.
        - **Environment.** `RACEWAY_` and the key in capitals, dots as underscores: `engine.buffer_size` is
          `RACEWAY_ENGINE_BUFFER_SIZE`. Lists are separated by commas or written as a TOML array. An empty variable counts as unset.
        - **Command line.** `--set key=value`, as often as needed, and the named flags of `raceway serve`.

        Sizes may have a unit (`64MiB`, `1GB`), durations too (`500ms`, `30s`, `5m`, `2h`, `7d`); in a file in quotes. An unknown
        key is a warning that names the nearest one, and an error with `--strict` and always for `--set`. Secrets are never printed.

        """

    private static var profiles: String {
        var text = """
            ## Profiles

            `profile = "production"`, `RACEWAY_PROFILE` or `--profile`: a bundle of defaults under the file.


            """
        for profile in Profile.allCases where profile != .none {
            text += "- **\(profile.rawValue)**: \(profile.summary).\n"
        }
        text += "\n| key | built-in |"
        let shown = Profile.allCases.filter { $0 != .none }
        text += shown.map { " \($0.rawValue) |" }.joined() + "\n|---|---|" + shown.map { _ in "---|" }.joined() + "\n"
        for key in ConfigurationKey.all {
            let values = shown.map { profile in
                profile.values.first { $0.path == key.path }.map { key.literal($0.value) }
            }
            guard values.contains(where: { $0 != nil }) else { continue }
            text += "| `\(key.path)` | `\(key.defaultValue.literal)` |"
            text += values.map { $0.map { " `\($0)` |" } ?? " |" }.joined() + "\n"
        }
        return text
    }

    /// The tables of the file, in the order of the keys.
    private static var tables: [String] {
        var names: [String] = []
        for key in ConfigurationKey.all where !names.contains(table(of: key)) { names.append(table(of: key)) }
        return names
    }

    private static func section(_ name: String) -> String {
        var text = name.isEmpty ? "## Top level\n\n" : "## `[\(name)]`\n\n"
        text += "| key | default | values | what it does | from |\n|---|---|---|---|---|\n"
        for key in ConfigurationKey.all where table(of: key) == name {
            let leaf = name.isEmpty ? key.path : String(key.path.dropFirst(name.count + 1))
            let mark = mark(key)
            text += "| `\(leaf)`\(mark) | `\(key.defaultValue.literal)` | \(values(of: key)) | "
            text += "\(key.summary)\(key.isSecret ? " Secret." : "") | \(key.seed.rawValue) |\n"
        }
        return text
    }

    private static func mark(_ key: ConfigurationKey) -> String {
        switch key.consumer {
        case .configuration, .server: ""
        case .settled: " ‡"
        case .none: " *"
        case .refused: " †"
        }
    }

    private static func values(of key: ConfigurationKey) -> String {
        switch key.kind {
        case .integer(let range):
            "\(range.lowerBound)…\(range.upperBound)" + (key.unit == .none ? "" : " \(key.unit.rawValue)")
        case .choice(let names, let onTrue, _):
            names.map { "`\($0)`" }.joined(separator: ", ") + (onTrue == nil ? "" : ", `true`, `false`")
        case .boolean: "`true`, `false`"
        case .toggle: "`auto`, `true`, `false`"
        case .text: "string"
        case .list: "strings"
        }
    }

    private static var variables: String {
        var text = """
            ## Other names in the environment

            Besides the derived names, which win:

            | variable | key |
            |---|---|

            """
        for key in ConfigurationKey.all { for name in key.aliases { text += "| `\(name)` | `\(key.path)` |\n" } }
        text += "\n"
        for key in ConfigurationKey.all {
            for path in key.formerPaths {
                text += "`\(path)` is the former name of `\(key.path)`; it is read with a warning.\n"
            }
        }
        return text
    }

    /// What the marks of ``mark(_:)`` mean, each only where it occurs.
    private static var withoutEffect: String {
        func paths(_ consumer: ConfigurationKey.Consumer) -> String {
            ConfigurationKey.all.filter { $0.consumer == consumer }.map { "`\($0.path)`" }.joined(separator: ", ")
        }
        let (unread, refused, settled) = (paths(.none), paths(.refused), paths(.settled))
        var text = unread.isEmpty && refused.isEmpty && settled.isEmpty ? "" : "## Keys without effect\n"
        if !unread.isEmpty {
            text += """

                Keys marked * are read and checked, but nothing in this version acts on them; `raceway serve` names those that were set:
                \(unread).

                """
        }
        if !refused.isEmpty {
            text += """

                Keys marked † would be unsafe to ignore: `raceway serve` refuses to start when one is changed: \(refused).

                """
        }
        if !settled.isEmpty {
            text += """

                Keys marked ‡ are read so that files of the reference work, and mean nothing here: \(settled). Spans of several services are
                always joined by what they propagated: left apart, work that one service ordered before another's would look unordered, and
                races would be reported that cannot happen.

                """
        }
        return text
    }

    private static func table(of key: ConfigurationKey) -> String {
        key.path.split(separator: ".").dropLast().joined(separator: ".")
    }
}
