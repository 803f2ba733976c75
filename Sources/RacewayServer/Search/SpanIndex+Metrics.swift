/// The index as `/metrics` sees it.
extension SpanIndex {
    /// Traces that are read before an answer; where more wait, what is missing is counted at a later question.
    private static let tracesSoon = 256
    /// The longest that anybody waits for them, also where the store does not answer, and the longest where more wait.
    private static let (patience, impatience) = (Duration.milliseconds(500), Duration.milliseconds(10))

    /// What the metrics say, of as much as is read in a moment.
    func currentMetrics() async -> SpanMetrics {
        let wait = backlog <= Self.tracesSoon ? Self.patience : Self.impatience
        let limit = ContinuousClock.now + wait
        let (first, end) = AsyncStream<Void>.makeStream()
        let work = Task {
            await catchUp(until: limit)
            end.finish()
        }
        let alarm = Task {
            try? await Task.sleep(until: limit)
            end.finish()
        }
        for await _ in first {}
        for task in [work, alarm] { task.cancel() }
        return metrics
    }

    /// Waits for a reading that begins after the call, or makes one.
    private func catchUp(until limit: ContinuousClock.Instant) async {
        _ = await following?.result
        if let following { _ = await following.result } else { try? await follow(until: limit) }
    }
}
