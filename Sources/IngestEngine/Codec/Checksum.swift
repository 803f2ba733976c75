import TraceStore

/// CRC-32C over bytes that come in pieces.
struct Checksum: Hashable {
    private(set) var value: UInt32 = 0

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        value = CRC32C.checksum(bytes, continuing: value)
    }

    mutating func add<T: FixedWidthInteger>(_ number: T) {
        withUnsafeBytes(of: number.littleEndian) { add($0) }
    }

    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var sum = Checksum()
        sum.add(bytes)
        return sum.value
    }
}
