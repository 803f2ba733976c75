import TraceModel

/// The running sums behind a ``TraceSummary``.
struct TraceStatistics {
    /// Services of one trace that are told apart; those beyond count as ``otherServices``, so that names which somebody makes up cost
    /// neither a row nor a search each at every append.
    static let servicesMax = 1_000
    static let otherServices = "(other services)"

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

    /// Counts an event.
    ///
    /// - Parameter slots: of this trace and batch, for all events that are counted one after the other.
    mutating func add(_ batch: EventBatch, _ row: Int, _ slots: inout StatisticSlots) {
        eventCount += 1
        let timestamp = batch.timestamps[row]
        firstTimestamp = min(firstTimestamp, timestamp)
        lastTimestamp = max(lastTimestamp, timestamp)
        let kind = batch.kinds[row]
        let duration = batch.durations[row]
        let kindPlace = kindSlot(kind)
        kinds[kindPlace].durations.add(duration: duration)
        let service = batch.processes[Int(batch.processIndices[row])].service
        if slots.service != service {
            slots.place = batch.symbols.withBytes(of: service) { serviceSlot(UnsafeRawBufferPointer($0)) }
        }
        slots.service = service
        services[slots.place].durations.add(duration: duration)
        services[slots.place].lastTimestamp = max(services[slots.place].lastTimestamp, timestamp)
        if kind == .error || (kind == .httpResponse && batch.numbers[row] >= 500) { services[slots.place].errors += 1 }
        let span = batch.spans[row]
        if !span.isEmpty, slots.span != span { spans.insert(batch.symbols.withBytes(of: span, fingerprint)) }
        slots.span = span
    }

    private mutating func kindSlot(_ kind: EventKind) -> Int {
        if let known = kinds.firstIndex(where: { $0.kind == kind }) { return known }
        let slot = kinds.firstIndex { $0.kind.rawValue > kind.rawValue } ?? kinds.count
        kinds.insert(KindShare(kind: kind), at: slot)
        return slot
    }

    private mutating func serviceSlot(_ name: UnsafeRawBufferPointer) -> Int {
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
        guard services.count < Self.servicesMax || name.elementsEqual(Self.otherServices.utf8) else {
            return Array(Self.otherServices.utf8).withUnsafeBytes { serviceSlot($0) }
        }
        services.insert(ServiceShare(name: String(decoding: name, as: UTF8.self)), at: low)
        return low
    }
}

/// Where the last event of a batch was counted: neighbours mostly share their service and span.
struct StatisticSlots {
    fileprivate var service: Symbol?
    fileprivate var place = 0
    fileprivate var span: Symbol?
}

/// FNV-1a, 64 bits: no seed, so that the same ids count the same in every process.
private func fingerprint(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return state
}
