/// A seedless 64-bit hash: the same for the same bytes in every process and release, because stores write it.
///
/// Eight bytes a step with the finaliser of MurmurHash3 (Appleby, public domain); not meant to withstand an attacker.
struct StableHash {
    private(set) var value: UInt64

    init(seed: UInt64 = 0x9E37_79B9_7F4A_7C15) { value = seed }

    @inline(__always)
    mutating func combine(_ word: UInt64) {
        var mixed = value ^ word
        mixed = (mixed ^ (mixed >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        mixed = (mixed ^ (mixed >> 29)) &* 0xC4CE_B9FE_1A85_EC53
        value = mixed ^ (mixed >> 32)
    }

    /// Adds bytes together with their number, so that neighbours cannot borrow from each other.
    @inline(__always)
    mutating func combine(_ bytes: UnsafeRawBufferPointer) {
        combine(UInt64(bytes.count) ^ 0xA5A5_0000_0000_0000)
        var index = 0
        while index + 8 <= bytes.count {
            combine(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
            index += 8
        }
        guard index < bytes.count else { return }
        var tail: UInt64 = 0
        while index < bytes.count {
            tail = tail << 8 | UInt64(bytes[index])
            index += 1
        }
        combine(tail)
    }

    /// The key of a name in tables that refer to names by number.
    static func name(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        var hash = StableHash()
        hash.combine(bytes)
        return Int64(bitPattern: hash.value)
    }

    /// The key of a name.
    static func name(_ text: String) -> Int64 {
        var text = text
        return text.withUTF8 { name(UnsafeRawBufferPointer($0)) }
    }
}
