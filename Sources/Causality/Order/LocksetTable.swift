/// Sets of held locks, stored once and named by dense integers; 0 is the empty set.
public struct LocksetTable: Sendable {
    /// Members of each set, sorted: `lock << 1 | shared`.
    public private(set) var sets: ContiguousArray<[UInt32]> = [[]]
    private var index: [[UInt32]: UInt32] = [[]: 0]

    /// A table with only the empty set.
    public init() {}

    /// The number of a sorted set, added when new.
    mutating func intern(_ members: [UInt32]) -> UInt32 {
        if let known = index[members] { return known }
        let number = UInt32(sets.count)
        sets.append(members)
        index[members] = number
        return number
    }

    /// True when the sets have a lock in common that at least one of them holds exclusively.
    ///
    /// - Complexity: O(members of both).
    public func exclude(_ a: UInt32, _ b: UInt32) -> Bool {
        if a == 0 || b == 0 { return false }
        let left = sets[Int(a)]
        let right = sets[Int(b)]
        var i = 0
        var j = 0
        while i < left.count, j < right.count {
            let x = left[i] >> 1
            let y = right[j] >> 1
            if x == y {
                if left[i] & 1 == 0 || right[j] & 1 == 0 { return true }
                i += 1
                j += 1
            } else if x < y {
                i += 1
            } else {
                j += 1
            }
        }
        return false
    }

    /// Locks in both sets, whatever their modes.
    public func common(_ a: UInt32, _ b: UInt32) -> [UInt32] {
        let right = Set(sets[Int(b)].map { $0 >> 1 })
        return sets[Int(a)].map { $0 >> 1 }.filter(right.contains)
    }
}
