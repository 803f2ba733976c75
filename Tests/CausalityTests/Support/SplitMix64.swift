/// A small seeded generator (Steele, Lea, Flood, OOPSLA 2014): one seed, one sequence, on every machine.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// True in `percent` of a hundred draws.
    mutating func chance(_ percent: Int) -> Bool { Int(next() % 100) < percent }

    /// A number of the range.
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// An element, `nil` only for an empty collection.
    mutating func pick<C: Collection>(_ items: C) -> C.Element? { items.randomElement(using: &self) }

    /// One of the two given, the first with `percent`.
    mutating func either<T>(_ percent: Int, _ first: T, _ second: T) -> T { chance(percent) ? first : second }
}
