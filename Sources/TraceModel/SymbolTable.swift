/// Strings stored once and named by dense integers.
///
/// Open addressing over bytes kept in one arena: a hit costs a hash and one comparison, and nothing is allocated
/// per string. The numbering is the order of first use, so it is deterministic for a given input.
public struct SymbolTable: Sendable {
    @usableFromInline var bytes: ContiguousArray<UInt8> = []
    @usableFromInline var ends: ContiguousArray<UInt32> = [0]
    @usableFromInline var hashes: ContiguousArray<UInt32> = [0]
    @usableFromInline var slots: ContiguousArray<UInt32> = ContiguousArray(repeating: 0, count: 16)

    /// A table that holds only the empty string.
    public init() {}

    /// Number of distinct strings, the empty one included.
    @inlinable
    public var count: Int { ends.count }

    /// Bytes held, for memory accounting.
    public var footprintBytes: Int { bytes.capacity + (ends.capacity + hashes.capacity + slots.capacity) * 4 }

    /// The symbol of `text`, added when new.
    public mutating func intern(_ text: String) -> Symbol {
        var copy = text
        return copy.withUTF8 { intern(bytes: $0) }
    }

    /// The symbol of the UTF-8 in `text`, added when new. The caller vouches that it is valid UTF-8.
    ///
    /// - Complexity: O(*n*) in the bytes of the string, amortised.
    @inlinable
    public mutating func intern(bytes text: UnsafeBufferPointer<UInt8>) -> Symbol {
        guard !text.isEmpty else { return .empty }
        let hash = Self.hash(text)
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while true {
            let candidate = slots[slot]
            if candidate == 0 { break }
            if hashes[Int(candidate)] == hash, equal(candidate, text) { return Symbol(rawValue: candidate) }
            slot = (slot + 1) & mask
        }
        let symbol = UInt32(ends.count)
        bytes.append(contentsOf: text)
        ends.append(UInt32(bytes.count))
        hashes.append(hash)
        slots[slot] = symbol
        if ends.count * 2 > slots.count { grow() }
        return Symbol(rawValue: symbol)
    }

    /// The symbol of `text` when it is present.
    public func find(_ text: String) -> Symbol? {
        var copy = text
        return copy.withUTF8 { text in
            guard !text.isEmpty else { return .empty }
            let hash = Self.hash(text)
            let mask = slots.count - 1
            var slot = Int(hash) & mask
            while slots[slot] != 0 {
                if hashes[Int(slots[slot])] == hash, equal(slots[slot], text) {
                    return Symbol(rawValue: slots[slot])
                }
                slot = (slot + 1) & mask
            }
            return nil
        }
    }

    /// The string of a symbol of this table.
    public subscript(_ symbol: Symbol) -> String {
        withBytes(of: symbol) { String(decoding: $0, as: UTF8.self) }
    }

    /// The UTF-8 of a symbol of this table, without a copy.
    @inlinable
    public func withBytes<R>(of symbol: Symbol, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        let index = Int(symbol.rawValue)
        let start = index == 0 ? 0 : Int(ends[index - 1])
        let end = Int(ends[index])
        return try bytes.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[start..<end])) }
    }

    @usableFromInline
    func equal(_ candidate: UInt32, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = Int(ends[Int(candidate) - 1])
        guard Int(ends[Int(candidate)]) - start == text.count else { return false }
        return bytes.withUnsafeBufferPointer { held in
            for i in 0..<text.count where held[start + i] != text[i] { return false }
            return true
        }
    }

    @usableFromInline
    mutating func grow() {
        let size = slots.count * 2
        var next = ContiguousArray<UInt32>(repeating: 0, count: size)
        for index in 1..<ends.count {
            var slot = Int(hashes[index]) & (size - 1)
            while next[slot] != 0 { slot = (slot + 1) & (size - 1) }
            next[slot] = UInt32(index)
        }
        slots = next
    }

    /// A seedless 32-bit hash that reads eight bytes at a time.
    @inlinable
    static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15 ^ UInt64(text.count)
        let raw = UnsafeRawBufferPointer(text)
        var i = 0
        while i + 8 <= raw.count {
            let word = raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)
            state = (state ^ word) &* 0xff51_afd7_ed55_8ccd
            state ^= state >> 32
            i += 8
        }
        var tail: UInt64 = 0
        while i < raw.count {
            tail = tail << 8 | UInt64(raw[i])
            i += 1
        }
        state = (state ^ tail) &* 0xc4ce_b9fe_1a85_ec53
        state ^= state >> 29
        return UInt32(truncatingIfNeeded: state ^ (state >> 32))
    }
}
