import CZstd
public import TraceModel

/// Writes segments; owns its buffers and its compressor, so one encoder belongs to one thread.
public final class SegmentEncoder {
    private var work: SegmentWork

    /// An encoder with buffers of its own.
    ///
    /// - Parameter level: of zstd. 1, because each further level costs more than twice the time for under two percent (measured on
    ///   client events).
    public init(level: Int32 = 1) { work = SegmentWork(level: level) }

    /// The segment of the rows of `batch` at `rows`, all of `trace`. Valid until the next call.
    ///
    /// - Precondition: at most ``SegmentFormat/eventsMax`` rows with less than ``SegmentFormat/plainBytesMax`` bytes.
    /// - Complexity: O(rows + their payload), and O(symbols of the batch) when it has more than any before.
    public func encode<R>(
        _ batch: EventBatch,
        rows: ArraySlice<Int>,
        trace: TraceID,
        _ body: (UnsafeRawBufferPointer) -> R
    ) -> R {
        work.encode(batch, rows: rows, trace: trace)
        return body(work.segment)
    }
}

/// The buffers of an encoder. A value that is borrowed once a segment: of a class, every single append would be checked for exclusive
/// access, which was a tenth of the time.
private struct SegmentWork: ~Copyable {
    private let compressor = ZSTD_createCCtx()
    private let level: Int32
    private var plain = ByteSink(capacity: 1 << 16)
    private var stored = ByteSink(capacity: 1 << 16)
    private var column: ContiguousArray<Int64> = []
    private var names = LocalNames()
    private var rowOfID = RowTable()

    init(level: Int32) { self.level = level }

    deinit { ZSTD_freeCCtx(compressor) }

    /// What was encoded last.
    var segment: UnsafeRawBufferPointer { stored.bytes }

    mutating func encode(_ batch: EventBatch, rows: ArraySlice<Int>, trace: TraceID) {
        precondition(rows.count <= SegmentFormat.eventsMax)
        names.start(batch)
        plain.clear()
        // Columns come first because they find out which strings are used; the strings are written in front of them.
        stored.clear()
        writeColumns(batch, rows)
        writeStrings(batch)
        plain.append(stored.bytes)
        writePayloads(batch, rows)
        seal(events: rows.count, trace: trace)
    }

    private mutating func seal(events: Int, trace: TraceID) {
        let bound = ZSTD_compressBound(plain.count)
        stored.clear()
        stored.reserve(SegmentFormat.headerBytes + bound)
        let body = stored.base + SegmentFormat.headerBytes
        var size = ZSTD_compressCCtx(compressor, body, bound, plain.base, plain.count, level)
        var compression = SegmentFormat.zstd
        if ZSTD_isError(size) != 0 || size >= plain.count {
            body.copyMemory(from: plain.base, byteCount: plain.count)
            size = plain.count
            compression = SegmentFormat.plain
        }
        stored.append(littleEndian: SegmentFormat.magic)
        stored.append(byte: SegmentFormat.version)
        stored.append(byte: compression)
        stored.append(littleEndian: UInt16(0))
        stored.append(littleEndian: UInt32(events))
        stored.append(littleEndian: UInt32(plain.count))
        stored.append(littleEndian: UInt32(size))
        stored.append(bigEndian: trace.high)
        stored.append(bigEndian: trace.low)
        let header = CRC32C.checksum(stored.bytes)
        stored.append(
            littleEndian: CRC32C.checksum(UnsafeRawBufferPointer(start: body, count: size), continuing: header)
        )
        stored.advance(size)
    }

    // MARK: Strings

    private mutating func writeStrings(_ batch: EventBatch) {
        // Naming the processes may add strings, so they are taken down first.
        let keys = names.processes.map { batch.processes[Int($0)] }.map { key in
            (names.local(key.service), names.local(key.instance), key.processID)
        }
        plain.append(varint: UInt64(names.strings.count))
        for symbol in names.strings { plain.append(varint: UInt64(batch.symbols.withBytes(of: symbol) { $0.count })) }
        for symbol in names.strings { batch.symbols.withBytes(of: symbol) { plain.append(UnsafeRawBufferPointer($0)) } }
        plain.append(varint: UInt64(keys.count))
        for (service, instance, processID) in keys {
            plain.append(varint: UInt64(service))
            plain.append(varint: UInt64(instance))
            plain.append(varint: UInt64(processID))
        }
    }

    // MARK: Columns

    /// Writes one integer a row in the shortest of the four ways.
    @inline(__always)
    private mutating func write<Element>(
        _ values: ContiguousArray<Element>,
        _ rows: ArraySlice<Int>,
        _ integer: (inout LocalNames, Element) -> Int64
    ) {
        column.removeAll(keepingCapacity: true)
        values.withUnsafeBufferPointer { values in
            for row in rows { column.append(integer(&names, values[row])) }
        }
        writeColumn()
    }

    private mutating func writeColumn() {
        column.withUnsafeBufferPointer { column in
            guard let first = column.first else { return stored.append(byte: IntegerColumn.varints) }
            var (same, plainBytes, deltaBytes, previous) = (true, 0, 0, Int64(0))
            for value in column {
                same = same && value == first
                plainBytes += varintBytes(zigzag(value))
                deltaBytes += varintBytes(zigzag(value &- previous))
                previous = value
            }
            if same {
                stored.append(byte: IntegerColumn.constant)
                return stored.append(varint: zigzag(first))
            }
            let words = 8 * column.count
            if words <= min(plainBytes, deltaBytes) {
                stored.append(byte: IntegerColumn.words)
                for value in column { stored.append(littleEndian: value) }
            } else if deltaBytes < plainBytes {
                stored.append(byte: IntegerColumn.deltas)
                previous = 0
                for value in column {
                    stored.append(varint: zigzag(value &- previous))
                    previous = value
                }
            } else {
                stored.append(byte: IntegerColumn.varints)
                for value in column { stored.append(varint: zigzag(value)) }
            }
        }
    }

    private mutating func writeColumns(_ batch: EventBatch, _ rows: ArraySlice<Int>) {
        write(batch.ids, rows) { Int64(bitPattern: $1.high) }
        write(batch.ids, rows) { Int64(bitPattern: $1.low) }
        writeParents(batch, rows)
        write(batch.timestamps, rows) { $1 }
        write(batch.durations, rows) { $1 }
        write(batch.sequences, rows) { $1 }
        write(batch.ownClocks, rows) { $1 }
        write(batch.processIndices, rows) { $0.local(process: $1) }
        write(batch.threads, rows) { $0.local($1) }
        write(batch.spans, rows) { $0.local($1) }
        write(batch.upstreamSpans, rows) { $0.local($1) }
        write(batch.kinds, rows) { Int64($1.rawValue) }
        write(batch.operations, rows) { Int64($1.rawValue) }
        write(batch.flags, rows) { Int64($1.rawValue) }
        write(batch.objects, rows) { $0.local($1) }
        write(batch.subjects, rows) { $0.local($1) }
        write(batch.locations, rows) { $0.local($1) }
        write(batch.numbers, rows) { $1 }
        for ranges in Self.payloadColumns(batch) { write(ranges, rows) { Int64($1.length) } }
        for values in [batch.newValues, batch.oldValues] {
            write(values, rows) { Int64($1.length) }
            writePlaces(of: values, in: batch.kindPayloads, rows)
        }
        write(batch.vectors, rows) { Int64($1.length) }
        column.removeAll(keepingCapacity: true)
        for row in rows {
            for entry in batch.vectorEntries[batch.vectors[row].vectorIndices] {
                column.append(names.local(entry.component))
            }
        }
        writeColumn()
        column.removeAll(keepingCapacity: true)
        for row in rows {
            for entry in batch.vectorEntries[batch.vectors[row].vectorIndices] {
                column.append(Int64(bitPattern: entry.value))
            }
        }
        writeColumn()
    }

    /// 0 for none, 1 for a parent outside the segment, else 2 and how many rows up it stands; those outside follow.
    private mutating func writeParents(_ batch: EventBatch, _ rows: ArraySlice<Int>) {
        rowOfID.start(count: rows.count)
        for (index, row) in rows.enumerated() { rowOfID.insert(batch.ids[row], at: index) }
        column.removeAll(keepingCapacity: true)
        var outside: ContiguousArray<EventID> = []
        for (index, row) in rows.enumerated() {
            let parent = batch.parents[row]
            if parent == .none {
                column.append(0)
            } else if let found = rowOfID.find(parent, ids: batch.ids, rows: rows) {
                column.append(2 + Int64(bitPattern: zigzag(Int64(index - found))))
            } else {
                column.append(1)
                outside.append(parent)
            }
        }
        writeColumn()
        for parent in outside {
            stored.append(littleEndian: parent.high)
            stored.append(littleEndian: parent.low)
        }
    }

    /// 1 and the offset of a value in the row's kind payload, 0 when it lies elsewhere.
    private mutating func writePlaces(
        of values: ContiguousArray<ByteRange>,
        in outer: ContiguousArray<ByteRange>,
        _ rows: ArraySlice<Int>
    ) {
        column.removeAll(keepingCapacity: true)
        for row in rows { column.append(place(of: values[row], in: outer[row])) }
        writeColumn()
    }

    @inline(__always)
    private func place(of value: ByteRange, in outer: ByteRange) -> Int64 {
        guard !value.isEmpty, value.start >= outer.start,
            UInt64(value.start) + UInt64(value.length) <= UInt64(outer.start) + UInt64(outer.length)
        else { return 0 }
        return Int64(value.start - outer.start) + 1
    }

    // MARK: Payload

    private static func payloadColumns(_ batch: EventBatch) -> [ContiguousArray<ByteRange>] {
        [batch.kindPayloads, batch.metadataPayloads, batch.vectorPayloads, batch.lockSetPayloads]
    }

    private mutating func writePayloads(_ batch: EventBatch, _ rows: ArraySlice<Int>) {
        batch.payload.withUnsafeBytes { payload in
            func write(_ range: ByteRange) {
                guard !range.isEmpty else { return }
                plain.append(UnsafeRawBufferPointer(rebasing: payload[range.indices]))
            }
            for ranges in Self.payloadColumns(batch) {
                ranges.withUnsafeBufferPointer { ranges in
                    for row in rows { write(ranges[row]) }
                }
            }
            for values in [batch.newValues, batch.oldValues] {
                for row in rows where place(of: values[row], in: batch.kindPayloads[row]) == 0 { write(values[row]) }
            }
        }
    }
}

/// The numbers that strings and processes of a batch have within one segment.
private struct LocalNames {
    /// Local index of each symbol of the batch, valid where the upper half is the current stamp.
    private var locals: ContiguousArray<UInt64> = []
    private var stamp: UInt64 = 0
    private(set) var strings: ContiguousArray<Symbol> = []
    private(set) var processes: ContiguousArray<UInt32> = []

    mutating func start(_ batch: EventBatch) {
        stamp += 1
        strings.removeAll(keepingCapacity: true)
        processes.removeAll(keepingCapacity: true)
        if locals.count < batch.symbols.count {
            locals.append(contentsOf: repeatElement(0, count: batch.symbols.count - locals.count))
        }
    }

    @inline(__always)
    mutating func local(_ symbol: Symbol) -> Int64 {
        guard !symbol.isEmpty else { return 0 }
        let known = locals[Int(symbol.rawValue)]
        if known >> 32 == stamp { return Int64(known & 0xFFFF_FFFF) }
        strings.append(symbol)
        locals[Int(symbol.rawValue)] = stamp << 32 | UInt64(strings.count)
        return Int64(strings.count)
    }

    mutating func local(process: UInt32) -> Int64 {
        // Few processes a trace, and mostly the last one again.
        if let last = processes.last, last == process { return Int64(processes.count - 1) }
        if let known = processes.firstIndex(of: process) { return Int64(known) }
        processes.append(process)
        return Int64(processes.count - 1)
    }
}

extension ByteRange {
    /// The indices of a slice of clock entries; an absent one may carry any start.
    fileprivate var vectorIndices: Range<Int> { isEmpty ? 0..<0 : indices }
}

@inline(__always)
private func varintBytes(_ value: UInt64) -> Int { (70 - (value | 1).leadingZeroBitCount) / 7 }
