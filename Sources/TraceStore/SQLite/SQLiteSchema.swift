/// The tables of an SQLite store, one script a version. A script that was released is never changed.
enum SQLiteSchema {
    static let scripts: [(name: String, sql: String)] = [
        ("first tables", first), ("arrival", arrival), ("names in use", namesInUse),
    ]

    private static let first = """
        CREATE TABLE tally (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL, events INTEGER NOT NULL,
          traces INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
        INSERT INTO tally VALUES (1, 0, 0, 0, 0);
        CREATE TABLE trace (number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, revision INTEGER NOT NULL,
          version INTEGER NOT NULL, events INTEGER NOT NULL, bytes INTEGER NOT NULL, first_ts INTEGER NOT NULL,
          last_ts INTEGER NOT NULL, card BLOB NOT NULL) STRICT;
        CREATE INDEX trace_last ON trace (last_ts DESC, id);
        CREATE INDEX trace_revision ON trace (revision);
        -- key = number of the trace * 2^24 + sequence, so that a trace lies together and new traces at the end
        CREATE TABLE segment (key INTEGER PRIMARY KEY, events INTEGER NOT NULL, first_ts INTEGER NOT NULL,
          last_ts INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
        CREATE TABLE service_name (hash INTEGER PRIMARY KEY, name BLOB NOT NULL) STRICT;
        CREATE TABLE variable_name (hash INTEGER PRIMARY KEY, name BLOB NOT NULL) STRICT;
        CREATE TABLE trace_service (trace INTEGER NOT NULL, service INTEGER NOT NULL, events INTEGER NOT NULL,
          timed INTEGER NOT NULL, nanoseconds INTEGER NOT NULL, errors INTEGER NOT NULL, last_ts INTEGER NOT NULL,
          PRIMARY KEY (trace, service)) STRICT, WITHOUT ROWID;
        CREATE INDEX trace_service_service ON trace_service (service, trace);
        CREATE TABLE access (trace INTEGER NOT NULL, variable INTEGER NOT NULL, service INTEGER NOT NULL,
          first_ts INTEGER NOT NULL, last_ts INTEGER NOT NULL, reads INTEGER NOT NULL, writes INTEGER NOT NULL,
          atomics INTEGER NOT NULL, PRIMARY KEY (trace, variable, service)) STRICT, WITHOUT ROWID;
        CREATE INDEX access_variable ON access (variable, trace);
        CREATE TABLE finding (trace BLOB NOT NULL, ordinal INTEGER NOT NULL, id TEXT NOT NULL, fingerprint TEXT NOT NULL,
          kind TEXT NOT NULL, grade TEXT NOT NULL, severity TEXT NOT NULL, object BLOB NOT NULL, moment INTEGER NOT NULL,
          document BLOB NOT NULL, PRIMARY KEY (trace, ordinal)) STRICT, WITHOUT ROWID;
        CREATE INDEX finding_fingerprint ON finding (fingerprint, moment DESC);
        CREATE TABLE finding_group (fingerprint TEXT PRIMARY KEY, kind TEXT NOT NULL, grade TEXT NOT NULL,
          severity TEXT NOT NULL, object BLOB NOT NULL, id TEXT NOT NULL, moment INTEGER NOT NULL, document BLOB NOT NULL,
          trace BLOB NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, instances INTEGER NOT NULL,
          traces INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'open', reason BLOB NOT NULL DEFAULT x'', expires INTEGER)
          STRICT;
        CREATE INDEX finding_group_seen ON finding_group (last_seen DESC, fingerprint);
        CREATE TABLE log_position (source TEXT NOT NULL, part INTEGER NOT NULL, epoch INTEGER NOT NULL,
          sequence INTEGER NOT NULL, PRIMARY KEY (source, part)) STRICT, WITHOUT ROWID;
        """

    /// Retention counts from when events came, whatever their own time says; of older rows nothing is known.
    private static let arrival = """
        ALTER TABLE trace ADD COLUMN arrived INTEGER NOT NULL DEFAULT 0;
        UPDATE trace SET arrived = strftime('%s', 'now') * 1000000000;
        """

    /// The day since 1970 on which a name was last needed; of older rows the day of this change.
    private static let namesInUse = """
        ALTER TABLE variable_name ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE service_name ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
        UPDATE variable_name SET used = strftime('%s', 'now') / 86400;
        UPDATE service_name SET used = strftime('%s', 'now') / 86400;
        """

    /// What `PRAGMA application_id` says of our files: "RWAY".
    static let applicationID: Int64 = 0x5257_4159

    /// Brings a file to the newest version; refuses files of other programs and of newer versions.
    static func migrate(_ connection: SQLiteConnection, path: String) throws(StoreError) {
        try connection.transaction(writing: true) { () throws(StoreError) in
            let version = try applied(connection, path: path)
            guard version < scripts.count else { return }
            for script in scripts[version...] { try connection.script(script.sql) }
            try connection.script("PRAGMA user_version = \(scripts.count); PRAGMA application_id = \(applicationID);")
        }
    }

    /// The version of a file that is ours or empty.
    static func applied(_ connection: SQLiteConnection, path: String) throws(StoreError) -> Int {
        let version = Int(try pragma("user_version", connection))
        let application = try pragma("application_id", connection)
        var tables: Int64 = 0
        try connection.query("SELECT count(*) FROM sqlite_schema", []) { tables = $0.integer(0) }
        guard application == applicationID || tables == 0 else {
            throw StoreError(.misconfigured, "\(path) is an SQLite file of another program; name another file")
        }
        guard version <= scripts.count else {
            throw StoreError(
                .misconfigured,
                "\(path) has schema version \(version), this program knows versions up to \(scripts.count); upgrade it"
            )
        }
        return version
    }

    static func pragma(_ name: String, _ connection: SQLiteConnection) throws(StoreError) -> Int64 {
        var value: Int64 = 0
        try connection.query("PRAGMA \(name)", []) { value = $0.integer(0) }
        return value
    }
}
