import TraceModel

/// A total order on the content of events with one identity, so that the same copy is kept whatever came first.
enum EventContent {
    static func precedes(_ a: Int, _ b: Int, _ batch: borrowing EventBatch) -> Bool {
        if batch.timestamps[a] != batch.timestamps[b] { return batch.timestamps[a] < batch.timestamps[b] }
        if batch.sequences[a] != batch.sequences[b] { return batch.sequences[a] < batch.sequences[b] }
        if batch.ownClocks[a] != batch.ownClocks[b] { return batch.ownClocks[a] < batch.ownClocks[b] }
        if batch.threads[a] != batch.threads[b] {
            return batch.symbols[batch.threads[a]] < batch.symbols[batch.threads[b]]
        }
        if batch.kinds[a] != batch.kinds[b] { return batch.kinds[a].rawValue < batch.kinds[b].rawValue }
        let left = batch.payload[batch.kindPayloads[a].indices]
        let right = batch.payload[batch.kindPayloads[b].indices]
        if left != right { return left.lexicographicallyPrecedes(right) }
        if batch.parents[a] != batch.parents[b] { return batch.parents[a] < batch.parents[b] }
        let before = batch.payload[batch.metadataPayloads[a].indices]
        let after = batch.payload[batch.metadataPayloads[b].indices]
        return before.lexicographicallyPrecedes(after)
    }
}
