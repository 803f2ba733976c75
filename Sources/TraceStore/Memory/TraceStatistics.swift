import TraceModel

/// The running sums behind a ``TraceSummary``.
struct TraceStatistics {
    let id: TraceID
    var revision: UInt64 = 0
    private(set) var eventCount = 0
    private(set) var firstTimestamp = Int64.max
    private(set) var lastTimestamp = Int64.min
    /// By name.
    private(set) var services: [ServiceShare] = []
    private var kinds: [KindShare] = []
    /// Hashes of the span ids seen: eight bytes each whatever their length.
    private var spans: Set<UInt64> = []

    init(id: TraceID) {
        self.id = id
    }

    var summary: TraceSummary {
        var summary = TraceSummary(id: id)
        summary.revision = revision
        summary.eventCount = eventCount
        summary.firstTimestamp = firstTimestamp
        summary.lastTimestamp = lastTimestamp
        summary.services = services
        summary.kinds = kinds
        summary.spanCount = spans.count
        return summary
    }

    /// Whether a service took part.
    func involves(_ service: String) -> Bool { services.contains { $0.name == service } }

    mutating func add(_ batch: EventBatch, _ row: Int) {
        eventCount += 1
        let timestamp = batch.timestamps[row]
        firstTimestamp = min(firstTimestamp, timestamp)
        lastTimestamp = max(lastTimestamp, timestamp)
        let kind = batch.kinds[row]
        let duration = batch.durations[row]
        let slot = kindSlot(kind)
        kinds[slot].durations.add(duration: duration)
        let service = serviceSlot(batch.processes[Int(batch.processIndices[row])].service, of: batch)
        services[service].durations.add(duration: duration)
        services[service].lastTimestamp = max(services[service].lastTimestamp, timestamp)
        if kind == .error || (kind == .httpResponse && batch.numbers[row] >= 500) { services[service].errors += 1 }
        let span = batch.spans[row]
        if !span.isEmpty { spans.insert(batch.symbols.withBytes(of: span, fingerprint)) }
    }

    private mutating func kindSlot(_ kind: EventKind) -> Int {
        if let known = kinds.firstIndex(where: { $0.kind == kind }) { return known }
        let slot = kinds.firstIndex { $0.kind.rawValue > kind.rawValue } ?? kinds.count
        kinds.insert(KindShare(kind: kind), at: slot)
        return slot
    }

    private mutating func serviceSlot(_ symbol: Symbol, of batch: EventBatch) -> Int {
        batch.symbols.withBytes(of: symbol) { name in
            var low = 0
            var high = services.count
            while low < high {
                let middle = (low + high) / 2
                if services[middle].name.utf8.elementsEqual(name) { return middle }
                if services[middle].name.utf8.lexicographicallyPrecedes(name) {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            services.insert(ServiceShare(name: String(decoding: name, as: UTF8.self)), at: low)
            return low
        }
    }
}

/// FNV-1a, 64 bits: no seed, so that the same ids count the same in every process.
private func fingerprint(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return state
}
