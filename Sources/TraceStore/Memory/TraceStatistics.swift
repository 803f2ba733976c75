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
    /// In the order of arrival.
    private var shares: [ServiceShare] = []
    /// Places of the shares by name, once there are too many to look at each: a sender may name a service for every event.
    private var placeOfName: [String: Int] = [:]
    private static let fewMax = 16
    private var kinds: [KindShare] = []
    /// Hashes of the span ids seen: eight bytes each whatever their length.
    private var spans: Set<UInt64> = []

    init(id: TraceID) {
        self.id = id
    }

    /// By name.
    var services: [ServiceShare] { shares.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } }

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
    func involves(_ service: String) -> Bool { shares.contains { $0.name == service } }

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
            slots.place = serviceSlot(service, of: batch)
        }
        slots.service = service
        shares[slots.place].durations.add(duration: duration)
        shares[slots.place].lastTimestamp = max(shares[slots.place].lastTimestamp, timestamp)
        if kind == .error || (kind == .httpResponse && batch.numbers[row] >= 500) { shares[slots.place].errors += 1 }
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

    private mutating func serviceSlot(_ symbol: Symbol, of batch: EventBatch) -> Int {
        let isFew = shares.count <= Self.fewMax
        if isFew {
            let known = batch.symbols.withBytes(of: symbol) { name in
                shares.firstIndex { $0.name.utf8.elementsEqual(name) }
            }
            if let known { return known }
        }
        var name = batch.symbols[symbol]
        if let known = placeOfName[name] { return known }
        if shares.count >= Self.servicesMax {
            name = Self.otherServices
            if let known = placeOfName[name] { return known }
        }
        shares.append(ServiceShare(name: name))
        if shares.count == Self.fewMax + 1 {
            for (place, share) in shares.enumerated() { placeOfName[share.name] = place }
        } else if !isFew {
            placeOfName[name] = shares.count - 1
        }
        return shares.count - 1
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
