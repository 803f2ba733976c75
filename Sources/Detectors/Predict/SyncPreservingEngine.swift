public import Causality
public import TraceModel

/// Finds the accesses that are the later half of a sync-preserving race (`--emit racy-events --engine syncp`).
public enum SyncPreservingEngine {
    /// Up to this many events all conflicting pairs are decided, in one window; beyond, candidates in windows.
    public static let exactMax = 10_000

    /// Rows in causal order that have an earlier conflicting access with which they form a sync-preserving race.
    ///
    /// - Complexity: up to ``exactMax`` events O(pairs of tasks · shared objects · events) at worst; beyond, near linear.
    public static func racyEvents(batch: EventBatch, order: CausalOrder) -> [Int] {
        let source = WindowSource(batch, order, survey: Survey(batch, order))
        if order.rows.count > exactMax {
            let patterns = ObjectPatterns(order, batch, Labels(batch, order: order))
            let naming = StaticPairs.Naming(batch, patternOfObject: patterns.ofObject)
            var pairs = PredictedPairs(source, keys: naming, known: [])
            return Set(pairs.search().map(\.second)).sorted().map { source.row(at: $0) }
        }
        var scratch = WindowScratch(order)
        let window = TraceWindow(source, 0..<source.count, scratch: &scratch)
        var search = ExhaustiveSearch(window, WindowAccesses(source, window))
        return search.races().map { source.row(at: $0.second) }
    }
}
