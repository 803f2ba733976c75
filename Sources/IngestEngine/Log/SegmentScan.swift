/// What a segment holds, found by reading it from the beginning: whole records, damage between them, and where they end.
struct SegmentScan {
    struct Record: Hashable {
        var sequence: UInt64
        /// Of the payload.
        var offset: Int
        var length: Int
    }

    /// Bytes that were written once and are no record, with whole records behind them.
    struct Damage: Hashable {
        var bytes: Range<Int>
        /// Records that were there, by the sequences that are missing.
        var lost: UInt64
    }

    private(set) var records: [Record] = []
    private(set) var damage: [Damage] = []
    /// Offset behind the last whole record.
    private(set) var end = LogFormat.recordsOffset
    /// The log ends within a record: its write was cut short, or its last bytes are damaged.
    private(set) var isTorn = false

    /// Reads a segment.
    ///
    /// - Complexity: O(bytes), whatever they are.
    init(_ bytes: UnsafeRawBufferPointer, head: SegmentHead) {
        let seed = head.seed
        var next = head.firstSequence
        var offset = LogFormat.recordsOffset
        while let (found, record) = Self.find(bytes, from: offset, sequenceMin: next, seed: seed) {
            if found > offset || record.sequence > next {
                damage.append(Damage(bytes: offset..<found, lost: record.sequence - next))
            }
            records.append(record)
            next = record.sequence + 1
            offset = found + LogFormat.recordBytes(payload: record.length)
            end = offset
        }
        isTorn = Self.looksWritten(bytes, at: end, next: next)
    }

    /// The first whole record at or behind an offset.
    private static func find(
        _ bytes: UnsafeRawBufferPointer,
        from start: Int,
        sequenceMin: UInt64,
        seed: Checksum
    ) -> (offset: Int, record: Record)? {
        var offset = start
        while offset + LogFormat.recordHeadBytes <= bytes.count {
            if let head = RecordHead(bytes, at: offset, seed: seed),
                // The greatest number has no successor: nobody wrote it.
                head.sequence >= sequenceMin, head.sequence < .max
            {
                let payload = offset + LogFormat.recordHeadBytes
                let length = Int(head.length)
                if length <= bytes.count - payload,
                    Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[payload..<payload + length]))
                        == head.payloadChecksum
                {
                    return (offset, Record(sequence: head.sequence, offset: payload, length: length))
                }
            }
            offset += LogFormat.alignment
        }
        return nil
    }

    /// Whether the bytes behind the last record are the beginning of the next one rather than of an earlier use of the file.
    private static func looksWritten(_ bytes: UnsafeRawBufferPointer, at offset: Int, next: UInt64) -> Bool {
        guard bytes.count - offset >= LogFormat.recordHeadBytes else { return false }
        var input = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
        guard input.fixed(UInt32.self) == LogFormat.recordMark else { return false }
        _ = input.fixed(UInt32.self)
        return input.fixed(UInt64.self) == next
    }
}
