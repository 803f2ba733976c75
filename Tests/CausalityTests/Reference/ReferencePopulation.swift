import TraceModel

/// The events that count: duplicates dropped, in position order.
struct ReferencePopulation {
    let batch: EventBatch
    let events: [Event]
    let indexOfRow: [Int]
    let totallyOrdered: Bool
    /// The event that each event names as its parent: of the same trace, else the only one with that id.
    let parents: [Int?]

    private struct Identity: Hashable {
        var trace: TraceID
        var id: EventID
    }

    init(_ batch: EventBatch) {
        self.batch = batch
        var kept: [Identity: Event] = [:]
        for row in 0..<batch.count {
            let event = batch[row]
            let identity = Identity(trace: event.trace, id: event.id)
            if let other = kept[identity], !Self.precedes(event, other, in: batch) { continue }
            kept[identity] = event
        }
        let total = kept.values.allSatisfy { $0.flags.contains(.totallyOrdered) }
        totallyOrdered = total
        let ordered = kept.values.sorted { Self.position($0, total) < Self.position($1, total) }
        events = ordered
        let index = Dictionary(
            uniqueKeysWithValues: ordered.enumerated().map { (Identity(trace: $1.trace, id: $1.id), $0) }
        )
        let byIdentity = Dictionary(grouping: ordered.indices) { ordered[$0].id }
        parents = ordered.map { event in
            let candidates = event.parent == .none ? [] : byIdentity[event.parent] ?? []
            let own = candidates.first { ordered[$0].trace == event.trace }
            return own ?? (candidates.count == 1 ? candidates[0] : nil)
        }
        indexOfRow = (0..<batch.count).map { index[Identity(trace: batch.traces[$0], id: batch.ids[$0])] ?? -1 }
    }

    /// Position order: (timestamp, sequence, trace, id), or the id alone.
    private static func position(_ event: Event, _ total: Bool) -> (Int64, Int64, EventID, TraceID, EventID) {
        total
            ? (0, 0, event.id, event.trace, .none)
            : (event.timestamp, event.sequence, .none, event.trace, event.id)
    }

    /// Which of two records of one event is kept.
    private static func precedes(_ a: Event, _ b: Event, in batch: EventBatch) -> Bool {
        func numbers(_ event: Event) -> (Int64, Int64, Int64) { (event.timestamp, event.sequence, event.ownClock) }
        if numbers(a) != numbers(b) { return numbers(a) < numbers(b) }
        let threads = (Array(batch.symbols[a.thread].utf8), Array(batch.symbols[b.thread].utf8))
        if threads.0 != threads.1 { return threads.0.lexicographicallyPrecedes(threads.1) }
        if a.kind != b.kind { return a.kind.rawValue < b.kind.rawValue }
        return batch.payload[a.kindPayload.indices].lexicographicallyPrecedes(batch.payload[b.kindPayload.indices])
    }
}
