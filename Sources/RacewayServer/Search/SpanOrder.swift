import TraceModel

/// Traces by when they began, the last one first, brought up to date when somebody asks: a few changes cost one pass over all of
/// them and not a sort.
struct SpanOrder {
    private var sorted: [SpanIndex.Key] = []
    /// Came, went or began at another time since.
    private var changed: Set<TraceID> = []

    /// Takes note of a trace that has to be looked up again.
    mutating func note(_ id: TraceID) { changed.insert(id) }

    /// The traces in order.
    ///
    /// - Parameter start: when a trace began; `nil` when it is gone.
    /// - Complexity: O(traces + c log c) for c changes, O(1) without any.
    mutating func keys(_ start: (TraceID) -> Int64?) -> [SpanIndex.Key] {
        guard !changed.isEmpty else { return sorted }
        let new = changed.compactMap { id in start(id).map { SpanIndex.Key(start: $0, id: id) } }.sorted()
        var merged: [SpanIndex.Key] = []
        merged.reserveCapacity(sorted.count + new.count)
        var rest = new[...]
        for key in sorted where !changed.contains(key.id) {
            while let first = rest.first, first < key { merged.append(rest.removeFirst()) }
            merged.append(key)
        }
        merged.append(contentsOf: rest)
        sorted = merged
        changed = []
        return sorted
    }
}
