/// Sets of held locks, stored once and named by dense integers; 0 is the empty set.
///
/// A set has at most ``membersMax`` locks: those taken on top of so many are not remembered, for a task that nests n locks would
/// otherwise cost n² memory. What is not remembered must not look unprotected, so a full set is taken to exclude every other.
public struct LocksetTable: Sendable {
    /// Locks of a set. People nest three; whoever takes every stripe of a striped lock needs some more.
    public static let membersMax = 128

    /// Members of each set, sorted: `lock << 1 | shared`.
    public private(set) var sets: ContiguousArray<[UInt32]> = [[]]
    private var index: [[UInt32]: UInt32] = [[]: 0]
    /// The set that taking or giving back a lock leads to, by set and member: the same code takes the same locks again.
    private var added: [UInt64: UInt32] = [:]
    private var removed: [UInt64: UInt32] = [:]

    /// A table with only the empty set.
    public init() {}

    /// The set with one more member, which it does not have yet; the same set when it is full.
    ///
    /// - Complexity: O(1) once known, else O(``membersMax``).
    mutating func adding(_ member: UInt32, to set: UInt32) -> UInt32 {
        let key = UInt64(set) << 32 | UInt64(member)
        if let known = added[key] { return known }
        var members = sets[Int(set)]
        guard members.count < Self.membersMax else { return set }
        let place = members.firstIndex { $0 > member } ?? members.count
        members.insert(member, at: place)
        let result = intern(members)
        added[key] = result
        return result
    }

    /// The set without one of its members.
    ///
    /// - Complexity: O(1) once known, else O(``membersMax``).
    mutating func removing(_ member: UInt32, from set: UInt32) -> UInt32 {
        let key = UInt64(set) << 32 | UInt64(member)
        if let known = removed[key] { return known }
        let result = intern(sets[Int(set)].filter { $0 != member })
        removed[key] = result
        return result
    }

    private mutating func intern(_ members: [UInt32]) -> UInt32 {
        if let known = index[members] { return known }
        let number = UInt32(sets.count)
        sets.append(members)
        index[members] = number
        return number
    }

    /// True when the sets have a lock in common that at least one of them holds exclusively, or may have one: a full set's task
    /// holds locks that are not remembered.
    ///
    /// - Complexity: O(members of both).
    public func exclude(_ a: UInt32, _ b: UInt32) -> Bool {
        if a == 0 || b == 0 { return false }
        let left = sets[Int(a)]
        let right = sets[Int(b)]
        if left.count == Self.membersMax || right.count == Self.membersMax { return true }
        return Self.exclude(left, right)
    }

    /// True when two sorted lists of members have a lock in common that at least one of them holds exclusively.
    ///
    /// - Complexity: O(members of both).
    public static func exclude(_ left: [UInt32], _ right: [UInt32]) -> Bool {
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
