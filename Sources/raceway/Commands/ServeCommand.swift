import ArgumentParser
import RacewayServer
import Reporting

/// `raceway serve`: the server, until a signal ends it.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Receive traces over HTTP and answer what raced.",
        discussion: """
            Settings come from the defaults, then --config, then --set, then the flags; the later wins. Keys: \
            \(Setting.all.map(\.key).joined(separator: ", ")).
            """
    )

    @Option(help: "Address to listen on.")
    var host: String?

    @Option(help: "Port to listen on, 0 for a free one.")
    var port: UInt16?

    @Option(help: "Where events are kept: memory.")
    var storage: String?

    @Option(name: .customLong("set"), help: ArgumentHelp("Set one key; may be repeated.", valueName: "key=value"))
    var assignments: [String] = []

    @Option(help: ArgumentHelp("Settings file (TOML: tables, strings, numbers).", valueName: "file"))
    var config: String?

    func run() async throws {
        let configuration = try settings()
        let server = RacewayApplication(configuration: configuration)
        let host = configuration.host
        do {
            try await server.run { port in
                let address = ServerAddress(host: host, port: port)
                Console.print(
                    "raceway \(RacewayVersion.current) listening on \(address)  (POST /events, GET /api/races)"
                )
                Console.hint("storage: memory, gone when the server ends. Ctrl-C to stop")
            }
        } catch let error as StartupError {
            throw CommandFailure.unreachable(error.description)
        }
    }

    /// Everything that was configured, the later source over the earlier.
    func settings() throws(CommandFailure) -> ServerConfiguration {
        var configuration = ServerConfiguration(version: RacewayVersion.current)
        if let config {
            guard let text = FileBytes.text(config, bytesMax: 1 << 20) else {
                throw .usage("--config \(config): no such file, or larger than a megabyte")
            }
            for entry in try SettingsFile.entries(text, name: config) {
                let place = "\(config):\(entry.line)"
                try Setting.named(entry.key, at: place).set(entry.value, in: &configuration, at: place)
            }
        }
        for assignment in assignments {
            guard let equals = assignment.firstIndex(of: "=") else {
                throw .usage("--set \(Terminal.printable(assignment)): expected key=value")
            }
            let setting = try Setting.named(String(assignment[..<equals]), at: "--set")
            try setting.set(String(assignment[assignment.index(after: equals)...]), in: &configuration, at: "--set")
        }
        if let storage {
            try Setting.named("storage.backend", at: "--storage").set(storage, in: &configuration, at: "--storage")
        }
        if let host { configuration.host = host }
        if let port { configuration.port = Int(port) }
        return configuration
    }
}
