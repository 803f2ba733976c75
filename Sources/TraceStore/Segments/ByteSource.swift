/// Reads a buffer front to back and never beyond its end, whatever the bytes say.
struct ByteSource {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var remaining: Int { bytes.count - position }

    mutating func byte() throws(SegmentDamage) -> UInt8 {
        guard position < bytes.count else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func varint() throws(SegmentDamage) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            // The tenth byte has room for one bit.
            guard shift < 63 || byte <= 1 else { throw .malformed }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw .truncated
    }

    /// A number that counts things of at least one byte, or of no more than `limit`.
    mutating func count(limit: Int) throws(SegmentDamage) -> Int {
        let value = try varint()
        guard value <= UInt64(limit) else { throw .malformed }
        return Int(value)
    }

    mutating func word() throws(SegmentDamage) -> UInt64 {
        guard remaining >= 8 else { throw .truncated }
        defer { position += 8 }
        return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    mutating func take(_ count: Int) throws(SegmentDamage) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw .truncated }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
    }
}

/// What is wrong with the bytes of a segment.
enum SegmentDamage: Error {
    case truncated
    case malformed
    case checksum
    case compression
    /// Written by a newer version, or no segment at all.
    case version(UInt8)
    case magic
}
