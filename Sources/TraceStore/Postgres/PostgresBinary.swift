import CLibPQ
import TraceModel

/// Rows for `COPY ... (FORMAT binary)`, written once into one buffer.
struct CopyRows: ~Copyable {
    /// Days from 1970 to 2000, where PostgreSQL counts from.
    static let epochDays: Int32 = 10_957

    private var sink: ByteSink
    private let columns: Int16
    private(set) var count = 0

    init(columns: Int16, reserve: Int = 1 << 16) {
        self.columns = columns
        sink = ByteSink(capacity: reserve)
        // Signature, flags, length of a header extension.
        for byte in Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] { sink.append(byte: byte) }
        sink.append(bigEndian: Int32(0))
        sink.append(bigEndian: Int32(0))
    }

    var bytes: UnsafeRawBufferPointer { sink.bytes }

    mutating func startRow() {
        sink.append(bigEndian: columns)
        count += 1
    }

    mutating func append(day: Int32) {
        sink.append(bigEndian: Int32(4))
        sink.append(bigEndian: day - Self.epochDays)
    }

    mutating func append(_ trace: TraceID) {
        sink.append(bigEndian: Int32(16))
        sink.append(bigEndian: trace.high)
        sink.append(bigEndian: trace.low)
    }

    mutating func append(_ integer: Int64) {
        sink.append(bigEndian: Int32(8))
        sink.append(bigEndian: integer)
    }

    mutating func append(_ bytes: [UInt8]) {
        sink.append(bigEndian: Int32(bytes.count))
        bytes.withUnsafeBytes { sink.append($0) }
    }

    /// Ends the rows; call once, last.
    mutating func finish() { sink.append(bigEndian: Int16(-1)) }
}

/// Arrays of one length as binary parameters: many rows in one statement.
struct PostgresArrays: ~Copyable {
    private var sink = ByteSink()
    private var types: [Oid] = []
    private var starts: [Int] = []

    mutating func append(integers: some Collection<Int64>) {
        start(array: 1016, of: 20, count: integers.count)
        for value in integers {
            sink.append(bigEndian: Int32(8))
            sink.append(bigEndian: value)
        }
    }

    mutating func append(traces: some Collection<TraceID>) {
        start(array: 2951, of: 2950, count: traces.count)
        for value in traces {
            sink.append(bigEndian: Int32(16))
            sink.append(bigEndian: value.high)
            sink.append(bigEndian: value.low)
        }
    }

    mutating func append(blobs: some Collection<[UInt8]>) {
        start(array: 1001, of: 17, count: blobs.count)
        for value in blobs {
            sink.append(bigEndian: Int32(value.count))
            value.withUnsafeBytes { sink.append($0) }
        }
    }

    /// One dimension that counts from 1, no nulls.
    private mutating func start(array: Oid, of element: Oid, count: Int) {
        types.append(array)
        starts.append(sink.count)
        sink.append(bigEndian: Int32(count == 0 ? 0 : 1))
        sink.append(bigEndian: Int32(0))
        sink.append(bigEndian: element)
        guard count > 0 else { return }
        sink.append(bigEndian: Int32(count))
        sink.append(bigEndian: Int32(1))
    }

    func withParameters<R>(
        _ body: (Int32, [Oid], [UnsafePointer<CChar>?], [Int32], [Int32]) -> R
    ) -> R {
        let base = UnsafePointer(sink.base.assumingMemoryBound(to: CChar.self))
        let ends = starts.dropFirst() + [sink.count]
        return body(
            Int32(types.count),
            types,
            starts.map { base + $0 },
            zip(starts, ends).map { Int32($1 - $0) },
            [Int32](repeating: 1, count: types.count)
        )
    }
}
