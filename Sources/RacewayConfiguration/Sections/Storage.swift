extension Configuration {
    /// Where events are kept.
    public struct Storage: Sendable, Hashable {
        public var backend = StorageBackend.memory
        public var dataDirectory = "raceway-data"
        public var memory = Memory()
        public var sqlite = SQLite()
        public var postgres = Postgres()

        public init() {}
    }

    /// The stores.
    public enum StorageBackend: String, Sendable, Hashable, CaseIterable {
        case memory, sqlite, postgres
        /// PostgreSQL behind a pooler, through TLS.
        case supabase

        /// True when events outlive the process.
        public var isDurable: Bool { self != .memory }
        /// True when the store is a PostgreSQL server.
        public var isPostgres: Bool { self == .postgres || self == .supabase }
    }

    /// Bounds of the memory store.
    public struct Memory: Sendable, Hashable {
        public var maxEvents = 5_000_000
        public var maxBytes = 2 << 30
        public var maxTraces = 500_000
    }

    /// The embedded store on disk.
    public struct SQLite: Sendable, Hashable {
        /// Empty for `raceway.db` in the data directory; see ``Configuration/sqlitePath``.
        public var path = ""
        public var busyTimeoutMilliseconds = 5_000
        public var readers = 4
    }

    /// A PostgreSQL server and the pool of connections to it.
    public struct Postgres: Sendable, Hashable {
        public var connectionString = Secret("")
        public var maxConnections = 10
        public var minConnections = 2
        public var maxOverflow = 0
        public var writerConnections = 2
        public var maxWaiters = 64
        /// Longest wait for a connection from the pool, connecting included.
        public var connectionTimeoutSeconds = 30
        public var connectTimeoutSeconds = 10
        public var statementTimeoutSeconds = 30
        public var maxLifetimeSeconds = 3_600
        public var idleTimeoutSeconds = 600
        public var retryInitialMilliseconds = 100
        public var retryMaxMilliseconds = 30_000
        public var startupTimeoutSeconds = 60
        public var autoMigrate = true
    }
}
