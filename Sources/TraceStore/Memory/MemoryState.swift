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
    private var gone: [TraceShelf] = []
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
    ///
    /// - Parameters:
    ///   - pins: the trace stays until ``unpin(_:events:)`` was told about each of these rows.
    ///   - kept: gets the rows that were new.
    mutating func append(
        _ batch: EventBatch,
        trace: TraceID,
        rows: ArraySlice<Int>,
        pins: Bool,
        kept: inout ContiguousArray<UInt32>
    ) -> AppendReceipt {
        let known = shelves[trace]
        let shelf = known ?? TraceShelf(id: trace)
        let before = Held(events: known?.count ?? 0, bytes: known?.bytes ?? 0)
        let keptBefore = kept.count
        // A trace that alone fills the store gets no more events; every other trace gives way.
        let isFull = before.bytes >= min(limits.bytesMax, Self.traceBytesMax)
        let room = isFull ? 0 : max(0, limits.eventsMax - before.events)
        let receipt = shelf.append(batch, rows: rows, room: room, revision: counts.revision + 1, kept: &kept)
        return account(shelf, receipt, isNew: known == nil, before, pinned: pins ? kept.count - keptBefore : nil)
    }

    /// Takes a trace that was not here, with rows that were put on its shelf without a bound but ``roomOfNew``.
    ///
    /// - Parameter pinned: of how many rows ``unpin(_:events:)`` will be told; `nil` when the trace may go before.
    mutating func install(_ shelf: TraceShelf, _ receipt: AppendReceipt, pinned: Int?) -> AppendReceipt {
        if receipt.stored > 0 { shelf.enter(at: counts.revision + 1) }
        return account(shelf, receipt, isNew: true, Held(events: 0, bytes: 0), pinned: pinned)
    }

    /// Events that a trace gets which is not here yet.
    var roomOfNew: Int { limits.bytesMax > 0 ? max(0, limits.eventsMax) : 0 }

    private struct Held {
        var events: Int
        var bytes: Int
    }

    /// Counts what was put on a shelf, and takes the shelf when it is new.
    private mutating func account(
        _ shelf: TraceShelf,
        _ receipt: AppendReceipt,
        isNew: Bool,
        _ before: Held,
        pinned: Int?
    ) -> AppendReceipt {
        let trace = shelf.id
        var receipt = receipt
        let revision = counts.revision + 1
        if shelf.count > 0 || pinned != nil {
            if isNew {
                shelves[trace] = shelf
                shelf.born = revision
                mark(shelf, isWhole: elsewhere.lacks(trace))
                counts.traces += 1
            }
            if receipt.refused > 0 { mark(shelf, isWhole: false) }
            if let pinned, pinned > 0 {
                shelf.pinned += pinned
                pinnedEvents += pinned
                noteNew(shelf)
            }
            counts.events += shelf.count - before.events
            counts.bytes += shelf.bytes - before.bytes
            shelf.tick = queue.push(trace, live: counts.traces)
        }
        counts.duplicates += receipt.duplicates
        counts.refusedEvents += receipt.refused
        if receipt.stored > 0 { counts.revision = revision }
        evict(keeping: trace)
        receipt.revision = counts.revision
        return receipt
    }

    private mutating func mark(_ shelf: TraceShelf, isWhole: Bool) {
        shelf.isWhole = isWhole
        if isWhole { partial.remove(shelf.id) } else { partial.insert(shelf.id) }
    }

    private mutating func noteNew(_ shelf: TraceShelf) {
        let isNew = shelf.pinned > 0 && shelf.isWhole && !shelf.isStored
        guard isNew != shelf.countsAsNew else { return }
        shelf.countsAsNew = isNew
        pinnedNewTraces += isNew ? 1 : -1
    }

    /// A durable store has this many events of a trace that were pinned.
    mutating func unpin(_ trace: TraceID, events: Int) {
        guard let shelf = shelves[trace], shelf.pinned > 0 else { return }
        let released = min(events, shelf.pinned)
        pinnedEvents -= released
        shelf.pinned -= released
        releasedEvents += released
        if shelf.countsAsNew { releasedNewTraces += 1 }
        shelf.isStored = true
        noteNew(shelf)
        // It was passed over when its turn came.
        if shelf.pinned == 0, shelf.tick == 0 { shelf.tick = queue.push(trace, live: counts.traces) }
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
        guard let shelf = shelves[trace] else { return }
        mark(shelf, isWhole: true)
        shelf.isStored = true
        noteNew(shelf)
    }

    /// Whether no event of a trace gave way since a moment.
    func hasKept(_ trace: TraceID, since moment: AdoptionMoment) -> Bool {
        counts.evictedTraces == moment.evictions || (moment.born != nil && shelves[trace]?.born == moment.born)
    }

    /// A durable store has more of a trace than is here.
    mutating func markPartial(_ trace: TraceID) {
        guard let shelf = shelves[trace] else { return }
        mark(shelf, isWhole: false)
        shelf.isStored = true
        noteNew(shelf)
    }

    /// Moves a trace to the end of the queue of eviction.
    mutating func touch(_ trace: TraceID) {
        guard let shelf = shelves[trace], shelf.tick != 0 else { return }
        shelf.tick = queue.push(trace, live: counts.traces)
    }

    /// Nothing of a trace is anywhere but here.
    mutating func settle(_ trace: TraceID) {
        guard let shelf = shelves[trace] else { return }
        mark(shelf, isWhole: true)
        noteNew(shelf)
    }

    /// Forgets what is due; to be called after pins went.
    mutating func evict() { evict(keeping: nil) }

    private mutating func evict(keeping newest: TraceID?) {
        while counts.events > limits.eventsMax || counts.bytes > limits.bytesMax || counts.traces > limits.tracesMax {
            guard let victim = queue.pop(where: { id, tick in shelves[id]?.tick == tick }) else { return }
            guard let shelf = shelves[victim] else { continue }
            if victim == newest {
                // All others wait for the durable store. It keeps its turn: without one it would stay for ever.
                shelf.tick = queue.push(victim, live: counts.traces)
                return
            }
            if shelf.pinned > 0 {
                shelf.tick = 0
                continue
            }
            if shelf.isStored { elsewhere.insert(victim) }
            remove(shelf)
            counts.evictedTraces += 1
            counts.evictedEvents += shelf.count
        }
    }

    private mutating func remove(_ shelf: TraceShelf) {
        shelves[shelf.id] = nil
        partial.remove(shelf.id)
        counts.traces -= 1
        counts.events -= shelf.count
        counts.bytes -= shelf.bytes
        gone.append(shelf)
    }

    /// The shelves that were removed since they were last asked for: to free hundreds of arrays takes longer than all else that is done
    /// under the lock, and needs no lock.
    mutating func takeGone() -> [TraceShelf] {
        guard !gone.isEmpty else { return [] }
        defer { gone = [] }
        return gone
    }

    /// Drops a trace that no longer exists anywhere.
    mutating func forget(_ trace: TraceID) {
        guard let shelf = shelves[trace], shelf.pinned == 0 else { return }
        remove(shelf)
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
