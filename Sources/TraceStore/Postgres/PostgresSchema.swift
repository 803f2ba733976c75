/// The tables of a PostgreSQL store, one script a version; `%s` stands for the schema. A script that was released is never
/// changed: its checksum is recorded.
enum PostgresSchema {
    /// Day of the partition that holds what outlives the partition it was written to.
    static let keptDay = "DATE '9999-01-01'"

    /// Rows of counters, so that writers rarely wait for each other.
    private static let tallySlots: UInt32 = 16

    /// The row of counters of a session.
    static func tallySlot(_ sessionNumber: UInt32) -> Int64 { Int64(sessionNumber % tallySlots) }

    static let scripts: [(name: String, sql: String)] = [
        ("first tables", first), ("arrival", arrival), ("fewer indexes", fewerIndexes),
        ("names in use", namesInUse),
    ]

    /// The scripts as they run in a schema.
    static func scripts(of schema: String) -> [(name: String, sql: String)] {
        scripts.map { ($0.name, text($0.sql, of: schema)) }
    }

    static func text(_ sql: String, of schema: String) -> String {
        sql.split(separator: "%s").joined(separator: schema)
    }

    private static let first = """
        CREATE TABLE %s.tally (slot bigint PRIMARY KEY, revision bigint NOT NULL DEFAULT 0, events bigint NOT NULL DEFAULT 0,
          traces bigint NOT NULL DEFAULT 0, bytes bigint NOT NULL DEFAULT 0) WITH (fillfactor = 50);
        INSERT INTO %s.tally (slot) SELECT generate_series(0, 15);
        -- born: every segment of the trace has a greater sequence; version: the sequence of the last one
        CREATE TABLE %s.trace (id uuid PRIMARY KEY, born bigint NOT NULL, version bigint NOT NULL, revision bigint NOT NULL,
          events bigint NOT NULL, bytes bigint NOT NULL, first_ts bigint NOT NULL, last_ts bigint NOT NULL,
          first_day date NOT NULL, last_day date NOT NULL, card bytea NOT NULL) WITH (fillfactor = 80);
        CREATE INDEX trace_last ON %s.trace (last_ts DESC, id);
        CREATE INDEX trace_revision ON %s.trace (revision DESC);
        CREATE INDEX trace_day ON %s.trace (last_day);
        -- one row a trace and flush; day is the day of writing, so that no event is too late for its partition
        CREATE TABLE %s.segment (day date NOT NULL, trace uuid NOT NULL, seq bigint NOT NULL, events bigint NOT NULL,
          first_ts bigint NOT NULL, last_ts bigint NOT NULL, body bytea NOT NULL, PRIMARY KEY (trace, seq, day))
          PARTITION BY RANGE (day);
        -- compressed already
        ALTER TABLE %s.segment ALTER COLUMN body SET STORAGE EXTERNAL;
        CREATE TABLE %s.access (day date NOT NULL, trace uuid NOT NULL, variable bigint NOT NULL, service bigint NOT NULL,
          first_ts bigint NOT NULL, last_ts bigint NOT NULL, reads bigint NOT NULL, writes bigint NOT NULL,
          atomics bigint NOT NULL) PARTITION BY RANGE (day);
        CREATE INDEX access_variable ON %s.access (variable, last_ts);
        CREATE INDEX access_trace ON %s.access (trace);
        CREATE TABLE %s.segment_kept PARTITION OF %s.segment FOR VALUES FROM ('9999-01-01') TO ('9999-01-02');
        CREATE TABLE %s.access_kept PARTITION OF %s.access FOR VALUES FROM ('9999-01-01') TO ('9999-01-02');
        CREATE TABLE %s.service_name (hash bigint PRIMARY KEY, name bytea NOT NULL);
        CREATE TABLE %s.variable_name (hash bigint PRIMARY KEY, name bytea NOT NULL);
        CREATE TABLE %s.trace_service (trace uuid NOT NULL, service bigint NOT NULL, events bigint NOT NULL,
          timed bigint NOT NULL, nanoseconds bigint NOT NULL, errors bigint NOT NULL, last_ts bigint NOT NULL,
          PRIMARY KEY (trace, service)) WITH (fillfactor = 80);
        CREATE INDEX trace_service_service ON %s.trace_service (service, trace);
        CREATE TABLE %s.finding (trace uuid NOT NULL, ordinal bigint NOT NULL, id text NOT NULL, fingerprint text NOT NULL,
          kind text NOT NULL, grade text NOT NULL, severity text NOT NULL, object bytea NOT NULL, moment bigint NOT NULL,
          document bytea NOT NULL, PRIMARY KEY (trace, ordinal));
        CREATE INDEX finding_fingerprint ON %s.finding (fingerprint, moment DESC);
        CREATE TABLE %s.finding_group (fingerprint text PRIMARY KEY, kind text NOT NULL, grade text NOT NULL,
          severity text NOT NULL, object bytea NOT NULL, id text NOT NULL, moment bigint NOT NULL, document bytea NOT NULL,
          trace uuid NOT NULL, first_seen bigint NOT NULL, last_seen bigint NOT NULL, instances bigint NOT NULL,
          traces bigint NOT NULL, state text NOT NULL DEFAULT 'open', reason bytea NOT NULL DEFAULT '', expires bigint);
        CREATE INDEX finding_group_seen ON %s.finding_group (last_seen DESC, fingerprint);
        CREATE TABLE %s.log_position (source text NOT NULL, part bigint NOT NULL, epoch bigint NOT NULL,
          sequence bigint NOT NULL, PRIMARY KEY (source, part)) WITH (fillfactor = 50);
        """

    /// Retention counts from when events came, whatever their own time says. Of older rows only the day is known: its end.
    private static let arrival = """
        ALTER TABLE %s.trace ADD COLUMN arrived bigint NOT NULL DEFAULT 0;
        UPDATE %s.trace SET arrived = (last_day - DATE '1970-01-01' + 1) * 86400000000000;
        CREATE TABLE %s.checkpoint (instance text NOT NULL, number bigint NOT NULL, aside boolean NOT NULL DEFAULT false,
          created_at timestamptz NOT NULL DEFAULT now(), bytes bytea NOT NULL, PRIMARY KEY (instance, number));
        -- compressed already
        ALTER TABLE %s.checkpoint ALTER COLUMN bytes SET STORAGE EXTERNAL;
        """

    /// What only retention and the replacement of events used cost more at every flush than all that they ever saved.
    private static let fewerIndexes = """
        DROP INDEX %s.access_trace;
        DROP INDEX %s.trace_day;
        """

    /// The day since 1970 on which a name was last needed; of older rows the day of this change. The default serves servers of the
    /// version before, which write beside this one.
    private static let namesInUse = """
        ALTER TABLE %s.variable_name ADD COLUMN used bigint NOT NULL DEFAULT floor(extract(epoch FROM now()) / 86400);
        ALTER TABLE %s.service_name ADD COLUMN used bigint NOT NULL DEFAULT floor(extract(epoch FROM now()) / 86400);
        """

    /// Makes the partitions of the days from `first` to `last`, counted from 1970; in a transaction of its own.
    static func ensurePartitions(_ schema: String, from first: Int32, through last: Int32) -> String {
        """
        DO $$ DECLARE d date; t text; BEGIN
          PERFORM pg_advisory_xact_lock(hashtextextended('\(schema).partitions', 0));
          FOR d IN SELECT DATE '1970-01-01' + g FROM generate_series(\(first), \(last)) g LOOP
            FOREACH t IN ARRAY ARRAY['segment', 'access'] LOOP
              IF to_regclass(format('\(schema).%I', t || to_char(d, '_YYYYMMDD'))) IS NULL THEN
                EXECUTE format('CREATE TABLE \(schema).%I PARTITION OF \(schema).%I FOR VALUES FROM (%L) TO (%L)',
                  t || to_char(d, '_YYYYMMDD'), t, d, d + 1);
              END IF;
            END LOOP;
          END LOOP;
        END $$
        """
    }
}
