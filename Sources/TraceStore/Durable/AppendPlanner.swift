import TraceModel

/// Turns a batch into what a transaction writes: deduplicated, summed up, encoded. Owned by one writer thread.
final class AppendPlanner {
    /// Rows and payload of one segment: large enough to compress well, small enough to read a part of a trace.
    static let segmentRowsMax = 4_096
    static let segmentPayloadMax = 4 << 20
    static let segmentVectorMax = 1 << 20

    private let limits: TraceLimits
    private let encoder = SegmentEncoder()
    /// Where the sequences of a new trace begin; rises, so that those of a forgotten trace never come again.
    var birth: Int64 = 0
    var ledgers: LedgerCache
    var variables = NameLedger()
    var services = NameLedger()

    init(limits: TraceLimits, ledgerEventsMax: Int) {
        self.limits = limits
        ledgers = LedgerCache(eventsMax: ledgerEventsMax)
    }

    /// Plans the storing of a batch.
    ///
    /// - Parameters:
    ///   - groups: the batch's rows by trace.
    ///   - today: the day on which it is written, counted from 1970.
    ///   - load: the ledgers of those traces that are stored, for traces that this writer does not remember.
    ///   - events: all stored events of a trace.
    /// - Complexity: O(events of the batch), and O(events of a trace) for one that it does not remember or in which two
    ///   versions of an event differ.
    func plan(
        _ batch: EventBatch,
        _ groups: [EventBatch.TraceGroup],
        today: Int32,
        load: ([TraceID]) throws(StoreError) -> [TraceID: TraceLedger],
        events: (TraceLedger) throws(StoreError) -> EventBatch
    ) throws(StoreError) -> AppendPlan {
        variables.begin(today)
        services.begin(today)
        let unknown = groups.map(\.trace).filter { !ledgers.contains($0) }
        var loaded = unknown.isEmpty ? [:] : try load(unknown)
        var plan = AppendPlan()
        plan.traces.reserveCapacity(groups.count)
        let digests = EventDigest.all(batch)
        // Writers that take rows in one order cannot wait for each other in a circle.
        for (trace, rows) in groups.sorted(by: { $0.trace < $1.trace }) {
            // Nobody else holds what was taken: the table of a long trace would be copied at its first change.
            let known = ledgers.take(trace) ?? loaded.removeValue(forKey: trace)
            let isNew = known == nil
            try self.plan(batch, rows, digests, known ?? newLedger(trace), isNew: isNew, events, into: &plan)
        }
        return plan
    }

    private func newLedger(_ trace: TraceID) -> TraceLedger {
        var ledger = TraceLedger(id: trace)
        ledger.key = birth
        ledger.version = birth
        return ledger
    }

    /// Remembers what the plan said, which is stored now.
    func commit(_ plan: consuming AppendPlan) {
        for trace in plan.traces { ledgers.put(trace.ledger) }
        variables.commit()
        services.commit()
    }

    /// Forgets what the plan said. The ledgers it touched are loaded again when they are needed.
    func rollback() {
        variables.rollback()
        services.rollback()
    }

    private func plan(
        _ batch: EventBatch,
        _ rows: [Int],
        _ digests: ContiguousArray<UInt64>,
        _ offered: consuming TraceLedger,
        isNew: Bool,
        _ events: (TraceLedger) throws(StoreError) -> EventBatch,
        into plan: inout AppendPlan
    ) throws(StoreError) {
        var ledger = offered
        let trace = ledger.id
        let before = (version: ledger.version, events: ledger.storedEvents, bytes: ledger.storedBytes)
        var fresh: [Int] = []
        fresh.reserveCapacity(rows.count)
        var conflicts: [Int] = []
        var slots = StatisticSlots()
        ledger.digests.reserveCapacity(ledger.count + rows.count)
        for row in rows {
            switch ledger.offer(batch, row, digest: digests[row], limits, &slots) {
            case .fresh: fresh.append(row)
            case .duplicate: plan.receipt.duplicates += 1
            case .conflict: conflicts.append(row)
            case .refused: plan.receipt.refused += 1
            }
        }
        plan.receipt.stored += fresh.count
        var next = TracePlan(ledger: ledger, isNew: isNew, versionBefore: before.version)
        if !conflicts.isEmpty {
            var all = isNew ? EventBatch() : try events(ledger)
            if all.count == before.events { next.replaced = AccessSpan(all) }
            all.append(batch, rows: fresh)
            let replaced = Self.settle(batch, conflicts, in: &all)
            plan.receipt.stored += replaced
            plan.receipt.duplicates += conflicts.count - replaced
            if replaced > 0 {
                next.ledger.statistics = TraceStatistics(id: trace)
                next.ledger.digests.removeAll(keepingCapacity: true)
                next.ledger.payloadBytes = 0
                next.ledger.storedBytes = 0
                next.ledger.add(all: all)
                next.replaces = !isNew
                write(all, all.ids.indices.map { $0 }, into: &next)
                finish(&next, before, into: &plan)
                return
            }
        }
        guard !fresh.isEmpty else {
            // Nothing changes, so the ledger is as good as it was.
            if !isNew { ledgers.put(ledger) }
            return
        }
        write(batch, fresh, into: &next)
        finish(&next, before, into: &plan)
    }

    private func finish(
        _ next: inout TracePlan,
        _ before: (version: Int64, events: Int, bytes: Int),
        into plan: inout AppendPlan
    ) {
        next.ledger.storedEvents = next.ledger.count
        next.eventsDelta = next.ledger.count - before.events
        next.bytesDelta = next.ledger.storedBytes - before.bytes
        plan.traces.append(next)
    }

    /// Replaces events of `all` by better versions of them; both in order of arrival, the replacement at the end.
    ///
    /// - Returns: how many of the offered versions won.
    private static func settle(_ batch: EventBatch, _ offered: [Int], in all: inout EventBatch) -> Int {
        var rowOfID: [EventID: Int] = [:]
        rowOfID.reserveCapacity(all.count)
        for (row, id) in all.ids.enumerated() { rowOfID[id] = row }
        var dead: Set<Int> = []
        var won = 0
        for row in offered {
            guard let current = rowOfID[batch.ids[row]],
                EventPrecedence.compare(batch, row, all, current) < 0
            else { continue }
            dead.insert(current)
            rowOfID[batch.ids[row]] = all.count
            all.append(batch, rows: CollectionOfOne(row))
            won += 1
        }
        guard won > 0 else { return 0 }
        var live = EventBatch()
        live.append(all, rows: all.ids.indices.filter { !dead.contains($0) })
        all = live
        return won
    }

    /// Encodes rows as segments and sums up their accesses.
    private func write(_ batch: EventBatch, _ rows: [Int], into plan: inout TracePlan) {
        var start = 0
        while start < rows.count {
            let end = Self.segmentEnd(batch, rows, from: start)
            let slice = rows[start..<end]
            plan.ledger.version += 1
            var segment = SegmentRow(
                sequence: plan.ledger.version,
                events: slice.count,
                firstTimestamp: .max,
                lastTimestamp: .min,
                body: encoder.encode(batch, rows: slice, trace: plan.ledger.id) { Array($0) }
            )
            for row in slice {
                segment.firstTimestamp = min(segment.firstTimestamp, batch.timestamps[row])
                segment.lastTimestamp = max(segment.lastTimestamp, batch.timestamps[row])
            }
            plan.ledger.storedBytes += segment.body.count
            plan.segments.append(segment)
            start = end
        }
        plan.accesses = accesses(batch, rows)
        for share in plan.ledger.statistics.services { _ = services.note(share.name) }
    }

    private static func segmentEnd(_ batch: EventBatch, _ rows: [Int], from start: Int) -> Int {
        var payload = 0
        var vectors = 0
        for index in start..<min(rows.count, start + segmentRowsMax) {
            payload += TraceLedger.payloadBytes(batch, rows[index])
            vectors += Int(batch.vectors[rows[index]].length)
            if index > start, payload > segmentPayloadMax || vectors > segmentVectorMax { return index }
        }
        return min(rows.count, start + segmentRowsMax)
    }

    private func accesses(_ batch: EventBatch, _ rows: [Int]) -> [AccessRow] {
        var slots: [UInt64: Int] = [:]
        var accesses: [AccessRow] = []
        for row in rows where batch.operations[row].isAccess {
            let operation = batch.operations[row]
            let service = batch.processes[Int(batch.processIndices[row])].service
            let pair = UInt64(batch.objects[row].rawValue) << 32 | UInt64(service.rawValue)
            let slot: Int
            if let known = slots[pair] {
                slot = known
            } else {
                slot = accesses.count
                slots[pair] = slot
                accesses.append(
                    AccessRow(
                        variable: variables.note(batch.objects[row], of: batch),
                        service: services.note(service, of: batch),
                        firstTimestamp: .max,
                        lastTimestamp: .min
                    )
                )
            }
            accesses[slot].firstTimestamp = min(accesses[slot].firstTimestamp, batch.timestamps[row])
            accesses[slot].lastTimestamp = max(accesses[slot].lastTimestamp, batch.timestamps[row])
            accesses[slot].reads += operation.isRead ? 1 : 0
            accesses[slot].writes += operation.isWrite ? 1 : 0
            accesses[slot].atomics += operation.isAtomic ? 1 : 0
        }
        return accesses
    }
}

/// The bounds of one trace in a durable store; the store itself is bounded by its disk and its retention.
public struct TraceLimits: Sendable, Hashable {
    /// Events of one trace; the surplus is refused and counted.
    public var eventsMax: Int
    /// Payload bytes of one trace, so that all of it fits into the 32-bit ranges of one batch.
    public var bytesMax: Int

    /// The defaults are those of the memory store.
    public init(eventsMax: Int = 5_000_000, bytesMax: Int = 1 << 30) {
        self.eventsMax = max(1, eventsMax)
        self.bytesMax = min(max(1, bytesMax), 3 << 30)
    }
}
