/// The names of the members that a reader knows, found by their bytes.
///
/// Open addressing on the length and the first eight bytes: a hit costs one load, one multiplication and a comparison.
struct FieldTable: Sendable {
    /// The most names in a table, so that a set of them fits one word.
    static let namesMax = 64

    private let slots: [UInt8]
    private let names: [[UInt8]]

    /// The index of a field is its position in `names`.
    init(_ names: [String]) {
        precondition(names.count <= Self.namesMax)
        self.names = names.map { Array($0.utf8) }
        var slots = [UInt8](repeating: 255, count: 256)
        for (index, name) in self.names.enumerated() {
            var slot = name.withUnsafeBufferPointer { bytes in
                var padded = Array(bytes)
                padded.append(contentsOf: [UInt8](repeating: 0, count: 8))
                return padded.withUnsafeBufferPointer { Self.slot(UnsafeBufferPointer(rebasing: $0[..<bytes.count])) }
            }
            while slots[slot] != 255 { slot = (slot + 1) & 255 }
            slots[slot] = UInt8(index)
        }
        self.slots = slots
    }

    /// The index of the field named by `key`, or -1.
    ///
    /// Eight bytes from the start of `key` must be readable, whatever its length.
    @inline(__always)
    func find(_ key: UnsafeBufferPointer<UInt8>) -> Int {
        var slot = Self.slot(key)
        while true {
            let candidate = slots[slot]
            if candidate == 255 { return -1 }
            if equal(names[Int(candidate)], key) { return Int(candidate) }
            slot = (slot + 1) & 255
        }
    }

    @inline(__always)
    private func equal(_ name: [UInt8], _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        guard name.count == key.count else { return false }
        for i in 0..<name.count where name[i] != key[i] { return false }
        return true
    }

    @inline(__always)
    private static func slot(_ key: UnsafeBufferPointer<UInt8>) -> Int {
        guard let start = key.baseAddress else { return 0 }
        var word = UnsafeRawPointer(start).loadUnaligned(as: UInt64.self).littleEndian
        if key.count < 8 { word &= (1 << UInt64(8 * key.count)) - 1 }
        return Int(((word &+ UInt64(key.count)) &* 0x9e37_79b9_7f4a_7c15) >> 56)
    }
}
