import CLibPQ
import TraceModel

/// The parameters of a statement in binary, written once into one buffer. Arrays of one length are many rows in one statement.
struct PostgresParameters: ~Copyable {
    /// Type identifiers (`pg_type.dat`), which are the same in every server.
    private enum TypeID {
        static let bytea: Oid = 17
        static let int8: Oid = 20
        static let text: Oid = 25
        static let uuid: Oid = 2950
        static let byteaArray: Oid = 1001
        static let int8Array: Oid = 1016
        static let uuidArray: Oid = 2951
    }

    private var sink = ByteSink(capacity: 256)
    private(set) var types: [Oid] = []
    /// Where each begins; `nil` for null.
    private var starts: [Int?] = []
    private var ends: [Int] = []

    init() {}

    init(_ values: [SQLValue]) {
        for value in values { append(value) }
    }

    mutating func append(_ value: SQLValue) {
        let start = sink.count
        switch value {
        case .null:
            types.append(TypeID.int8)
            starts.append(nil)
            return ends.append(start)
        case .integer(let integer):
            types.append(TypeID.int8)
            sink.append(bigEndian: integer)
        case .bytes(let blob):
            types.append(TypeID.bytea)
            blob.withUnsafeBytes { sink.append($0) }
        case .trace(let trace):
            types.append(TypeID.uuid)
            sink.append(bigEndian: trace.high)
            sink.append(bigEndian: trace.low)
        case .text(let text):
            types.append(TypeID.text)
            append(utf8: text)
        }
        starts.append(start)
        ends.append(sink.count)
    }

    /// The server's text has no zero byte.
    private mutating func append(utf8 text: String) {
        for byte in text.utf8 {
            if byte == 0 {
                for part in "\u{FFFD}".utf8 { sink.append(byte: part) }
            } else {
                sink.append(byte: byte)
            }
        }
    }

    mutating func append(integers: some Collection<Int64>) {
        start(array: TypeID.int8Array, of: TypeID.int8, count: integers.count)
        for value in integers {
            sink.append(bigEndian: Int32(8))
            sink.append(bigEndian: value)
        }
        ends.append(sink.count)
    }

    mutating func append(traces: some Collection<TraceID>) {
        start(array: TypeID.uuidArray, of: TypeID.uuid, count: traces.count)
        for value in traces {
            sink.append(bigEndian: Int32(16))
            sink.append(bigEndian: value.high)
            sink.append(bigEndian: value.low)
        }
        ends.append(sink.count)
    }

    mutating func append(blobs: some Collection<[UInt8]>) {
        start(array: TypeID.byteaArray, of: TypeID.bytea, count: blobs.count)
        for value in blobs {
            sink.append(bigEndian: Int32(value.count))
            value.withUnsafeBytes { sink.append($0) }
        }
        ends.append(sink.count)
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

    /// Hands over number, values, lengths and formats as libpq takes them.
    func withValues<R>(_ body: (Int32, [UnsafePointer<CChar>?], [Int32], [Int32]) -> R) -> R {
        let base = UnsafePointer(sink.base.assumingMemoryBound(to: CChar.self))
        return body(
            Int32(types.count),
            starts.map { start in start.map { base + $0 } },
            zip(starts, ends).map { start, end in Int32(end - (start ?? end)) },
            [Int32](repeating: 1, count: types.count)
        )
    }
}
