import Synchronization
package import TraceModel

/// Batches on disk before they are acknowledged.
///
/// Everything that is known about the log is derived from its segments; how far a store has come is kept in the store. One
/// thread appends; any thread may read records that are durable and release those that a store has passed.
package final class WriteAheadLog: Sendable {
    private struct Writer {
        var file: (any LogFile)?
        var buffer: [UInt8] = []
        var epoch: UInt64 = 0
        var ordinal: UInt64 = 0
    }

    /// Bytes written between two syncs at most: bounds the buffer, and what has to be written again after a failed sync.
    static let runBytesMax = 4 << 20
    /// Damaged files kept for whoever wants to look at them.
    static let quarantinedMax = 4

    package let options: LogOptions
    /// Identity of the log, for positions kept elsewhere.
    package let source: UInt64
    /// Epoch of the last process that wrote to it.
    package let previousEpoch: UInt64
    private let directory: any LogDirectory
    private let writer = Mutex(Writer())
    private let ledger: Mutex<SegmentLedger>
    private let reader = Mutex<(name: String, file: any LogFile)?>(nil)
    private let syncs = Atomic<Int>(0)

    /// Reads every segment of a directory. Nothing can be appended before ``begin(epoch:next:)``.
    package init(directory: any LogDirectory, options: LogOptions, recovery: inout LogRecovery) throws(LogError) {
        do {
            let found = try LogOpening(directory, options: options)
            recovery = found.recovery
            source = found.identity.source
            previousEpoch = found.identity.epoch
            ledger = Mutex(found.ledger)
        } catch {
            throw LogError(error)
        }
        self.directory = directory
        self.options = options
    }

    /// Makes this process the one that writes: a higher epoch, a new segment behind the others.
    ///
    /// - Parameter next: the lowest sequence that may be used; those of the segments are respected anyway.
    package func begin(epoch: UInt64, next: UInt64) throws(LogError) {
        do {
            try LogIdentity(source: source, epoch: epoch).write(to: directory)
            try writer.withLock { (writer) throws(FileFault) in
                writer.epoch = epoch
                writer.ordinal = ledger.withLock { ($0.segments.last?.head.ordinal ?? 0) + 1 }
                let size = options.segmentBytes
                try rotate(&writer, size: size, first: max(next, ledger.withLock { $0.last } + 1))
            }
        } catch {
            throw LogError(error)
        }
    }

    /// Appends records and makes them durable with as few syncs as their size allows.
    ///
    /// - Returns: the sequence of the first one, how many are durable, and why the others are not.
    package func append(_ records: [EncodedBatch]) -> (first: UInt64, durable: Int, error: LogError?) {
        writer.withLock { writer in
            let first = ledger.withLock { $0.last } + 1
            var done = 0
            var hasFailed = false
            while done < records.count {
                do throws(FileFault) {
                    guard let count = try write(records[done...], &writer) else {
                        let message = "the write-ahead log holds \(options.bytesMax) bytes that no store has taken yet"
                        return (first, done, LogError(.full, message + "; raise engine.wal_max_bytes or see the store"))
                    }
                    done += count
                    hasFailed = false
                } catch {
                    // After a failed sync the kernel may have dropped the pages: the file is left alone, and everything that
                    // is not known to be durable is written again elsewhere, once.
                    writer.file = nil
                    ledger.withLock { $0.withdraw(after: first + UInt64(done) - 1) }
                    if hasFailed { return (first, done, LogError(error)) }
                    hasFailed = true
                }
            }
            return (first, done, nil)
        }
    }

    /// Writes one run of records into the last segment and syncs; `nil` when the log is full.
    private func write(_ records: ArraySlice<EncodedBatch>, _ writer: inout Writer) throws(FileFault) -> Int? {
        guard let record = records.first else { return 0 }
        switch ledger.withLock({ $0.place(LogFormat.recordBytes(payload: record.bytes.count)) }) {
        case .full: return nil
        case .rotate(let size): try rotate(&writer, size: size, first: ledger.withLock { $0.last } + 1)
        case .here: break
        }
        guard let file = writer.file, let segment = ledger.withLock({ $0.segments.last }) else {
            preconditionFailure("a log without a segment was written to")
        }
        var (count, bytes) = (0, 0)
        for record in records {
            let size = LogFormat.recordBytes(payload: record.bytes.count)
            if count > 0, bytes + size > Self.runBytesMax || segment.end + bytes + size > segment.size { break }
            bytes += size
            count += 1
        }
        let seed = segment.head.seed
        if writer.buffer.count < bytes { writer.buffer = [UInt8](repeating: 0, count: max(bytes, 64 << 10)) }
        writer.buffer.withUnsafeMutableBytes { memory in
            var offset = 0
            for (index, record) in records.prefix(count).enumerated() {
                let size = LogFormat.recordBytes(payload: record.bytes.count)
                var out = ByteWriter(UnsafeMutableRawBufferPointer(rebasing: memory[offset..<offset + size]))
                let head = RecordHead(
                    length: UInt32(record.bytes.count),
                    sequence: segment.next + UInt64(index),
                    payloadChecksum: record.checksum
                )
                head.write(&out, seed: seed)
                record.bytes.withUnsafeBytes { out.bytes($0) }
                while out.count < size { out.byte(0) }
                _ = out.finish()
                offset += size
            }
        }
        try writer.buffer.withBytes { (memory) throws(FileFault) in
            try file.write(UnsafeRawBufferPointer(rebasing: memory[..<bytes]), at: segment.end)
        }
        try file.sync()
        syncs.add(1, ordering: .relaxed)
        ledger.withLock { ledger in
            for record in records.prefix(count) {
                ledger.wrote(recordBytes: LogFormat.recordBytes(payload: record.bytes.count))
            }
        }
        return count
    }

    private func rotate(_ writer: inout Writer, size: Int, first: UInt64) throws(FileFault) {
        writer.file = nil
        let ordinal = writer.ordinal
        let head = SegmentHead(source: source, ordinal: ordinal, epoch: writer.epoch, firstSequence: first)
        let name = LogOpening.name(ordinal)
        // A number is never used for two segments, whatever fails below.
        writer.ordinal += 1
        var segment = SegmentLedger.Segment(head: head, name: name, size: size)
        let file: any LogFile
        if let spare = ledger.withLock({ $0.takeSpare(size: size) }) {
            try directory.rename(spare.name, to: name)
            segment.size = spare.size
            file = try directory.open(name)
        } else {
            if options.freeBytesMin > 0, let free = directory.freeBytes(), free - size < options.freeBytesMin {
                let operation = "cannot leave \(options.freeBytesMin) bytes free and create"
                throw FileFault(operation, name, code: SystemText.noSpace)
            }
            file = try directory.create(name, bytes: size)
        }
        try head.encoded.withBytes { (bytes) throws(FileFault) in try file.write(bytes, at: 0) }
        try file.sync()
        try directory.sync()
        writer.file = file
        ledger.withLock { $0.append(segment) }
    }

    /// The batch of a durable record; `nil` when it is gone or damaged.
    package func read(_ sequence: UInt64) -> EventBatch? {
        guard let (segment, offset) = ledger.withLock({ $0.find(sequence) }) else { return nil }
        return reader.withLock { reader in
            if reader?.name != segment.name {
                guard let file = try? directory.open(segment.name) else { return nil }
                reader = (segment.name, file)
            }
            guard let file = reader?.file else { return nil }
            var head = [UInt8](repeating: 0, count: LogFormat.recordHeadBytes)
            let start = offset - LogFormat.recordHeadBytes
            guard (try? head.withUnsafeMutableBytes { try file.read(into: $0, at: start) }) == head.count,
                let record = head.withUnsafeBytes({ RecordHead($0, at: 0, seed: segment.head.seed) }),
                record.sequence == sequence, Int(record.length) <= segment.size - offset
            else { return nil }
            var payload = [UInt8](repeating: 0, count: Int(record.length))
            guard (try? payload.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }) == payload.count else {
                return nil
            }
            return payload.withUnsafeBytes { bytes in
                Checksum.of(bytes) == record.payloadChecksum ? EncodedBatch.decode(bytes) : nil
            }
        }
    }

    /// Releases the records up to a sequence: whole segments become spares or go.
    ///
    /// To be called only with what a store has committed.
    package func trim(through sequence: UInt64) {
        let released = ledger.withLock { $0.trim(through: sequence) }
        for segment in released { recycle(segment) }
    }

    /// Releases the oldest segment though nothing has passed it; `false` when there is only one.
    package func dropOldest() -> Bool {
        guard let oldest = ledger.withLock({ $0.dropOldest() }) else { return false }
        recycle(oldest)
        return true
    }

    private func recycle(_ segment: SegmentLedger.Segment) {
        // A file that could not be renamed or removed is found again at the next start; nothing depends on it.
        if segment.isQuarantined {
            let kept = (try? directory.names().filter { $0.hasSuffix(LogOpening.quarantineSuffix) }) ?? []
            if kept.count < Self.quarantinedMax {
                try? directory.rename(segment.name, to: segment.name + LogOpening.quarantineSuffix)
                return
            }
        }
        let keeps = segment.size == options.segmentBytes && ledger.withLock { $0.spares.count } < options.sparesMax
        guard keeps, !segment.isQuarantined else {
            try? directory.remove(segment.name)
            return
        }
        let name = LogOpening.spareName(segment.head.ordinal)
        guard (try? directory.rename(segment.name, to: name)) != nil else { return }
        ledger.withLock { $0.addSpare(name, size: segment.size) }
    }

    /// Sequence of the oldest and the newest durable record; empty when there is none.
    package var sequences: Range<UInt64> {
        ledger.withLock { ledger in
            let next = ledger.last + 1
            return min(ledger.segments.first?.head.firstSequence ?? next, next)..<next
        }
    }

    /// Bytes of the files that hold records.
    package var bytesHeld: Int { ledger.withLock { $0.bytesHeld } }

    /// Syncs since the start.
    package var syncCount: Int { syncs.load(ordering: .relaxed) }
}

extension WriteAheadLog {
    /// Whether a record with this payload could be appended now: what makes room is tried, nothing is written that counts.
    package func probe(payload: Int = 0) -> LogError? {
        writer.withLock { writer in
            switch ledger.withLock({ $0.place(LogFormat.recordBytes(payload: payload)) }) {
            case .here where writer.file != nil: return nil
            case .full: return LogError(.full, "the write-ahead log is full")
            case .here, .rotate:
                do throws(FileFault) {
                    let size = max(
                        options.segmentBytes,
                        LogFormat.recordsOffset + LogFormat.recordBytes(payload: payload)
                    )
                    try rotate(&writer, size: size, first: ledger.withLock { $0.last } + 1)
                    return nil
                } catch {
                    return LogError(error)
                }
            }
        }
    }
}
