import TraceModel

/// Rows of a batch without those that say again what an earlier row said: the same event of the same trace.
///
/// Stores give every event once. Who reads files or merges exports has no such promise.
enum DistinctRows {
    /// The first row of each event, in the order in which they came.
    ///
    /// - Complexity: O(rows).
    static func of(_ rows: [Int32], in batch: borrowing EventBatch) -> [Int32] {
        var size = 16
        while size < 2 * rows.count { size *= 2 }
        // Row and one, 0 where free.
        var slots = ContiguousArray<UInt32>(repeating: 0, count: size)
        let (ids, traces) = (batch.ids, batch.traces)
        return rows.filter { row in
            let (id, trace) = (ids[Int(row)], traces[Int(row)])
            var slot = hash(id, trace) & (size - 1)
            while slots[slot] != 0 {
                let other = Int(slots[slot]) - 1
                if ids[other] == id, traces[other] == trace { return false }
                slot = (slot + 1) & (size - 1)
            }
            slots[slot] = UInt32(row) + 1
            return true
        }
    }

    private static func hash(_ id: EventID, _ trace: TraceID) -> Int {
        let mixed = (id.low ^ id.high &* 0x9E37_79B9_7F4A_7C15 ^ trace.low &* 0xC2B2_AE3D_27D4_EB4F)
        return Int(truncatingIfNeeded: mixed &* 0xFF51_AFD7_ED55_8CCD >> 32)
    }
}
