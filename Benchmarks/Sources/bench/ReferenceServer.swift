import CPQ
import TraceModel
import TraceStore

/// The same PostgreSQL used in two other ways, as yardsticks: a row an event as the reference keeps them, and raw COPY.
final class ReferenceServer {
    struct Failure: Error { var text: String }

    private let connection: OpaquePointer

    init(_ url: String) throws {
        guard let made = PQconnectdb(url), PQstatus(made) == CONNECTION_OK else { throw Failure(text: "no connection") }
        connection = made
        PQsetNoticeProcessor(made, { _, _ in }, nil)
    }

    deinit { PQfinish(connection) }

    @discardableResult
    func run(_ sql: String) throws -> String {
        let result = PQexec(connection, sql)
        defer { PQclear(result) }
        let status = PQresultStatus(result)
        guard status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN else {
            throw Failure(text: String(cString: PQerrorMessage(connection)))
        }
        return PQntuples(result) > 0 ? String(cString: PQgetvalue(result, 0, 0)) : ""
    }

    /// Bytes of all tables of a schema with their indexes.
    func size(_ schema: String) throws -> Int {
        Int(
            try run(
                "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class WHERE relkind = 'r' "
                    + "AND relnamespace = '\(schema)'::regnamespace"
            )
        ) ?? 0
    }

    // MARK: A row an event

    /// The four statements of the reference a batch, in its order, parents first.
    func referenceRows(_ batches: [EventBatch]) throws -> (rate: Double, bytes: Int) {
        try run("DROP SCHEMA IF EXISTS reference CASCADE; CREATE SCHEMA reference")
        try run(Self.schema)
        let statements = batches.map { batch in Self.statements(batch) }
        let start = StoreBenchmarks.nanoseconds()
        for batch in statements {
            for (sql, parameters) in batch { try execute(sql, parameters) }
        }
        let elapsed = StoreBenchmarks.nanoseconds() - start
        let events = batches.reduce(0) { $0 + $1.count }
        return (Double(events) * 1e9 / Double(elapsed), try size("reference") / events)
    }

    private func execute(_ sql: String, _ parameters: [String]) throws {
        var pointers: [UnsafePointer<CChar>?] = []
        let copies = parameters.map { text in
            let bytes = Array(text.utf8CString)
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            copy.initialize(from: bytes, count: bytes.count)
            pointers.append(UnsafePointer(copy))
            return copy
        }
        defer { for copy in copies { copy.deallocate() } }
        let result = PQexecParams(connection, sql, Int32(parameters.count), nil, pointers, nil, nil, 0)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK else {
            throw Failure(text: String(cString: PQerrorMessage(connection)))
        }
    }

    private static func statements(_ batch: EventBatch) -> [(String, [String])] {
        func array(_ values: [String]) -> String {
            "{"
                + values.map { value in
                    value.isEmpty
                        ? "NULL" : "\"" + value.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined() + "\""
                }.joined(separator: ",") + "}"
        }
        let rows = Array(batch.ids.indices)
        let children = rows.filter { batch.parents[$0] != .none }
        let roots = rows.filter { batch.parents[$0] == .none }
        let accesses = rows.filter { batch.operations[$0].isAccess }
        func ids(_ rows: [Int]) -> String { array(rows.map { "\(batch.ids[$0])" }) }
        func traces(_ rows: [Int]) -> String { array(rows.map { "\(batch.traces[$0])" }) }
        func times(_ rows: [Int]) -> String { array(rows.map { "\(Double(batch.timestamps[$0] / 1_000) / 1e6)" }) }
        func parents(_ rows: [Int]) -> String {
            array(rows.map { batch.parents[$0] == .none ? "" : "\(batch.parents[$0])" })
        }
        return [
            (
                """
                INSERT INTO reference.events (id, trace_id, parent_id, timestamp, kind, metadata, causality_vector, lock_set)
                SELECT a, b, c, to_timestamp(d), e, f, g, h FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::float8[],
                  $5::jsonb[], $6::jsonb[], $7::jsonb[], $8::jsonb[]) u(a, b, c, d, e, f, g, h) ON CONFLICT DO NOTHING
                """,
                [
                    ids(rows), traces(rows), parents(rows), times(rows),
                    array(rows.map { batch.text(batch.kindPayloads[$0]) }),
                    array(rows.map { batch.text(batch.metadataPayloads[$0]) }),
                    array(rows.map { batch.text(batch.vectorPayloads[$0]) }), array(rows.map { _ in "[]" }),
                ]
            ),
            (
                """
                INSERT INTO reference.causal_edges (from_event_id, to_event_id, edge_type)
                SELECT a, b, 'DirectCall' FROM unnest($1::uuid[], $2::uuid[]) u(a, b) ON CONFLICT DO NOTHING
                """,
                [parents(children), ids(children)]
            ),
            (
                """
                INSERT INTO reference.trace_roots SELECT a, b FROM unnest($1::uuid[], $2::uuid[]) u(a, b)
                ON CONFLICT DO NOTHING
                """,
                [traces(roots), ids(roots)]
            ),
            (
                """
                INSERT INTO reference.cross_trace_index SELECT a, b, c, to_timestamp(d), e, 'Write', '1', f
                FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::float8[], $5::text[], $6::text[]) u(a, b, c, d, e, f)
                ON CONFLICT DO NOTHING
                """,
                [
                    array(accesses.map { batch.symbols[batch.objects[$0]] }), ids(accesses), traces(accesses),
                    times(accesses), array(accesses.map { batch.symbols[batch.threads[$0]] }),
                    array(accesses.map { batch.symbols[batch.locations[$0]] }),
                ]
            ),
        ]
    }

    /// The tables and indexes that the reference writes on ingest.
    private static let schema = """
        SET search_path = reference;
        CREATE TABLE events (id uuid PRIMARY KEY, trace_id uuid NOT NULL, parent_id uuid, timestamp timestamptz NOT NULL,
          kind jsonb NOT NULL, metadata jsonb NOT NULL, causality_vector jsonb, lock_set jsonb, created_at timestamptz DEFAULT now());
        CREATE INDEX ON events (trace_id); CREATE INDEX ON events (timestamp); CREATE INDEX ON events (parent_id);
        CREATE INDEX ON events (created_at); CREATE INDEX ON events USING gin (kind); CREATE INDEX ON events USING gin (metadata);
        CREATE INDEX ON events (trace_id, timestamp);
        CREATE INDEX ON events (trace_id, timestamp) WHERE kind ? 'StateChange';
        CREATE INDEX ON events (trace_id, timestamp, id); CREATE INDEX ON events (timestamp, id);
        CREATE TABLE causal_edges (id serial PRIMARY KEY, from_event_id uuid REFERENCES events ON DELETE CASCADE,
          to_event_id uuid REFERENCES events ON DELETE CASCADE, edge_type varchar(50), weight float8, metadata jsonb,
          created_at timestamptz DEFAULT now(), UNIQUE (from_event_id, to_event_id));
        CREATE INDEX ON causal_edges (from_event_id); CREATE INDEX ON causal_edges (to_event_id);
        CREATE TABLE trace_roots (trace_id uuid, root_event_id uuid REFERENCES events ON DELETE CASCADE,
          PRIMARY KEY (trace_id, root_event_id));
        CREATE INDEX ON trace_roots (trace_id);
        CREATE TABLE cross_trace_index (variable varchar(255), event_id uuid REFERENCES events ON DELETE CASCADE,
          trace_id uuid, timestamp timestamptz, thread_id varchar(255), access_type varchar(50), value jsonb, location text,
          PRIMARY KEY (variable, event_id));
        CREATE INDEX ON cross_trace_index (variable); CREATE INDEX ON cross_trace_index (trace_id);
        CREATE INDEX ON cross_trace_index (timestamp); CREATE INDEX ON cross_trace_index (variable, timestamp, trace_id);
        RESET search_path;
        """

    // MARK: Raw COPY

    /// Segments that were encoded before, one COPY and one commit a flush: what the wire and the server can take.
    func copySegments(_ batches: [EventBatch]) throws -> Double {
        try run(
            """
            DROP SCHEMA IF EXISTS raw CASCADE; CREATE SCHEMA raw;
            CREATE TABLE raw.segment (trace uuid NOT NULL, seq bigint NOT NULL, body bytea NOT NULL, PRIMARY KEY (trace, seq));
            ALTER TABLE raw.segment ALTER COLUMN body SET STORAGE EXTERNAL
            """
        )
        let encoder = SegmentEncoder()
        var sequence: UInt64 = 0
        let buffers = batches.map { batch -> [UInt8] in
            var buffer = CopyBuffer()
            for (trace, rows) in Dictionary(grouping: batch.ids.indices, by: { batch.traces[$0] }) {
                sequence += 1
                buffer.row(3)
                buffer.field(trace)
                buffer.field(Int64(sequence))
                encoder.encode(batch, rows: rows[...], trace: trace) { buffer.field($0) }
            }
            buffer.end()
            return buffer.bytes
        }
        let start = StoreBenchmarks.nanoseconds()
        for buffer in buffers { try copy("COPY raw.segment FROM STDIN (FORMAT binary)", buffer) }
        let events = batches.reduce(0) { $0 + $1.count }
        return Double(events) * 1e9 / Double(StoreBenchmarks.nanoseconds() - start)
    }

    /// Sends rows and waits until the server has them.
    func copy(_ sql: String, _ buffer: [UInt8]) throws {
        try run(sql)
        buffer.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let size = min(1 << 16, bytes.count - offset)
                let slice = bytes.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
                _ = PQputCopyData(connection, slice, Int32(size))
                offset += size
            }
        }
        _ = PQputCopyEnd(connection, nil)
        while let result = PQgetResult(connection) {
            let status = PQresultStatus(result)
            PQclear(result)
            guard status == PGRES_COMMAND_OK else { throw Failure(text: String(cString: PQerrorMessage(connection))) }
        }
    }
}
