/// The layout of a segment: some events of one trace in columns, as both durable stores keep them.
///
/// A header of ``headerBytes`` (little-endian), then the body, compressed as the header says:
///
///     0  "RWSG"          magic
///     4  version         1
///     5  compression     0 none, 1 zstd
///     6  reserved        0
///     8  events          UInt32
///     12 plain bytes     UInt32, of the body before compression
///     16 stored bytes    UInt32, of the body as it follows
///     20 trace           16 bytes, big-endian
///     36 CRC32C          of everything before it and of the stored body
///
/// The plain body of version 1: the strings used (count, lengths, UTF-8), the processes (service, instance, process id), one
/// ``IntegerColumn`` a field in the order of ``SegmentEncoder``, and the payload bytes, all kinds first, then all
/// metadata, vectors, lock sets, and values that lie in none of these. Numbers are LEB128.
enum SegmentFormat {
    static let magic: UInt32 = 0x4753_5752
    static let version: UInt8 = 1
    static let headerBytes = 40
    static let checksumOffset = 36

    static let plain: UInt8 = 0
    static let zstd: UInt8 = 1

    /// Events of one segment at most, so that a damaged count cannot ask for all memory.
    static let eventsMax = 1 << 16
    /// Plain bytes of one segment at most, for the same reason.
    static let plainBytesMax = 1 << 30

    /// Fields that are one integer column each.
    static let fixedColumns = 27
}

/// How the integers of one column are written; the first byte of the column.
enum IntegerColumn {
    /// One zigzag varint stands for all.
    static let constant: UInt8 = 0
    /// Zigzag varints of the differences, the first one from zero.
    static let deltas: UInt8 = 1
    /// Eight bytes each, little-endian.
    static let words: UInt8 = 2
    /// Zigzag varints.
    static let varints: UInt8 = 3
}

@inline(__always)
func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }

@inline(__always)
func unzigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
