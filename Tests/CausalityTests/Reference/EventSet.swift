/// A set of event indices as a row of bits.
struct EventSet: Equatable {
    private var words: [UInt64]

    /// An empty set of numbers below `capacity`.
    init(capacity: Int) { words = Array(repeating: 0, count: (capacity + 63) / 64) }

    mutating func insert(_ index: Int) { words[index >> 6] |= 1 << UInt64(index & 63) }

    func contains(_ index: Int) -> Bool { words[index >> 6] & (1 << UInt64(index & 63)) != 0 }

    mutating func formUnion(_ other: EventSet) {
        for i in words.indices { words[i] |= other.words[i] }
    }

    /// How many members two sets share.
    func sharedCount(_ other: EventSet) -> Int {
        var count = 0
        for i in words.indices { count += (words[i] & other.words[i]).nonzeroBitCount }
        return count
    }
}
