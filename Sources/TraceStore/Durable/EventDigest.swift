import TraceModel

/// What an event says, in eight bytes: two versions of an event have equal digests when ``EventPrecedence`` finds no
/// difference between them, and otherwise with a probability of 2^-64. Kept in memory only, and not meant to withstand an attacker, who
/// could deceive nobody but himself.
enum EventDigest {
    /// The digests of all events, in their order: whoever takes the rows of one trace after the other reads all columns in leaps.
    static func all(_ batch: EventBatch) -> ContiguousArray<UInt64> {
        batch.payload.withUnsafeBytes { payload in
            ContiguousArray(batch.ids.indices.lazy.map { digest(batch, $0, payload) })
        }
    }

    private static func digest(_ batch: EventBatch, _ row: Int, _ payload: UnsafeRawBufferPointer) -> UInt64 {
        var hash = FoldedHash()
        hash.combine(UInt64(bitPattern: batch.timestamps[row]), UInt64(bitPattern: batch.sequences[row]))
        hash.combine(UInt64(bitPattern: batch.ownClocks[row]), UInt64(batch.kinds[row].rawValue))
        hash.combine(batch.parents[row].high, batch.parents[row].low)
        // No array of the parts: it would be allocated for every event.
        func combine(_ symbol: Symbol) {
            batch.symbols.withBytes(of: symbol) { hash.combine(UnsafeRawBufferPointer($0)) }
        }
        func combine(_ range: ByteRange) {
            hash.combine(
                range.isEmpty
                    ? UnsafeRawBufferPointer(start: nil, count: 0)
                    : UnsafeRawBufferPointer(rebasing: payload[range.indices])
            )
        }
        combine(batch.threads[row])
        combine(batch.objects[row])
        combine(batch.subjects[row])
        combine(batch.locations[row])
        combine(batch.kindPayloads[row])
        combine(batch.metadataPayloads[row])
        combine(batch.vectorPayloads[row])
        return hash.value
    }
}

/// Sixteen bytes a step: the two halves of a product of 128 bits, folded (after wyhash, Wang Yi, public domain).
private struct FoldedHash {
    private static let first: UInt64 = 0xA076_1D64_78BD_642F
    private static let second: UInt64 = 0xE703_7ED1_A0B4_28DB

    private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

    @inline(__always)
    mutating func combine(_ a: UInt64, _ b: UInt64) {
        let product = (a ^ Self.first).multipliedFullWidth(by: b ^ value)
        // The factor that has no state in it may be zero; what it would wipe out stays in the sum.
        value = (product.high ^ product.low) &+ (value &* Self.second)
    }

    /// Adds bytes together with their number, so that neighbours cannot borrow from each other.
    @inline(__always)
    mutating func combine(_ bytes: UnsafeRawBufferPointer) {
        let count = bytes.count
        var index = 0
        while index + 16 <= count {
            combine(word(bytes, index), word(bytes, index + 8))
            index += 16
        }
        // What is left is read in words that overlap: a loop over single bytes would cost as much as all before.
        let length = UInt64(count) << 32
        switch count {
        case 16...: combine(word(bytes, count - 16) ^ length, word(bytes, count - 8))
        case 8...: combine(word(bytes, 0) ^ length, word(bytes, count - 8))
        case 4...: combine(half(bytes, 0) << 32 | half(bytes, count - 4), length)
        case 1...:
            combine(UInt64(bytes[0]) << 16 | UInt64(bytes[count / 2]) << 8 | UInt64(bytes[count - 1]), length)
        default: combine(0, length)
        }
    }

    @inline(__always)
    private func word(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    @inline(__always)
    private func half(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt64 {
        UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self)))
    }
}
