import ArgumentParser
import FoundationEssentials
import Logging
import RacewayConfiguration
import RacewayServer
import Reporting

/// `raceway serve`: the server, until a signal ends it.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Receive traces over HTTP and answer what raced.",
        discussion: """
            Settings come from the built-in defaults, then --profile, then --config, then the environment \
            (RACEWAY_SERVER_PORT for server.port), then --set, then the flags; the later wins. 'raceway config explain KEY' \
            tells about a key, 'raceway config show --all' lists them.
            """
    )

    @Option(help: "Address to listen on.")
    var host: String?

    @Option(help: "Port to listen on, 0 for a free one.")
    var port: UInt16?

    @Option(help: "Where events are kept: memory, sqlite, sqlite:PATH, or the URL of a PostgreSQL database.")
    var storage: String?

    @OptionGroup var engine: EngineFlags
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        HeapPolicy.apply(processors: ProcessInfo.processInfo.activeProcessorCount)
        let loaded = try options.load(flags: assignments)
        let started = try loaded.serverConfiguration()
        loaded.warn()
        let settings = loaded.configuration
        var logger = Logger(label: "raceway.server") { _ in LineLogHandler(started.log) }
        logger.logLevel = Logger.Level(settings.logLevel)
        let plan = EnginePlan(settings, processors: ProcessInfo.processInfo.activeProcessorCount)
        let engine: ServerEngine
        do { engine = try await ServerEngine.open(plan, logger: logger) } catch {
            throw error.isConfiguration
                ? CommandFailure.configuration(error.message) : CommandFailure.unreachable(error.message)
        }
        let server = RacewayApplication(configuration: started, engine: engine, settings: loaded, logger: logger)
        do {
            try await server.run { port in
                let isSecure = settings.server.tls.isEnabled
                let address = ServerAddress(host: settings.server.host, port: port, isSecure: isSecure)
                Console.print(
                    "raceway \(RacewayVersion.current) listening on \(address)  (POST /events, GET /api/races)"
                )
                Console.hint("storage: \(Self.place(settings)). Ctrl-C to stop")
            } onOTLP: { transport, port in
                let host = started.otlp.host.isEmpty ? started.host : started.otlp.host
                Console.print("OTLP over \(transport.name) on \(host):\(port)")
            }
        } catch let error as StartupError {
            throw error.code == .certificateUnusable
                ? CommandFailure.configuration(error.description) : CommandFailure.unreachable(error.description)
        }
    }

    /// Where events go, without the address of a database, which may hold a password.
    private static func place(_ settings: Configuration) -> String {
        switch settings.storage.backend {
        case .memory:
            settings.walIsOn ? "memory, with a log in \(settings.walPath)" : "memory, gone when the server ends"
        case .sqlite: "SQLite in \(settings.sqlitePath), log in \(settings.walPath)"
        case .postgres, .supabase: "PostgreSQL, log in \(settings.walPath)"
        }
    }

    /// The flags that were given, as settings.
    var assignments: [ConfigurationLoader.Assignment] {
        var result = engine.assignments
        if let host { result.append(.init(path: "server.host", text: host, flag: "--host")) }
        if let port { result.append(.init(path: "server.port", text: String(port), flag: "--port")) }
        if let storage { result += Self.storage(storage) }
        return result
    }

    /// `sqlite:PATH` and URLs say the backend and where it is; anything else must be the name of a backend.
    private static func storage(_ text: String) -> [ConfigurationLoader.Assignment] {
        func assign(_ path: String, _ text: String) -> ConfigurationLoader.Assignment {
            .init(path: path, text: text, flag: "--storage")
        }
        if text.hasPrefix("sqlite:") {
            return [
                assign("storage.backend", "sqlite"),
                assign("storage.sqlite.path", String(text.dropFirst("sqlite:".count))),
            ]
        }
        if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
            return [assign("storage.backend", "postgres"), assign("storage.postgres.connection_string", text)]
        }
        return [assign("storage.backend", text)]
    }
}
