import CPQ
import TraceModel
import TraceStore

/// The yardstick of a segment store: encodes and compresses segments, sums up accesses, and writes both with COPY and a summary of each
/// trace, one transaction a flush. What it leaves out is what makes a store exact: it recognises no duplicates, keeps no position,
/// names, services or partitions.
final class PlainSegmentWriter: @unchecked Sendable {
    // Used by one task at a time.
    private let server: ReferenceServer
    private let encoder = SegmentEncoder()
    private var sequence: UInt64 = 0

    init(_ url: String) throws { server = try ReferenceServer(url) }

    static func prepare(_ server: ReferenceServer) throws {
        try server.run(
            """
            DROP SCHEMA IF EXISTS plain CASCADE; CREATE SCHEMA plain;
            CREATE TABLE plain.segment (trace uuid NOT NULL, seq bigint NOT NULL, first_ts bigint NOT NULL, last_ts bigint NOT NULL,
              events bigint NOT NULL, body bytea NOT NULL);
            ALTER TABLE plain.segment ALTER COLUMN body SET STORAGE EXTERNAL;
            CREATE INDEX ON plain.segment (trace);
            CREATE INDEX ON plain.segment USING brin (first_ts);
            CREATE TABLE plain.access (variable bigint NOT NULL, first_ts bigint NOT NULL, last_ts bigint NOT NULL, trace uuid NOT NULL,
              accesses bigint NOT NULL);
            CREATE INDEX ON plain.access (variable, first_ts);
            CREATE TABLE plain.trace (id uuid PRIMARY KEY, first_ts bigint NOT NULL, last_ts bigint NOT NULL, events bigint NOT NULL)
            """
        )
    }

    func write(_ batch: EventBatch) throws {
        let groups = Dictionary(grouping: batch.ids.indices) { batch.traces[$0] }
        var segments = CopyBuffer()
        var accesses = CopyBuffer()
        var traces: [String] = []
        for (trace, rows) in groups {
            sequence += 1
            let times = rows.map { batch.timestamps[$0] }
            let (first, last) = (times.min() ?? 0, times.max() ?? 0)
            segments.row(6)
            segments.field(trace)
            for value in [Int64(sequence), first, last, Int64(rows.count)] { segments.field(value) }
            encoder.encode(batch, rows: rows[...], trace: trace) { segments.field($0) }
            var counts: [Symbol: Int64] = [:]
            for row in rows where batch.operations[row].isAccess { counts[batch.objects[row], default: 0] += 1 }
            for (object, count) in counts {
                accesses.row(5)
                for value in [Int64(object.rawValue), first, last] { accesses.field(value) }
                accesses.field(trace)
                accesses.field(count)
            }
            traces.append("('\(trace)', \(first), \(last), \(rows.count))")
        }
        segments.end()
        accesses.end()
        try server.run("BEGIN")
        try server.copy("COPY plain.segment FROM STDIN (FORMAT binary)", segments.bytes)
        try server.copy("COPY plain.access FROM STDIN (FORMAT binary)", accesses.bytes)
        try server.run(
            "INSERT INTO plain.trace VALUES \(traces.sorted().joined(separator: ", ")) ON CONFLICT (id) DO UPDATE SET "
                + "first_ts = least(trace.first_ts, excluded.first_ts), last_ts = greatest(trace.last_ts, excluded.last_ts), "
                + "events = trace.events + excluded.events"
        )
        try server.run("COMMIT")
    }
}

/// Rows of `COPY … (FORMAT binary)`.
struct CopyBuffer {
    private(set) var bytes = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes += $0 }
    }

    mutating func row(_ columns: Int16) { append(columns) }

    mutating func field(_ trace: TraceID) {
        append(Int32(16))
        append(trace.high)
        append(trace.low)
    }

    mutating func field(_ value: Int64) {
        append(Int32(8))
        append(value)
    }

    mutating func field(_ value: UnsafeRawBufferPointer) {
        append(Int32(value.count))
        bytes += value
    }

    mutating func end() { append(Int16(-1)) }
}
