internal import Causality
internal import Detectors
public import TraceModel

/// `--emit racy-events`: the events that are the later access of an unordered pair.
public enum RacyEvents {
    /// The partial orders to choose from.
    public enum Engine: String, Sendable, CaseIterable {
        /// Happens-before.
        case hb
        /// Schedulable happens-before: every reported pair can be made adjacent.
        case shb
        /// Sync-preserving: some reordering that keeps the order of each lock's sections makes the pair adjacent.
        case syncp
    }

    /// One line an event, ascending: its 1-based index.
    public static func render(_ batch: EventBatch, engine: Engine) -> [UInt8] {
        let order = CausalOrder(batch)
        let labels = Labels(batch, order: order)
        let rows =
            switch engine {
            case .hb: RaceEngine.racyEvents(order.program, order: .hb).map { Int($0) }
            case .shb: RaceEngine.racyEvents(order.program, order: .shb).map { Int($0) }
            case .syncp: SyncPreservingEngine.racyEvents(batch: batch, order: order)
            }
        var bytes: [UInt8] = []
        for index in Set(rows.map(labels.inputPosition)).sorted() {
            bytes += Array(String(index).utf8)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }
}
