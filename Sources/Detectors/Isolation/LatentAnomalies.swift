import TraceModel

/// What two requests of one kind could do to each other.
enum LatentAnomalies {
    static func of(_ log: StoreLog, batch: EventBatch, order: [Int]) -> [AnomalyFinding] { [] }
}
