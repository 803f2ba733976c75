import JSONText

/// Puts a configuration together: built-in < profile < file < environment < command line, the later over the earlier.
///
/// Every source is sparse: a key that it does not name keeps what was there before. Touches neither disk nor process;
/// the caller hands in what it read.
public struct ConfigurationLoader: Sendable {
    /// Content of `raceway.toml`, with the name that errors give it.
    public var file: (name: String, bytes: [UInt8])?
    /// The environment of the process.
    public var environment: [String: String] = [:]
    /// `--set` and the flags that stand for keys, in their order.
    public var assignments: [Assignment] = []
    /// Unknown keys are errors, not warnings.
    public var isStrict = false

    /// One key from the command line.
    public struct Assignment: Sendable, Hashable {
        public var path: String
        public var text: String
        /// The flag, for errors: `--port`.
        public var flag: String

        public init(path: String, text: String, flag: String = "--set") {
            self.path = path
            self.text = text
            self.flag = flag
        }
    }

    /// A loader without sources: it gives the built-in defaults.
    public init() {}

    /// The configuration, or everything that is wrong with it.
    public func load() throws(ConfigurationError) -> LoadedConfiguration {
        var reading = Reading(environment: environment, isStrict: isStrict)
        if let file { reading.read(file.bytes, name: file.name) }
        reading.readEnvironment()
        for assignment in assignments { reading.read(assignment) }
        reading.finish()

        var loaded = LoadedConfiguration()
        if let last = reading.settings.last(where: { $0.key.path == "profile" }), case .text(let name) = last.value,
            let profile = Profile(rawValue: name)
        {
            for (path, value) in profile.values {
                guard let key = ConfigurationKey.named(path) else { continue }
                key.write(&loaded.configuration, value)
                loaded.origins[key.path] = .profile(profile)
            }
        }
        for setting in reading.settings {
            setting.key.write(&loaded.configuration, setting.value)
            loaded.origins[setting.key.path] = setting.origin
        }
        var problems = reading.problems
        // Consequences of values that could not be read would only bury the cause.
        if !problems.contains(where: { $0.severity == .error }) {
            problems += loaded.configuration.problems().map { problem in
                var problem = problem
                problem.origin = loaded.origin(of: problem.key)
                return problem
            }
        }
        let errors = problems.filter { $0.severity == .error }
        // Whoever corrects the errors learns of the rest at once, not from the next start.
        guard errors.isEmpty else {
            throw ConfigurationError(problems: errors + problems.filter { $0.severity != .error })
        }
        loaded.warnings = problems
        return loaded
    }
}

/// A configuration, and where every value came from.
public struct LoadedConfiguration: Sendable {
    /// The values.
    public var configuration = Configuration()
    /// What is odd, but keeps nothing from working.
    public var warnings: [ConfigurationProblem] = []
    var origins: [String: ConfigurationOrigin] = [:]

    /// Where the value of a key came from.
    public func origin(of path: String) -> ConfigurationOrigin {
        origins[ConfigurationKey.named(path)?.path ?? path] ?? .builtIn
    }

    /// Keys that a file, a variable or a flag set although nothing acts on them yet.
    public var withoutEffect: [ConfigurationKey] {
        ConfigurationKey.all.filter { key in
            guard key.consumer == .none else { return false }
            return switch origin(of: key.path) {
            case .builtIn, .profile: false
            case .file, .environment, .commandLine, .program: true
            }
        }
    }
}

/// Sources turned into typed settings, problems collected on the way.
struct Reading {
    struct Setting {
        var key: ConfigurationKey
        var value: ConfigurationValue
        var origin: ConfigurationOrigin
    }

    let environment: [String: String]
    let isStrict: Bool
    private(set) var settings: [Setting] = []
    private(set) var problems: [ConfigurationProblem] = []
    /// Keys that nobody knows; only the first are told, since finding each one's neighbour and line takes time.
    private var unknownCount = 0
    static let unknownMax = 50

    init(environment: [String: String], isStrict: Bool) {
        self.environment = environment
        self.isStrict = isStrict
    }

    /// A file. One that is no TOML gives one problem and no setting.
    mutating func read(_ bytes: [UInt8], name: String) {
        let document: TOMLDocument
        do { document = try TOMLDocument(bytes) } catch {
            let place = ConfigurationOrigin.file(name, error.position)
            report(.error, "", nil, place, error.message, "the file must be TOML 1.0")
            return
        }
        read(document.root, prefix: "") { .file(name, document.position(of: $0)) }
    }

    private mutating func read(_ table: TOMLTable, prefix: String, place: (Int) -> ConfigurationOrigin) {
        for entry in table.entries {
            let path = prefix + entry.key
            // A quoted key with a dot in it names nothing, even if it looks like a path.
            if !entry.key.contains("."), let key = ConfigurationKey.named(path) {
                let origin = place(entry.node.offset)
                noteFormer(path, key, origin)
                take(entry.node.value, key, origin)
            } else if !entry.key.contains("."), ConfigurationKey.isTable(path) {
                guard case .table(let child) = entry.node.value else {
                    let origin = place(entry.node.offset)
                    report(
                        .error,
                        path,
                        nil,
                        origin,
                        "expected a table, found \(entry.node.value.kind)",
                        "write [\(path)]"
                    )
                    continue
                }
                read(child, prefix: path + ".", place: place)
            } else {
                unknown(path, isError: isStrict) { place(entry.node.offset) }
            }
        }
    }

    private mutating func take(_ node: TOMLValue, _ key: ConfigurationKey, _ origin: ConfigurationOrigin) {
        do {
            settings.append(Setting(key: key, value: try key.value(of: node, environment), origin: origin))
        } catch {
            switch error {
            case .expansion(let failure):
                report(.error, key.path, nil, origin, failure.reason, failure.remedy)
            case .value(let failure):
                report(.error, key.path, Self.shown(node, key), origin, failure.reason, key.remedy)
            }
        }
    }

    /// Every variable that stands for a key, and those that look as if they should. An empty one counts as unset.
    mutating func readEnvironment() {
        for key in ConfigurationKey.all {
            // Weakest first, so that the derived name wins over its aliases.
            for name in key.environmentNames.reversed() {
                guard var text = environment[name], !text.isEmpty else { continue }
                // systemd joins several directories with colons; the first is the one to write to.
                if name == "STATE_DIRECTORY" { text = String(text.prefix { $0 != ":" }) }
                take(text, key, .environment(name))
            }
        }
        for name in environment.keys.sorted() where EnvironmentNames.isUnknown(name) {
            let path = name.dropFirst(EnvironmentNames.prefix.count).lowercased()
            let near = ConfigurationKey.all.map(\.environmentName)
            let hint = EditDistance.nearest(to: name, among: near).map { "did you mean \($0)?" } ?? ""
            let severity: ConfigurationProblem.Severity = isStrict ? .error : .warning
            report(severity, path, nil, .environment(name), "no such key", hint)
        }
    }

    /// A flag. One that names no key is an error: whoever typed it meant something.
    mutating func read(_ assignment: ConfigurationLoader.Assignment) {
        let origin = ConfigurationOrigin.commandLine(assignment.flag)
        guard let key = ConfigurationKey.named(assignment.path) else {
            unknown(assignment.path, isError: true) { origin }
            return
        }
        noteFormer(assignment.path, key, origin)
        take(assignment.text, key, origin)
    }

    private mutating func take(_ text: String, _ key: ConfigurationKey, _ origin: ConfigurationOrigin) {
        do {
            settings.append(Setting(key: key, value: try key.value(ofText: text), origin: origin))
        } catch {
            let isServiceLink = text.hasPrefix("tcp://")
            let remedy =
                isServiceLink
                ? "Kubernetes sets this for a service of that name: set enableServiceLinks to false in the pod"
                : key.remedy
            report(.error, key.path, key.shown(.text(text)), origin, error.reason, remedy)
        }
    }

    private mutating func unknown(_ path: String, isError: Bool, at place: () -> ConfigurationOrigin) {
        unknownCount += 1
        // A flag is an error of its own; when all are errors, the first ones and the count are enough.
        guard unknownCount <= Self.unknownMax || (isError && !isStrict) else { return }
        let hint = ConfigurationKey.nearest(to: path).map { "did you mean \($0)?" } ?? "see raceway config show"
        report(isError ? .error : .warning, path, nil, place(), "no such key", hint)
    }

    /// Says what was left out.
    mutating func finish() {
        guard unknownCount > Self.unknownMax else { return }
        report(
            isStrict ? .error : .warning,
            "",
            nil,
            nil,
            "\(unknownCount) keys are unknown",
            "is this the right file?"
        )
    }

    private mutating func noteFormer(_ path: String, _ key: ConfigurationKey, _ origin: ConfigurationOrigin) {
        guard path != key.path else { return }
        report(.warning, path, nil, origin, "this key has a new name", "write \(key.path)")
    }

    private mutating func report(
        _ severity: ConfigurationProblem.Severity,
        _ key: String,
        _ value: String?,
        _ origin: ConfigurationOrigin?,
        _ reason: String,
        _ remedy: String
    ) {
        problems.append(
            ConfigurationProblem(
                severity: severity,
                key: key,
                value: value,
                origin: origin,
                reason: reason,
                remedy: remedy
            )
        )
    }

    /// A node as an error may show it: scalars only, and nothing of a secret.
    private static func shown(_ node: TOMLValue, _ key: ConfigurationKey) -> String? {
        if key.isSecret { return Secret.redaction }
        return switch node {
        case .string(let text): ConfigurationValue.text(text).literal
        case .integer(let value): String(value)
        case .float(let value): String(value)
        case .boolean(let value): String(value)
        case .dateTime(let text): text
        case .array, .table: nil
        }
    }
}

/// Names of environment variables that begin like ours.
enum EnvironmentNames {
    static let prefix = "RACEWAY_"

    /// Read by the command itself, by client commands, by SDKs or by the tests.
    private static let others: Set<String> = [
        "RACEWAY_CONFIG", "RACEWAY_SERVER", "RACEWAY_API_KEY", "RACEWAY_CORPORA", "RACEWAY_FULL_SIZE",
        "RACEWAY_PROPERTY_CASES", "RACEWAY_SEED",
    ]

    private static let keys = Set(ConfigurationKey.all.flatMap(\.environmentNames))

    /// True for a name that looks like a key's and is none.
    static func isUnknown(_ name: String) -> Bool {
        name.hasPrefix(prefix) && !keys.contains(name) && !others.contains(name) && !isServiceLink(name)
    }

    /// What Kubernetes sets in every pod next to a service called raceway.
    private static func isServiceLink(_ name: String) -> Bool {
        let rest = name.dropFirst(prefix.count)
        return rest == "PORT" || rest.hasPrefix("PORT_") || rest == "SERVICE_HOST" || rest.hasPrefix("SERVICE_PORT")
    }
}

extension ConfigurationKey {
    /// What to do about a value that does not fit.
    var remedy: String { "raceway config explain \(path) says more" }
}
