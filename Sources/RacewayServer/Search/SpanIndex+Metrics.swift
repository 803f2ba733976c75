/// The index as `/metrics` sees it.
extension SpanIndex {
    /// Traces that are read before an answer; where more wait, what is missing is counted at a later question.
    private static let tracesSoon = 256
    /// The longest that anybody waits for them, also where the store does not answer, and the longest where more wait.
    private static let (patience, impatience) = (Duration.milliseconds(500), Duration.milliseconds(10))

    /// What the metrics say, of as much as is read in a moment.
    func currentMetrics() async -> SpanMetrics {
        let wait = backlog <= Self.tracesSoon ? Self.patience : Self.impatience
        _ = await catchUp(until: .now + wait)
        return metrics
    }
}
