public import TraceModel

/// The order in which the events of a trace are shown: by time, then as their task made them.
public enum DisplayOrder {
    /// The rows of a batch, earliest first; independent of arrival.
    public static func rows(_ batch: borrowing EventBatch) -> [Int] {
        let timestamps = batch.timestamps
        let sequences = batch.sequences
        let ownClocks = batch.ownClocks
        let ids = batch.ids
        return (0..<batch.count).sorted { a, b in
            if timestamps[a] != timestamps[b] { return timestamps[a] < timestamps[b] }
            if sequences[a] != sequences[b] { return sequences[a] < sequences[b] }
            if ownClocks[a] != ownClocks[b] { return ownClocks[a] < ownClocks[b] }
            return ids[a] < ids[b]
        }
    }
}
