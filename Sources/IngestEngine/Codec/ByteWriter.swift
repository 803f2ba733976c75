/// Writes numbers into memory whose size was bounded beforehand.
///
/// No bounds are checked for each number: whoever makes one computes the worst case first, and `finish` checks it.
struct ByteWriter: ~Copyable {
    private let base: UnsafeMutableRawPointer
    private let capacity: Int
    private(set) var count = 0

    init(_ memory: UnsafeMutableRawBufferPointer) {
        // An empty buffer has no address and nothing is written into it.
        base = memory.baseAddress ?? UnsafeMutableRawPointer(bitPattern: 8).unsafelyUnwrapped
        capacity = memory.count
    }

    mutating func byte(_ value: UInt8) {
        base.storeBytes(of: value, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    mutating func fixed<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
        base.storeBytes(of: value.littleEndian, toByteOffset: count, as: T.self)
        count += MemoryLayout<T>.size
    }

    /// Seven bits a byte, lowest first.
    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    mutating func varint(_ value: UInt32) { varint(UInt64(value)) }

    mutating func varint(_ value: Int) { varint(UInt64(value)) }

    /// Small absolute values are short.
    mutating func zigzag(_ value: Int64) { varint(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

    mutating func bytes(_ source: UnsafeRawBufferPointer) {
        guard let from = source.baseAddress else { return }
        (base + count).copyMemory(from: from, byteCount: source.count)
        count += source.count
    }

    consuming func finish() -> Int {
        precondition(count <= capacity, "an encoder wrote past the bound that it computed")
        return count
    }
}
