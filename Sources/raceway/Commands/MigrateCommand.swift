import ArgumentParser
import RacewayConfiguration
import RacewayServer
import Reporting
import TraceStore

/// `raceway migrate`: the tables of the configured store, brought to this program's version or only looked at.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the tables of the configured store to this program's version.",
        discussion: """
            A server does the same at its start unless storage.postgres.auto_migrate is false. Any number of processes may do so at \
            once. Exit 0 when the tables are up to date, 1 when --check or --dry-run finds steps that are missing, 3 when the store \
            cannot be reached, 78 when it cannot be used: a newer schema, another program's file, a wrong password.
            """
    )

    @Flag(help: "Change nothing; say what is missing.")
    var check = false

    @Flag(help: "Change nothing; print the statements that are missing.")
    var dryRun = false

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let loaded = try options.load()
        loaded.warn()
        let place = try StorePlace(loaded.configuration)
        let status = try await place.attempt(place.schema)
        guard !status.pending.isEmpty else {
            return Console.print("\(place.name): version \(status.applied), up to date")
        }
        if check || dryRun {
            Console.hint("\(place.name): version \(status.applied), this program needs \(status.known)")
            for step in status.pending {
                Console.print(dryRun ? "-- \(step.version) \(step.name)\n\(step.sql)" : "\(step.version)  \(step.name)")
            }
            throw ExitCode(ExitStatus.findings)
        }
        try await place.attempt(place.migrate)
        let names = status.pending.map { "\($0.version) \($0.name)" }.joined(separator: ", ")
        Console.print("\(place.name): version \(status.known), applied \(names)")
    }
}

/// The configured store, as far as its tables are concerned.
struct StorePlace {
    private enum Kind {
        case sqlite(SQLiteOptions)
        case postgres(PostgresOptions)
    }

    private let kind: Kind
    /// For people, without an address.
    let name: String
    private let key: String

    init(_ configuration: Configuration) throws(CommandFailure) {
        switch EnginePlan(configuration, processors: 1).backend {
        case .memory:
            throw .usage("storage.backend = memory has no tables; configure sqlite or postgres")
        case .sqlite(let options):
            (kind, name, key) = (
                .sqlite(options), "SQLite file \(Terminal.printable(options.path))", "storage.sqlite.path"
            )
        case .postgres(let options):
            let schema = "PostgreSQL schema \(options.schema)"
            (kind, name, key) = (.postgres(options), schema, "storage.postgres.connection_string")
        }
    }

    func schema() async throws(StoreError) -> SchemaStatus {
        switch kind {
        case .sqlite(let options): try await SQLiteStore.schemaStatus(options)
        case .postgres(let options): try await PostgresStore.report(options).schema
        }
    }

    func migrate() async throws(StoreError) {
        switch kind {
        case .sqlite(let options): await (try SQLiteStore(options)).close()
        case .postgres(let options): try await PostgresStore.migrate(options)
        }
    }

    /// Turns what a store says into what the command ends with.
    func attempt<Value>(_ body: () async throws(StoreError) -> Value) async throws(CommandFailure) -> Value {
        do { return try await body() } catch {
            let text = "\(key): \(error.finalMessage)"
            throw error.code == .misconfigured || error.code == .corrupt ? .configuration(text) : .unreachable(text)
        }
    }
}
