// `[storage]` and its tables.

extension ConfigurationKey {
    static let storageKeys: [ConfigurationKey] = [
        .choice(
            "storage.backend",
            \.storage.backend,
            .reference,
            "Where events are kept; supabase is PostgreSQL behind a pooler, with TLS."
        ),
        .text(
            "storage.data_dir",
            \.storage.dataDirectory,
            .own,
            "Directory of everything that has no path of its own: database, log, checkpoints, dead letters.",
            mayBeEmpty: false,
            aliases: ["STATE_DIRECTORY"]
        ),
        .integer(
            "storage.memory.events_max",
            \.storage.memory.maxEvents,
            1...1_000_000_000,
            .events,
            .own,
            "Events the memory store holds; the oldest traces go first."
        ),
        .integer(
            "storage.memory.bytes_max",
            \.storage.memory.maxBytes,
            1...(1 << 40),
            .bytes,
            .own,
            "Bytes the memory store holds."
        ),
        .integer(
            "storage.memory.traces_max",
            \.storage.memory.maxTraces,
            1...100_000_000,
            .own,
            "Traces the memory store holds."
        ),
        .text(
            "storage.sqlite.path",
            \.storage.sqlite.path,
            .own,
            "Database file; empty is `raceway.db` in the data directory."
        ),
        .integer(
            "storage.sqlite.busy_timeout_ms",
            \.storage.sqlite.busyTimeoutMilliseconds,
            0...600_000,
            .milliseconds,
            .own,
            "How long to wait for another process's lock."
        ),
        .integer("storage.sqlite.readers", \.storage.sqlite.readers, 1...64, .own, "Connections that queries share."),
    ]

    static let postgresKeys: [ConfigurationKey] = [
        .secret(
            "storage.postgres.connection_string",
            \.storage.postgres.connectionString,
            .reference,
            "URL or `key=value` string for libpq; needed for postgres and supabase.",
            aliases: ["DATABASE_URL"]
        ),
        .integer(
            "storage.postgres.max_connections",
            \.storage.postgres.maxConnections,
            1...10_000,
            .reference,
            "Connections kept at most, writers included."
        ),
        .integer(
            "storage.postgres.min_connections",
            \.storage.postgres.minConnections,
            0...10_000,
            .reference,
            "Connections kept warm."
        ),
        .integer(
            "storage.postgres.max_overflow",
            \.storage.postgres.maxOverflow,
            0...10_000,
            .services,
            "Connections above the most, closed when they are given back."
        ),
        .integer(
            "storage.postgres.writer_connections",
            \.storage.postgres.writerConnections,
            1...64,
            .own,
            "Connections of their own for ingest, so that queries cannot starve it."
        ),
        .integer(
            "storage.postgres.max_waiters",
            \.storage.postgres.maxWaiters,
            0...100_000,
            .own,
            "Queries that may wait for a connection; beyond it 503."
        ),
        .integer(
            "storage.postgres.connection_timeout_seconds",
            \.storage.postgres.connectionTimeoutSeconds,
            1...3_600,
            .seconds,
            .reference,
            "Longest wait for a connection from the pool, connecting included."
        ),
        .integer(
            "storage.postgres.connect_timeout_seconds",
            \.storage.postgres.connectTimeoutSeconds,
            1...600,
            .seconds,
            .services,
            "Longest one attempt to connect to one host takes."
        ),
        .integer(
            "storage.postgres.statement_timeout_seconds",
            \.storage.postgres.statementTimeoutSeconds,
            0...86_400,
            .seconds,
            .services,
            "Longest a statement runs; 0 is without limit."
        ),
        .integer(
            "storage.postgres.max_lifetime_seconds",
            \.storage.postgres.maxLifetimeSeconds,
            0...604_800,
            .seconds,
            .services,
            "Age at which a connection is replaced, a tenth more or less; 0 is never."
        ),
        .integer(
            "storage.postgres.idle_timeout_seconds",
            \.storage.postgres.idleTimeoutSeconds,
            0...604_800,
            .seconds,
            .own,
            "How long an idle connection above the warm ones is kept; 0 is for ever."
        ),
        .integer(
            "storage.postgres.retry_initial_ms",
            \.storage.postgres.retryInitialMilliseconds,
            1...600_000,
            .milliseconds,
            .services,
            "First pause after a failed write; it doubles from there."
        ),
        .integer(
            "storage.postgres.retry_max_ms",
            \.storage.postgres.retryMaxMilliseconds,
            1...3_600_000,
            .milliseconds,
            .services,
            "Longest pause between attempts."
        ),
        .integer(
            "storage.postgres.startup_timeout_seconds",
            \.storage.postgres.startupTimeoutSeconds,
            0...86_400,
            .seconds,
            .services,
            "How long a start waits for the database before it fails."
        ),
        .boolean(
            "storage.postgres.auto_migrate",
            \.storage.postgres.autoMigrate,
            .reference,
            "Bring the schema up to date at start; false only checks it."
        ),
    ]

    static let retentionKeys: [ConfigurationKey] = [
        .boolean("retention.enabled", \.retention.isEnabled, .own, "Remove old traces from durable stores."),
        .integer(
            "retention.days",
            \.retention.days,
            1...36_500,
            .days,
            .own,
            "How long a trace is kept after its last event came."
        ),
        .integer(
            "retention.race_days",
            \.retention.raceDays,
            1...36_500,
            .days,
            .own,
            "How long a trace is kept in which something raced, after its last event came."
        ),
        .integer(
            "retention.max_bytes",
            \.retention.maxBytes,
            0...(1 << 50),
            .bytes,
            .own,
            "Bytes of stored events above which traces go early, those first that grew longest ago; 0 is none."
        ),
        .integer(
            "retention.interval_seconds",
            \.retention.intervalSeconds,
            1...86_400,
            .seconds,
            .own,
            "How often old traces are looked for."
        ),
    ]
}
