import Causality

/// Where each row stands in the causal order.
enum Positions {
    /// Position of each row, ``UInt32/max`` for duplicates.
    static func ofRows(_ order: CausalOrder, count: Int) -> ContiguousArray<UInt32> {
        var positions = ContiguousArray<UInt32>(repeating: .max, count: count)
        for (position, row) in order.rows.enumerated() { positions[Int(row)] = UInt32(position) }
        return positions
    }
}
