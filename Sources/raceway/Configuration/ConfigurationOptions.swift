import ArgumentParser
import FoundationEssentials
import RacewayConfiguration
import RacewayServer
import Reporting

/// Where a configuration comes from: the options that `serve`, `config` and `estimate` share.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Configuration file, TOML (else $RACEWAY_CONFIG).", valueName: "file"))
    var config: String?

    @Option(
        help: "Defaults to start from: \(Profile.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var profile: String?

    @Option(name: .customLong("set"), help: ArgumentHelp("Set one key; may be repeated.", valueName: "key=value"))
    var assignments: [String] = []

    @Flag(help: "Unknown keys are errors.")
    var strict = false

    /// The configuration, with `flags` as the strongest source.
    ///
    /// - Throws: with the exit code of a wrong configuration, and everything that is wrong with it.
    func load(
        flags: [ConfigurationLoader.Assignment] = []
    ) throws(CommandFailure) -> LoadedConfiguration {
        var loader = ConfigurationLoader()
        loader.isStrict = strict
        loader.environment = ProcessInfo.processInfo.environment
        if let path = config ?? Console.environment("RACEWAY_CONFIG") { loader.file = (path, try Self.bytes(path)) }
        if let profile {
            loader.assignments.append(.init(path: "profile", text: profile, flag: "--profile"))
        }
        for assignment in assignments {
            guard let equals = assignment.firstIndex(of: "=") else {
                throw .usage("--set \(Terminal.printable(assignment)): expected key=value")
            }
            let text = String(assignment[assignment.index(after: equals)...])
            loader.assignments.append(.init(path: String(assignment[..<equals]), text: text))
        }
        loader.assignments += flags
        do { return try loader.load() } catch {
            throw .configuration(Self.lines(error.problems))
        }
    }

    /// One problem a line, each but the first marked as what it is: the first is an error, and marked as such by who prints it.
    static func lines(_ problems: [ConfigurationProblem]) -> String {
        problems.enumerated().map { index, problem in
            (index == 0 ? "" : "\nraceway: \(problem.severity.rawValue): ") + problem.description
        }.joined()
    }

    private static func bytes(_ path: String) throws(CommandFailure) -> [UInt8] {
        guard !FileBytes.isDirectory(path),
            let data = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
        else {
            let reason = FileBytes.isDirectory(path) ? "a directory" : FileBytes.reason(path)
            throw .configuration("\(Terminal.printable(path)): \(reason); --config and RACEWAY_CONFIG name a TOML file")
        }
        return Array(data)
    }
}

extension LoadedConfiguration {
    /// What the server is started with.
    func serverConfiguration() throws(CommandFailure) -> ServerConfiguration {
        let keyFile = try text(of: "server.api_keys_file", "a file with 'role name key' a line")
        let secret = try text(of: "alerts.webhook.secret_file", "a file with the secret")
        do {
            return try ServerConfiguration(
                configuration,
                version: RacewayVersion.current,
                keyFile: keyFile,
                alertSecret: secret
            )
        } catch {
            let problems = error.problems.map { problem in
                var problem = problem
                problem.origin = origin(of: problem.key)
                return problem
            }
            throw .configuration(ConfigurationOptions.lines(problems))
        }
    }

    /// The text of the file that a key names; `nil` when it names none.
    private func text(of key: String, _ expected: String) throws(CommandFailure) -> String? {
        guard case .text(let path)? = ConfigurationKey.named(key)?.value(in: configuration), !path.isEmpty else {
            return nil
        }
        guard !FileBytes.isDirectory(path), let text = FileBytes.text(path, bytesMax: 1 << 20) else {
            throw .configuration(
                "\(origin(of: key)): \(key) = \(Terminal.printable(path)): \(FileBytes.reason(path)); "
                    + "name \(expected), at most a megabyte"
            )
        }
        return text
    }

    /// Says what is odd, and which settings nothing acts on yet.
    func warn() {
        for warning in warnings { Console.warn(warning.description) }
        let idle = withoutEffect.map(\.path)
        if !idle.isEmpty { Console.warn("read, no effect yet in this version: \(idle.joined(separator: ", "))") }
    }
}
