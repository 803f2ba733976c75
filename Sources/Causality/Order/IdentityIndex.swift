import TraceModel

/// Finds the row of a (trace, id) pair, and of an id that only one trace uses.
///
/// Open addressing over row numbers: a Swift dictionary of 32-byte keys costs several times as much on a million events.
struct IdentityIndex {
    private var slots: ContiguousArray<UInt32>
    private let mask: Int
    private static let free = UInt32.max

    /// An index with room for `count` rows.
    init(count: Int) {
        var size = 16
        while size < count * 2 { size *= 2 }
        slots = ContiguousArray(repeating: Self.free, count: size)
        mask = size - 1
    }

    /// Adds `row`, or returns the row that already has its identity.
    mutating func insert(_ row: Int, _ batch: borrowing EventBatch) -> Int? {
        let id = batch.ids[row]
        let trace = batch.traces[row]
        var slot = Self.hash(trace, id) & mask
        while slots[slot] != Self.free {
            let other = Int(slots[slot])
            if batch.ids[other] == id, batch.traces[other] == trace { return other }
            slot = (slot + 1) & mask
        }
        slots[slot] = UInt32(row)
        return nil
    }

    /// Puts `row` where `old`, which has the same identity, was.
    mutating func replace(_ old: Int, with row: Int, _ batch: borrowing EventBatch) {
        var slot = Self.hash(batch.traces[row], batch.ids[row]) & mask
        while slots[slot] != UInt32(old) { slot = (slot + 1) & mask }
        slots[slot] = UInt32(row)
    }

    /// The row with this identity.
    func find(_ trace: TraceID, _ id: EventID, _ batch: borrowing EventBatch) -> Int? {
        var slot = Self.hash(trace, id) & mask
        while slots[slot] != Self.free {
            let other = Int(slots[slot])
            if batch.ids[other] == id, batch.traces[other] == trace { return other }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private static func hash(_ trace: TraceID, _ id: EventID) -> Int {
        var state = id.low ^ (id.high &* 0x9e37_79b9_7f4a_7c15) ^ (trace.low &* 0xc2b2_ae3d_27d4_eb4f) ^ trace.high
        state = (state ^ (state >> 32)) &* 0xd6e8_feb8_6659_fd93
        state ^= state >> 32
        return Int(truncatingIfNeeded: state)
    }
}
