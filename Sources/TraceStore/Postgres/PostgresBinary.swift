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
        start()
    }

    /// Empties the rows for another use of their memory, unless that is more than `bytesMax`.
    mutating func restart(keeping bytesMax: Int = 8 << 20) {
        if sink.count > bytesMax { sink = ByteSink(capacity: 1 << 16) }
        sink.clear()
        count = 0
        start()
    }

    private mutating func start() {
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
