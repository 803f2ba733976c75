import CZstd
public import TraceModel

/// Reads segments; owns its buffers and its decompressor, so one decoder belongs to one thread.
///
/// Total on any bytes: damage is an error, never a crash, and leaves the batch as it was.
public final class SegmentDecoder {
    private let decompressor = ZSTD_createDCtx()
    private var plain = ByteSink(capacity: 1 << 16)
    private var columns: ContiguousArray<Int64> = []

    /// A decoder with buffers of its own.
    public init() {}

    deinit { ZSTD_freeDCtx(decompressor) }

    /// Adds the events of a segment of `trace` to a batch.
    public func decode(
        _ bytes: UnsafeRawBufferPointer,
        of trace: TraceID,
        into batch: inout EventBatch
    ) throws(StoreError) {
        do {
            let count = try open(bytes, trace)
            var source = ByteSource(plain.bytes)
            try read(&source, count: count, trace: trace, into: &batch)
        } catch {
            switch error {
            case .version(let version):
                throw StoreError(
                    .misconfigured,
                    "a segment of trace \(trace) has format version \(version), which is newer than this program; upgrade it"
                )
            default:
                throw StoreError(.corrupt, "a segment of trace \(trace) is damaged (\(error), \(bytes.count) bytes)")
            }
        }
    }

    /// Checks the header, decompresses the body into `plain` and returns the number of events.
    private func open(_ bytes: UnsafeRawBufferPointer, _ trace: TraceID) throws(SegmentDamage) -> Int {
        guard bytes.count >= SegmentFormat.headerBytes else { throw .truncated }
        func word(_ offset: Int) -> UInt32 {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
        guard word(0) == SegmentFormat.magic else { throw .magic }
        let version = bytes[4]
        guard version >= 1, version <= SegmentFormat.version else { throw .version(version) }
        let events = Int(word(8))
        let plainCount = Int(word(12))
        let storedCount = Int(word(16))
        guard storedCount == bytes.count - SegmentFormat.headerBytes else { throw .truncated }
        let header = UnsafeRawBufferPointer(rebasing: bytes[..<SegmentFormat.checksumOffset])
        let body = UnsafeRawBufferPointer(rebasing: bytes[SegmentFormat.headerBytes...])
        let checksum = CRC32C.checksum(body, continuing: CRC32C.checksum(header))
        guard checksum == word(SegmentFormat.checksumOffset) else { throw .checksum }
        let high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 20, as: UInt64.self))
        let low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 28, as: UInt64.self))
        guard TraceID(high: high, low: low) == trace, events <= SegmentFormat.eventsMax,
            plainCount <= SegmentFormat.plainBytesMax
        else { throw .malformed }
        plain.clear()
        switch bytes[5] {
        case SegmentFormat.plain:
            guard plainCount == storedCount else { throw .malformed }
            plain.append(body)
        case SegmentFormat.zstd:
            // The frame states its size as well: a lie in either is found before memory is asked for.
            guard ZSTD_getFrameContentSize(body.baseAddress, body.count) == UInt64(plainCount) else {
                throw .compression
            }
            plain.reserve(plainCount)
            let size = ZSTD_decompressDCtx(decompressor, plain.base, plainCount, body.baseAddress, body.count)
            guard ZSTD_isError(size) == 0, size == plainCount else { throw .compression }
            plain.advance(size)
        default: throw .malformed
        }
        return events
    }

    private func read(
        _ source: inout ByteSource,
        count: Int,
        trace: TraceID,
        into batch: inout EventBatch
    ) throws(SegmentDamage) {
        // Everything is read and checked before the batch is touched.
        let strings = try readStrings(&source)
        let processes = try readProcesses(&source, strings: strings.count)
        var columns = SegmentColumns(count: count, reusing: columns)
        self.columns = []
        defer { self.columns = columns.storage }
        try columns.read(&source, symbols: strings.count, processes: processes.count)
        let payload = try source.take(source.remaining)
        try columns.check(payloadBytes: payload.count)
        guard batch.payload.count + payload.count <= Int(UInt32.max) else { throw .malformed }

        let symbols = strings.map { text in
            // The bytes were written from a table of valid strings and pass the checksum.
            batch.symbols.intern(bytes: text.bindMemory(to: UInt8.self))
        }
        let keys = processes.map { key in
            batch.intern(
                ProcessKey(service: symbols[key.service], instance: symbols[key.instance], processID: key.processID)
            )
        }
        columns.append(to: &batch, trace: trace, symbols: symbols, processes: keys, payload: payload)
    }

    /// The strings by local index; the first is the empty one.
    private func readStrings(_ source: inout ByteSource) throws(SegmentDamage) -> [UnsafeRawBufferPointer] {
        let count = try source.count(limit: source.remaining)
        var lengths: [Int] = []
        lengths.reserveCapacity(count)
        for _ in 0..<count { lengths.append(try source.count(limit: source.remaining)) }
        var strings = [UnsafeRawBufferPointer(start: nil, count: 0)]
        strings.reserveCapacity(count + 1)
        for length in lengths { strings.append(try source.take(length)) }
        return strings
    }

    private func readProcesses(
        _ source: inout ByteSource,
        strings: Int
    ) throws(SegmentDamage) -> [(service: Int, instance: Int, processID: UInt32)] {
        let count = try source.count(limit: source.remaining)
        var processes: [(service: Int, instance: Int, processID: UInt32)] = []
        for _ in 0..<count {
            let service = try source.count(limit: strings - 1)
            let instance = try source.count(limit: strings - 1)
            let processID = try source.count(limit: Int(UInt32.max))
            processes.append((service, instance, UInt32(processID)))
        }
        return processes
    }
}

extension SegmentDecoder {
    /// The body of a sound segment before compression, for tests that forge segments; empty when it is not sound.
    package func plainBody(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        guard bytes.count >= SegmentFormat.headerBytes else { return [] }
        let high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 20, as: UInt64.self))
        let low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 28, as: UInt64.self))
        guard (try? open(bytes, TraceID(high: high, low: low))) != nil else { return [] }
        return Array(plain.bytes)
    }
}
