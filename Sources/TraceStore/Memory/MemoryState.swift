import TraceModel

/// What the lock of a ``MemoryStore`` guards.
struct MemoryState {
    /// Bytes of one trace, so that all of it fits into the 32-bit ranges of one batch.
    static let traceBytesMax = 1 << 30

    let limits: MemoryLimits
    private(set) var shelves: [TraceID: TraceShelf] = [:]
    private(set) var counts = StoreCounts()
    /// Those of the shelves that a durable store has more of.
    private(set) var partial: Set<TraceID> = []
    private var queue = EvictionQueue()
    /// Traces that a durable store has and this one has not.
    var elsewhere = ForgottenTraces()
    /// Events, and new traces among theirs, that no durable store has yet.
    private(set) var pinnedEvents = 0
    private(set) var pinnedNewTraces = 0
    /// Those that a durable store got since it was last counted.
    private(set) var releasedEvents = 0
    private(set) var releasedNewTraces = 0

    init(limits: MemoryLimits) {
        self.limits = limits
    }

    /// Adds rows of one trace, then forgets the least recently appended traces until the bounds hold.
    mutating func append(_ batch: EventBatch, trace: TraceID, rows: ArraySlice<Int>) -> AppendReceipt {
        var kept: ContiguousArray<UInt32> = []
        return append(batch, trace: trace, rows: rows, pins: false, kept: &kept)
    }

    /// The same, and adds to `kept` which rows were new.
    ///
    /// - Parameter pins: the trace stays until ``unpin(_:events:)`` was told about each of these rows.
    mutating func append(
        _ batch: EventBatch,
        trace: TraceID,
        rows: ArraySlice<Int>,
        pins: Bool,
        kept: inout ContiguousArray<UInt32>
    ) -> AppendReceipt {
        let known = shelves[trace]?.count
        let keptBefore = kept.count
        let bytesBefore = shelves[trace]?.bytes ?? 0
        // A trace that alone fills the store gets no more events; every other trace gives way.
        let room = bytesBefore >= min(limits.bytesMax, Self.traceBytesMax) ? 0 : max(0, limits.eventsMax - (known ?? 0))
        let revision = counts.revision + 1
        var receipt = shelves[trace, default: TraceShelf(id: trace)]
            .append(batch, rows: rows, room: room, revision: revision, kept: &kept)
        if known == nil {
            note(trace, isWhole: elsewhere.lacks(trace))
            shelves[trace]?.born = revision
        }
        if receipt.refused > 0 { note(trace, isWhole: false) }
        if pins { pin(trace, events: kept.count - keptBefore) }
        let countAfter = shelves[trace]?.count ?? 0
        if countAfter == 0, !pins {
            shelves[trace] = nil
            partial.remove(trace)
        } else {
            counts.traces += known == nil ? 1 : 0
            counts.events += countAfter - (known ?? 0)
            counts.bytes += (shelves[trace]?.bytes ?? 0) - bytesBefore
            shelves[trace]?.tick = queue.push(trace, live: counts.traces)
        }
        counts.duplicates += receipt.duplicates
        counts.refusedEvents += receipt.refused
        if receipt.stored > 0 { counts.revision = revision }
        evict(keeping: trace)
        receipt.revision = counts.revision
        return receipt
    }

    private mutating func pin(_ trace: TraceID, events: Int) {
        guard events > 0, shelves[trace] != nil else { return }
        shelves[trace]?.pinned += events
        pinnedEvents += events
        noteNew(trace)
    }

    private mutating func note(_ trace: TraceID, isWhole: Bool) {
        guard shelves[trace] != nil else { return }
        shelves[trace]?.isWhole = isWhole
        if isWhole { partial.remove(trace) } else { partial.insert(trace) }
    }

    private mutating func noteNew(_ trace: TraceID) {
        guard let shelf = shelves[trace] else { return }
        let isNew = shelf.pinned > 0 && shelf.isWhole && !shelf.isStored
        guard isNew != shelf.countsAsNew else { return }
        shelves[trace]?.countsAsNew = isNew
        pinnedNewTraces += isNew ? 1 : -1
    }

    /// A durable store has this many events of a trace that were pinned.
    mutating func unpin(_ trace: TraceID, events: Int) {
        guard let shelf = shelves[trace], shelf.pinned > 0 else { return }
        let released = min(events, shelf.pinned)
        pinnedEvents -= released
        shelves[trace]?.pinned -= released
        releasedEvents += released
        if shelf.countsAsNew { releasedNewTraces += 1 }
        shelves[trace]?.isStored = true
        noteNew(trace)
        // It was passed over when its turn came.
        if shelf.pinned == released, shelf.tick == 0 { shelves[trace]?.tick = queue.push(trace, live: counts.traces) }
    }

    /// The durable store was counted when it had these and nothing more was on its way there; `false` when that is over.
    mutating func settleRelease(of events: Int) -> Bool {
        guard pinnedEvents == 0, releasedEvents == events else { return false }
        releasedEvents = 0
        releasedNewTraces = 0
        return true
    }

    /// Everything that a durable store has of a trace was appended.
    mutating func markWhole(_ trace: TraceID) {
        elsewhere.remove(trace)
        note(trace, isWhole: true)
        shelves[trace]?.isStored = true
        noteNew(trace)
    }

    /// Whether no event of a trace gave way since a moment.
    func hasKept(_ trace: TraceID, since moment: AdoptionMoment) -> Bool {
        counts.evictedTraces == moment.evictions || (moment.born != nil && shelves[trace]?.born == moment.born)
    }

    /// A durable store has more of a trace than is here.
    mutating func markPartial(_ trace: TraceID) {
        note(trace, isWhole: false)
        shelves[trace]?.isStored = true
        noteNew(trace)
    }

    /// Moves a trace to the end of the queue of eviction.
    mutating func touch(_ trace: TraceID) {
        guard let tick = shelves[trace]?.tick, tick != 0 else { return }
        shelves[trace]?.tick = queue.push(trace, live: counts.traces)
    }

    /// Nothing of a trace is anywhere but here.
    mutating func settle(_ trace: TraceID) {
        note(trace, isWhole: true)
        noteNew(trace)
    }

    /// Forgets what is due; to be called after pins went.
    mutating func evict() { evict(keeping: nil) }

    private mutating func evict(keeping newest: TraceID?) {
        while counts.events > limits.eventsMax || counts.bytes > limits.bytesMax || counts.traces > limits.tracesMax {
            guard let victim = queue.pop(where: { id, tick in shelves[id]?.tick == tick }) else { return }
            if victim == newest {
                // All others wait for the durable store. It keeps its turn: without one it would stay for ever.
                shelves[victim]?.tick = queue.push(victim, live: counts.traces)
                return
            }
            if let shelf = shelves[victim], shelf.pinned > 0 {
                shelves[victim]?.tick = 0
                continue
            }
            guard let shelf = shelves.removeValue(forKey: victim) else { return }
            if !shelf.isWhole { partial.remove(victim) }
            if shelf.isStored { elsewhere.insert(victim) }
            counts.traces -= 1
            counts.events -= shelf.count
            counts.bytes -= shelf.bytes
            counts.evictedTraces += 1
            counts.evictedEvents += shelf.count
        }
    }

    /// Drops a trace that no longer exists anywhere.
    mutating func forget(_ trace: TraceID) {
        guard let shelf = shelves[trace], shelf.pinned == 0 else { return }
        shelves[trace] = nil
        partial.remove(trace)
        counts.traces -= 1
        counts.events -= shelf.count
        counts.bytes -= shelf.bytes
        counts.revision += 1
    }

    /// Services over the traces in which they were active at or after a moment, by name.
    func services(activeSince moment: Int64) -> [ServiceSummary] {
        var byName: [String: ServiceSummary] = [:]
        for shelf in shelves.values {
            for share in shelf.statistics.services where share.lastTimestamp >= moment {
                byName[share.name, default: ServiceSummary(name: share.name)].add(share)
            }
        }
        return byName.values.sorted { $0.share.name < $1.share.name }
    }
}

/// Traces in the order of their last append. Old entries of a trace stay behind and are skipped by their tick.
struct EvictionQueue {
    private var entries: [(trace: TraceID, tick: UInt64)] = []
    private var head = 0
    private var tick: UInt64 = 0

    /// Notes that a trace was just appended to and returns its new tick.
    mutating func push(_ trace: TraceID, live: Int) -> UInt64 {
        tick += 1
        // Appending to one trace again and again must not grow the queue without bound.
        if let last = entries.indices.last, last >= head, entries[last].trace == trace {
            entries[last].tick = tick
            return tick
        }
        entries.append((trace, tick))
        if entries.count - head > 4 * live + 64 { compact() }
        return tick
    }

    /// Removes and returns the oldest trace whose entry is current.
    mutating func pop(where isCurrent: (TraceID, UInt64) -> Bool) -> TraceID? {
        while head < entries.count {
            let entry = entries[head]
            head += 1
            if head > 1_024, head * 2 > entries.count {
                entries.removeFirst(head)
                head = 0
            }
            if isCurrent(entry.trace, entry.tick) { return entry.trace }
        }
        return nil
    }

    private mutating func compact() {
        var newest: [TraceID: UInt64] = [:]
        for entry in entries[head...] { newest[entry.trace] = entry.tick }
        entries = entries[head...].filter { newest[$0.trace] == $0.tick }
        head = 0
    }
}
