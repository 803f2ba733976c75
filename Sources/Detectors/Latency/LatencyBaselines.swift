public import TraceModel

/// What durations are usual, per service and operation, over all retained events.
public struct LatencyBaselines: Sendable {
    /// Operations kept; clients choose names, so there is a bound.
    static let operationsMax = 20_000

    private var byOperation: [Operation: DurationStatistics] = [:]

    /// Baselines of nothing.
    public init() {}

    /// Learns every event that carries a duration, once.
    ///
    /// - Complexity: O(events).
    public init(_ batch: borrowing EventBatch) {
        let (statistics, example) = Self.collect(batch)
        // The most frequent operations are the ones worth comparing with.
        let kept = statistics.sorted { ($1.value.count, example[$0.key] ?? 0) < ($0.value.count, example[$1.key] ?? 0) }
        for (key, value) in kept.prefix(Self.operationsMax) {
            guard let row = example[key] else { continue }
            byOperation[Operation(row, batch)] = value
        }
    }

    /// Durations of the events of one trace that are unusually long, judged without the trace itself.
    ///
    /// Shorter than usual is never an anomaly.
    ///
    /// - Parameter included: whether all events of the trace were learned, so that they can be taken out again.
    public func anomalies(in trace: borrowing EventBatch, included: Bool) -> [LatencyAnomaly] {
        let (own, example) = Self.collect(trace)
        var others: [OperationName.Key: DurationStatistics] = [:]
        for (key, statistics) in own {
            guard let row = example[key], var usual = byOperation[Operation(row, trace)] else { continue }
            if included { usual.remove(statistics) }
            others[key] = usual
        }
        return (0..<trace.count).compactMap { row in
            guard trace.durations[row] >= 0, let usual = others[OperationName.Key(row, trace)] else { return nil }
            return LatencyAnomaly(row: row, duration: trace.durations[row], usual: usual)
        }
    }

    private struct Operation: Hashable {
        var service: String
        var name: String

        init(_ row: Int, _ batch: borrowing EventBatch) {
            service = batch.symbols[batch.processes[Int(batch.processIndices[row])].service]
            name = OperationName.of(row, batch)
        }
    }

    /// Statistics of each operation, and a row that shows its name.
    private static func collect(
        _ batch: borrowing EventBatch
    ) -> (statistics: [OperationName.Key: DurationStatistics], example: [OperationName.Key: Int]) {
        var statistics: [OperationName.Key: DurationStatistics] = [:]
        var example: [OperationName.Key: Int] = [:]
        for row in 0..<batch.count where batch.durations[row] >= 0 {
            let key = OperationName.Key(row, batch)
            statistics[key, default: DurationStatistics()].add(batch.durations[row])
            if example[key] == nil { example[key] = row }
        }
        return (statistics, example)
    }
}
