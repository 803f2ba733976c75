/// Which segments a log has, what is in them, and where the next record goes: a value without files.
struct SegmentLedger: Sendable {
    struct Segment: Sendable, Hashable {
        var head: SegmentHead
        var name: String
        /// Bytes of the file.
        var size: Int
        /// Offsets of the payloads by sequence, from the head's first; 0 where a record is missing.
        var offsets: ContiguousArray<UInt32> = []
        /// Offset behind the last record.
        var end = LogFormat.recordsOffset
        /// Nothing more is written: full, failed, or of an earlier process.
        var isSealed = false
        /// Kept for whoever wants to look at the damage instead of being used again.
        var isQuarantined = false

        /// Sequence of the next record.
        var next: UInt64 { head.firstSequence + UInt64(offsets.count) }
    }

    enum Placement: Equatable {
        case here(offset: Int)
        /// Seal the last segment and begin another one with at least this size.
        case rotate(size: Int)
        case full
    }

    let segmentBytes: Int
    let bytesMax: Int
    /// Oldest first.
    private(set) var segments: [Segment] = []
    /// Files to use again, with their sizes.
    private(set) var spares: [(name: String, size: Int)] = []
    private(set) var trimmed: UInt64 = 0

    init(segmentBytes: Int, bytesMax: Int) {
        self.segmentBytes = segmentBytes
        self.bytesMax = bytesMax
    }

    /// Bytes of all files.
    var bytes: Int { segments.reduce(0) { $0 + $1.size } + spares.reduce(0) { $0 + $1.size } }

    /// Bytes that nobody has released.
    var bytesHeld: Int { segments.reduce(0) { $0 + $1.size } }

    /// Sequence of the newest record, 0 without any.
    var last: UInt64 { (segments.last?.next ?? 1) - 1 }

    /// Adds a segment behind the others; records at or past its first sequence are superseded.
    mutating func append(_ segment: Segment) {
        for index in segments.indices {
            segments[index].isSealed = true
            let keep = max(
                0,
                Int(clamping: segment.head.firstSequence) - Int(clamping: segments[index].head.firstSequence)
            )
            if segments[index].offsets.count > keep {
                segments[index].offsets.removeLast(segments[index].offsets.count - keep)
            }
        }
        segments.append(segment)
    }

    mutating func addSpare(_ name: String, size: Int) { spares.append((name, size)) }

    /// A file to use again for a segment of at least `size` bytes.
    mutating func takeSpare(size: Int) -> (name: String, size: Int)? {
        guard let index = spares.firstIndex(where: { $0.size >= size }) else { return nil }
        return spares.remove(at: index)
    }

    /// Where a record of this many bytes goes.
    func place(_ recordBytes: Int) -> Placement {
        if let last = segments.last, !last.isSealed, last.end + recordBytes <= last.size {
            return .here(offset: last.end)
        }
        let size = max(segmentBytes, LogFormat.recordsOffset + recordBytes)
        return bytesHeld + size > bytesMax ? .full : .rotate(size: size)
    }

    /// Notes that a record was placed at the end.
    mutating func wrote(recordBytes: Int) {
        let index = segments.count - 1
        segments[index].offsets.append(UInt32(segments[index].end + LogFormat.recordHeadBytes))
        segments[index].end += recordBytes
    }

    /// Takes back the newest records, which never became durable, and lets nothing follow in their segments.
    mutating func withdraw(after sequence: UInt64) {
        guard let index = segments.indices.last else { return }
        segments[index].isSealed = true
        for index in segments.indices where segments[index].next > sequence + 1 {
            let keep = Int(clamping: sequence + 1) - Int(clamping: segments[index].head.firstSequence)
            segments[index].offsets.removeLast(segments[index].offsets.count - max(0, keep))
        }
    }

    /// Lets go of the segments whose every record is at or before `sequence`.
    mutating func trim(through sequence: UInt64) -> [Segment] {
        trimmed = max(trimmed, sequence)
        var released: [Segment] = []
        while segments.count > 1, segments[0].isSealed, segments[0].next <= sequence + 1 {
            released.append(segments.removeFirst())
        }
        // A full last segment may go as well: the next one begins where it ended.
        return released
    }

    /// Lets go of the oldest segment whatever it holds.
    mutating func dropOldest() -> Segment? {
        segments.count > 1 ? segments.removeFirst() : nil
    }

    /// Where the payload of a record begins.
    func find(_ sequence: UInt64) -> (segment: Segment, offset: Int)? {
        var (low, high) = (0, segments.count)
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].next <= sequence { low = middle + 1 } else { high = middle }
        }
        guard low < segments.count, segments[low].head.firstSequence <= sequence else { return nil }
        let offset = segments[low].offsets[Int(sequence - segments[low].head.firstSequence)]
        return offset == 0 ? nil : (segments[low], Int(offset))
    }
}
