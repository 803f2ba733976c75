import TraceModel

/// Finds the row of an event of a segment by its id; emptied and used again for each segment.
struct RowTable {
    /// Row and one, 0 where free; the size is a power of two at least twice the rows.
    private var slots: ContiguousArray<UInt32> = []
    private var mask = 0

    /// Empties the table and makes room for `count` rows.
    mutating func start(count: Int) {
        var size = 16
        while size < 2 * count { size *= 2 }
        mask = size - 1
        slots.removeAll(keepingCapacity: true)
        slots.append(contentsOf: repeatElement(0, count: size))
    }

    /// Adds the next row, which must be `index`.
    mutating func insert(_ id: EventID, at index: Int) {
        var slot = Self.hash(id) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt32(index + 1)
    }

    /// The index into `rows` of the event with this id.
    func find(_ id: EventID, ids: ContiguousArray<EventID>, rows: ArraySlice<Int>) -> Int? {
        var slot = Self.hash(id) & mask
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if ids[rows[rows.startIndex + index]] == id { return index }
            slot = (slot + 1) & mask
        }
        return nil
    }

    @inline(__always)
    private static func hash(_ id: EventID) -> Int {
        let mixed = (id.low ^ (id.high &* 0x9E37_79B9_7F4A_7C15)) &* 0xFF51_AFD7_ED55_8CCD
        return Int(truncatingIfNeeded: mixed >> 32)
    }
}
