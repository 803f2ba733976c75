/// How far the tables of a store are behind this program.
public struct SchemaStatus: Sendable, Hashable {
    /// One step that is missing.
    public struct Step: Sendable, Hashable {
        public var version: Int
        public var name: String
        /// What it runs.
        public var sql: String
    }

    /// The version that the store has; 0 when there are no tables yet.
    public var applied: Int
    /// The newest version that this program knows.
    public var known: Int
    /// Steps from one to the other, in order.
    public var pending: [Step]

    init(applied: Int, scripts: [(name: String, sql: String)]) {
        self.applied = applied
        known = scripts.count
        pending = scripts.indices.dropFirst(applied).map { index in
            Step(version: index + 1, name: scripts[index].name, sql: scripts[index].sql)
        }
    }
}

extension SQLiteStore {
    /// Looks at a file without changing it; one that does not exist yet has version 0.
    ///
    /// - Throws: what ``init(_:)`` throws for a file of another program, of a newer version, or that cannot be read.
    public static func schemaStatus(_ options: SQLiteOptions) async throws(StoreError) -> SchemaStatus {
        guard FileLock.exists(options.path) else { return SchemaStatus(applied: 0, scripts: SQLiteSchema.scripts) }
        return try await once { () throws(StoreError) in
            let connection = try SQLiteConnection(
                path: options.path,
                create: false,
                busyMilliseconds: Int32(clamping: options.busyTimeoutMilliseconds)
            )
            let applied = try connection.transaction(writing: false) { () throws(StoreError) in
                try SQLiteSchema.applied(connection, path: options.path)
            }
            return SchemaStatus(applied: applied, scripts: SQLiteSchema.scripts)
        }
    }
}

/// What can be told of a PostgreSQL server without using it.
public struct PostgresReport: Sendable, Hashable {
    public var schema: SchemaStatus
    /// As the server says: `15.8 (Debian …)`.
    public var serverVersion: String
    /// The server's clock less ours, in nanoseconds; as exact as the way there is short.
    public var clockAhead: Int64
    /// Connections that the server takes, and those open now.
    public var connectionsMax: Int
    public var connections: Int
    /// Whether it takes writes: a standby does not.
    public var isWritable: Bool
    /// Whether a pooler stands before it, so that nothing is kept in sessions: statements are planned anew every time.
    public var isPooled: Bool
}

extension PostgresStore {
    /// Connects and looks, without changing anything.
    ///
    /// - Throws: what ``init(_:)`` throws, `misconfigured` for a newer schema included.
    public static func report(_ options: PostgresOptions) async throws(StoreError) -> PostgresReport {
        let options = try options.checked()
        return try await once { () throws(StoreError) in
            let session = try PostgresConnection(options, writing: false)
            let applied = try PostgresMigrator.applied(session, schema: options.schema)
            var report = PostgresReport(
                schema: SchemaStatus(applied: applied, scripts: PostgresSchema.scripts(of: options.schema)),
                serverVersion: "",
                clockAhead: 0,
                connectionsMax: 0,
                connections: 0,
                isWritable: true,
                isPooled: !session.isOwnSession
            )
            let before = WallTime.nanoseconds()
            try session.query(
                """
                SELECT current_setting('server_version'), CAST(extract(epoch FROM clock_timestamp()) * 1e9 AS bigint),
                  CAST(current_setting('max_connections') AS bigint),
                  (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), NOT pg_is_in_recovery()
                """,
                []
            ) { row in
                report.serverVersion = row.text(0)
                report.clockAhead = row.integer(1) - (before + WallTime.nanoseconds()) / 2
                report.connectionsMax = Int(row.integer(2))
                report.connections = Int(row.integer(3))
                report.isWritable = row.integer(4) == 1
            }
            return report
        }
    }

    /// Brings the tables to the newest version; any number of servers may do so at once.
    public static func migrate(_ options: PostgresOptions) async throws(StoreError) {
        let options = try options.checked()
        try await once { () throws(StoreError) in
            let session = try PostgresConnection(options, writing: true)
            try PostgresMigrator.migrate(session, schema: options.schema)
        }
    }
}

/// Runs something that blocks on a thread of its own, once.
private func once<Value: Sendable>(
    _ body: @escaping @Sendable () throws(StoreError) -> Value
) async throws(StoreError) -> Value {
    let worker = Workers { _ in 0 }
    do throws(StoreError) {
        let value = try await worker.run { _ throws(StoreError) in try body() }
        await worker.close()
        return value
    } catch {
        await worker.close()
        throw error
    }
}
