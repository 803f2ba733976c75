/// Where a PostgreSQL store is and how it is used.
public struct PostgresOptions: Sendable, Hashable, CustomStringConvertible {
    /// What is at the other end.
    public enum Flavour: String, Sendable, CaseIterable {
        /// PostgreSQL itself.
        case postgres
        /// A hosted server behind a pooler that gives every transaction another session: TLS is required, and no session state or
        /// prepared statement is used.
        case supabase
    }

    /// `postgres://user:password@host:port/database?...` or `key=value ...` as libpq takes it, several hosts included.
    public var url: String
    public var flavour: Flavour
    /// All tables are in this schema.
    public var schema: String
    /// Connections, those of the writers included: queries get what the writers leave, at least one.
    public var pool: PoolOptions
    /// Connections that only append, each on a thread of its own. Two are right for two cores.
    public var writers: Int
    /// Create and upgrade tables when the store is opened; otherwise only check them.
    public var autoMigrate: Bool
    /// Seconds for one attempt to connect to one host.
    public var connectTimeoutSeconds: Int
    /// Milliseconds after which the server gives up a statement.
    public var statementTimeoutMilliseconds: Int
    /// Days for which partitions are made ahead.
    public var partitionsAhead: Int
    /// Events whose identity each writer remembers; duplicates of older ones are recognised by reading their trace.
    public var ledgerEventsMax: Int
    /// The bounds of one trace.
    public var traceLimits: TraceLimits

    /// Options for a server.
    public init(
        url: String,
        flavour: Flavour = .postgres,
        schema: String = "raceway",
        pool: PoolOptions = PoolOptions(),
        writers: Int = 2,
        autoMigrate: Bool = true,
        connectTimeoutSeconds: Int = 5,
        statementTimeoutMilliseconds: Int = 60_000,
        partitionsAhead: Int = 7,
        ledgerEventsMax: Int = 500_000,
        traceLimits: TraceLimits = TraceLimits()
    ) {
        self.url = url
        self.flavour = flavour
        self.schema = schema
        self.pool = pool
        self.writers = max(1, writers)
        self.autoMigrate = autoMigrate
        self.connectTimeoutSeconds = max(1, connectTimeoutSeconds)
        self.statementTimeoutMilliseconds = max(0, statementTimeoutMilliseconds)
        self.partitionsAhead = min(max(1, partitionsAhead), 60)
        self.ledgerEventsMax = max(1, ledgerEventsMax)
        self.traceLimits = traceLimits
    }

    /// Without the address, which may hold a password.
    public var description: String { "\(flavour.rawValue) schema \(schema)" }

    /// The pool of the connections that answer queries.
    var readers: PoolOptions {
        var readers = pool
        readers.maxConnections = max(1, pool.maxConnections - writers)
        readers.minConnections = min(pool.minConnections, readers.maxConnections)
        return readers
    }

    /// - Throws: `misconfigured` when the schema's name would need quotes.
    func checked() throws(StoreError) -> PostgresOptions {
        let isName =
            !schema.isEmpty && schema.utf8.count <= 63
            && schema.utf8.allSatisfy { ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 95 }
            && !(schema.utf8.first.map { $0 >= 48 && $0 <= 57 } ?? true)
        guard isName else {
            throw StoreError(
                .misconfigured,
                "the schema must be a name of lower-case letters, digits and underscores, not beginning with a digit"
            )
        }
        return self
    }
}
