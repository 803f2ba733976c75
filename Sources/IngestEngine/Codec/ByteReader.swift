/// Reads numbers from memory that may hold anything: past the end everything is zero and ``failed`` is set.
struct ByteReader {
    private let memory: UnsafeRawBufferPointer
    private(set) var offset = 0
    private(set) var failed = false

    init(_ memory: UnsafeRawBufferPointer) {
        self.memory = memory
    }

    var remaining: Int { memory.count - offset }

    mutating func byte() -> UInt8 {
        guard offset < memory.count else {
            failed = true
            return 0
        }
        defer { offset += 1 }
        return memory[offset]
    }

    mutating func fixed<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) -> T {
        guard remaining >= MemoryLayout<T>.size else {
            failed = true
            offset = memory.count
            return 0
        }
        defer { offset += MemoryLayout<T>.size }
        return T(littleEndian: memory.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    mutating func varint() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = byte()
            guard shift < 63 || next <= 1 else {
                failed = true
                return 0
            }
            value |= UInt64(next & 0x7f) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    mutating func varint32() -> UInt32 {
        let value = varint()
        if value > UInt64(UInt32.max) { failed = true }
        return UInt32(truncatingIfNeeded: value)
    }

    /// A number of things of which each takes at least `atLeast` of the remaining bytes.
    mutating func count(atLeast: Int) -> Int {
        let value = varint()
        guard value <= UInt64(remaining / max(1, atLeast)) else {
            failed = true
            return 0
        }
        return Int(value)
    }

    mutating func zigzag() -> Int64 {
        let value = varint()
        return Int64(bitPattern: (value >> 1) ^ (0 &- (value & 1)))
    }

    mutating func bytes(_ length: Int) -> UnsafeRawBufferPointer {
        guard length >= 0, length <= remaining else {
            failed = true
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        defer { offset += length }
        return UnsafeRawBufferPointer(rebasing: memory[offset..<offset + length])
    }
}
