/// Brings the tables to the version of this program; any number of servers may do so at once.
enum PostgresMigrator {
    /// Creates and upgrades, or only checks, as the options say.
    static func prepare(_ session: PostgresConnection, _ options: PostgresOptions) throws(StoreError) {
        guard options.autoMigrate else { return try verify(session, schema: options.schema) }
        try migrate(session, schema: options.schema)
    }

    /// Creates and upgrades.
    static func migrate(_ session: PostgresConnection, schema: String) throws(StoreError) {
        try transaction(session) { () throws(StoreError) in
            // In the transaction, so that it works through a pooler and ends with the transaction whatever happens.
            try session.script("SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '300s'")
            try session.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [.text("\(schema).migrate")]) {
                _ in
            }
            try session.script(
                """
                CREATE SCHEMA IF NOT EXISTS \(schema);
                CREATE TABLE IF NOT EXISTS \(schema).schema_migration (version bigint PRIMARY KEY, name text NOT NULL,
                  sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
                """
            )
            let applied = try check(session, schema)
            for index in applied..<PostgresSchema.scripts.count {
                let (name, sql) = PostgresSchema.scripts[index]
                try session.script(PostgresSchema.text(sql, of: schema))
                try session.execute(
                    "INSERT INTO \(schema).schema_migration (version, name, sha256) VALUES ($1, $2, encode(sha256($3), 'hex'))",
                    [.integer(index + 1), .text(name), .bytes(Array(sql.utf8))]
                )
            }
        }
    }

    /// Only checks: `misconfigured` when something is missing or differs.
    static func verify(_ session: PostgresConnection, schema: String) throws(StoreError) {
        let applied = try applied(session, schema: schema)
        guard applied == PostgresSchema.scripts.count else {
            throw StoreError(
                .misconfigured,
                "schema \(schema) has version \(applied), this program needs \(PostgresSchema.scripts.count); "
                    + "run 'raceway migrate', or set storage.postgres.auto_migrate = true"
            )
        }
    }

    /// The version that the schema has, 0 without tables; `misconfigured` when it is newer or another edition's.
    static func applied(_ session: PostgresConnection, schema: String) throws(StoreError) -> Int {
        var exists = false
        try session.query("SELECT to_regclass($1) IS NOT NULL", [.text("\(schema).schema_migration")]) {
            exists = $0.integer(0) == 1
        }
        return exists ? try check(session, schema) : 0
    }

    /// The newest version that was applied, after checking that it is what this program knows.
    private static func check(_ session: PostgresConnection, _ schema: String) throws(StoreError) -> Int {
        var applied: [(version: Int, sha256: String)] = []
        try session.query("SELECT version, sha256 FROM \(schema).schema_migration ORDER BY version", []) {
            applied.append((Int($0.integer(0)), $0.text(1)))
        }
        let known = PostgresSchema.scripts.count
        if let newest = applied.last?.version, newest > known {
            throw StoreError(
                .misconfigured,
                "schema \(schema) has version \(newest), this program knows versions up to \(known); upgrade it"
            )
        }
        for (version, sha256) in applied {
            var expected = ""
            try session.query(
                "SELECT encode(sha256($1), 'hex')",
                [.bytes(Array(PostgresSchema.scripts[version - 1].sql.utf8))]
            ) { expected = $0.text(0) }
            guard sha256 == expected else {
                throw StoreError(
                    .misconfigured,
                    "version \(version) of schema \(schema) was made by another edition of this program; "
                        + "use the program that made it, or another schema"
                )
            }
        }
        return applied.count
    }

    /// Runs `body` in a transaction that is rolled back when it throws.
    static func transaction<Value>(
        _ session: PostgresConnection,
        _ begin: String? = nil,
        _ body: () throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        try session.script(begin ?? session.begin(reading: false))
        do {
            let value = try body()
            try session.script("COMMIT")
            return value
        } catch {
            if session.isUsable, !session.isIdle { try? session.script("ROLLBACK") }
            throw error
        }
    }
}
