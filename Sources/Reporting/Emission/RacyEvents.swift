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
    }

    /// One line an event, ascending: its 1-based index.
    public static func render(_ batch: EventBatch, engine: Engine) -> [UInt8] {
        let order = CausalOrder(batch)
        let labels = Labels(batch, order: order)
        let found = RaceEngine.racyEvents(order.program, order: engine == .hb ? .hb : .shb)
        var bytes: [UInt8] = []
        for index in Set(found.map { labels.index(Int($0)) }).sorted() {
            bytes += Array(String(index).utf8)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }
}
