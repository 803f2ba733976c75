/// The bytes of a segment: two copies of its head, then records, each at a multiple of eight.
///
/// A record's checksum covers its sequence and the identity of the segment (log, ordinal, epoch, first sequence). A segment
/// file is used again and again; a record of an earlier use is whole, yet its checksum says that it belongs elsewhere.
enum LogFormat {
    static let headBytes = 64
    /// One damaged sector must not cost a whole segment.
    static let headCopies = 2
    static let recordsOffset = headBytes * headCopies
    static let recordHeadBytes = 24
    static let alignment = 8
    static let version: UInt32 = 1
    static let segmentMark: UInt64 = 0x4745_534c_5759_4152
    static let recordMark: UInt32 = 0x4345_5257

    /// Bytes that a record with this payload takes in a segment.
    static func recordBytes(payload: Int) -> Int {
        (recordHeadBytes + payload + alignment - 1) / alignment * alignment
    }
}

/// What the head of a segment says.
struct SegmentHead: Hashable {
    /// Identity of the log.
    var source: UInt64
    /// Position of the segment among all that the log ever had.
    var ordinal: UInt64
    var epoch: UInt64
    /// Sequence of the first record. Records of earlier segments at or past it were written again here.
    var firstSequence: UInt64

    var encoded: [UInt8] {
        let size = LogFormat.headBytes
        return [UInt8](unsafeUninitializedCapacity: size * LogFormat.headCopies) { memory, count in
            memory.initialize(repeating: 0)
            for copy in 0..<LogFormat.headCopies {
                let part = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(memory)[(copy * size)..<(copy * size + size)]
                )
                var out = ByteWriter(part)
                out.fixed(LogFormat.segmentMark)
                out.fixed(LogFormat.version)
                out.fixed(UInt32(0))
                out.fixed(source)
                out.fixed(ordinal)
                out.fixed(epoch)
                out.fixed(firstSequence)
                let length = out.finish()
                let sum = Checksum.of(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(part)[..<length]))
                part.storeBytes(of: sum.littleEndian, toByteOffset: length, as: UInt32.self)
            }
            count = size * LogFormat.headCopies
        }
    }

    init(source: UInt64, ordinal: UInt64, epoch: UInt64, firstSequence: UInt64) {
        self.source = source
        self.ordinal = ordinal
        self.epoch = epoch
        self.firstSequence = firstSequence
    }

    /// The head at the beginning of a file, from whichever copy is whole.
    init?(_ bytes: UnsafeRawBufferPointer) {
        for copy in 0..<LogFormat.headCopies {
            let start = copy * LogFormat.headBytes
            guard bytes.count >= start + LogFormat.headBytes else { return nil }
            var input = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[start..<start + LogFormat.headBytes]))
            let isSegment = input.fixed(UInt64.self) == LogFormat.segmentMark
            let version = input.fixed(UInt32.self)
            _ = input.fixed(UInt32.self)
            let head = SegmentHead(
                source: input.fixed(UInt64.self),
                ordinal: input.fixed(UInt64.self),
                epoch: input.fixed(UInt64.self),
                firstSequence: input.fixed(UInt64.self)
            )
            let sum = Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[start..<start + input.offset]))
            if isSegment, version == LogFormat.version, input.fixed(UInt32.self) == sum {
                self = head
                return
            }
        }
        return nil
    }

    /// What every record's checksum begins with.
    var seed: Checksum {
        var sum = Checksum()
        sum.add(source)
        sum.add(ordinal)
        sum.add(epoch)
        sum.add(firstSequence)
        return sum
    }
}

/// What precedes the payload of a record.
struct RecordHead: Hashable {
    var length: UInt32
    var sequence: UInt64
    /// CRC-32C of the payload, so that whoever encodes computes it and the log's thread need not.
    var payloadChecksum: UInt32

    init(length: UInt32, sequence: UInt64, payloadChecksum: UInt32) {
        self.length = length
        self.sequence = sequence
        self.payloadChecksum = payloadChecksum
    }

    private func checksum(_ seed: Checksum) -> UInt32 {
        var sum = seed
        sum.add(length)
        sum.add(sequence)
        sum.add(payloadChecksum)
        return sum.value
    }

    func write(_ out: inout ByteWriter, seed: Checksum) {
        out.fixed(LogFormat.recordMark)
        out.fixed(length)
        out.fixed(sequence)
        out.fixed(payloadChecksum)
        out.fixed(checksum(seed))
    }

    /// The head at an offset, when there is a valid one of this segment.
    init?(_ bytes: UnsafeRawBufferPointer, at offset: Int, seed: Checksum) {
        guard bytes.count - offset >= LogFormat.recordHeadBytes,
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) == LogFormat.recordMark
        else { return nil }
        var input = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[(offset + 4)...]))
        length = input.fixed(UInt32.self)
        sequence = input.fixed(UInt64.self)
        payloadChecksum = input.fixed(UInt32.self)
        guard input.fixed(UInt32.self) == checksum(seed) else { return nil }
    }
}
