import Synchronization
package import TraceModel

/// What a layer over a durable store needs beyond the contract: traces stay while events of theirs are stored nowhere else.
extension MemoryStore {
    /// Adds rows of some traces.
    ///
    /// - Parameters:
    ///   - groups: rows by trace; of each group ``rowsPerHold`` at most are added at a time, of small ones as many together.
    ///   - pins: the traces are kept until each row that is new was told to ``release(_:)``.
    /// - Returns: for each group the receipt, and the rows that said anything new: those that a durable store has to get.
    package func add(
        _ batch: EventBatch,
        _ groups: [(trace: TraceID, rows: [Int])],
        pins: Bool
    ) -> [(receipt: AppendReceipt, kept: ContiguousArray<UInt32>)] {
        var results: [(receipt: AppendReceipt, kept: ContiguousArray<UInt32>)] = []
        results.reserveCapacity(groups.count)
        var next = 0
        while next < groups.count {
            let first = next
            var rows = 0
            repeat {
                rows += max(1, groups[next].rows.count)
                next += 1
            } while next < groups.count && rows + groups[next].rows.count <= Self.rowsPerHold
            if rows > Self.rowsPerHold {
                results.append(add(batch, groups[first], pins: pins))
            } else {
                add(batch, groups[first..<next], pins: pins, to: &results)
            }
        }
        return results
    }

    /// Adds the rows of a few small groups: traces that are not here are laid out before the lock is taken.
    private func add(
        _ batch: EventBatch,
        _ groups: ArraySlice<(trace: TraceID, rows: [Int])>,
        pins: Bool,
        to results: inout [(receipt: AppendReceipt, kept: ContiguousArray<UInt32>)]
    ) {
        let (isHere, room) = state.withLock { state in
            (groups.map { state.shelves[$0.trace] != nil }, state.roomOfNew)
        }
        let prepared = zip(groups, isHere).map { group, isHere in
            isHere ? nil : PreparedShelf(batch, group.trace, group.rows[...], room: room)
        }
        let added = change { state in
            zip(groups, prepared).map { group, prepared in
                // Somebody may have read it from the durable store in between.
                if let prepared, state.shelves[group.trace] == nil {
                    let pinned = pins ? prepared.kept.count : nil
                    return (state.install(prepared.shelf, prepared.receipt, pinned: pinned), prepared.kept)
                }
                var kept: ContiguousArray<UInt32> = []
                kept.reserveCapacity(group.rows.count)
                let receipt = state.append(batch, trace: group.trace, rows: group.rows[...], pins: pins, kept: &kept)
                return (receipt, kept)
            }
        }
        results.append(contentsOf: added)
    }

    /// Adds many rows of one trace.
    private func add(
        _ batch: EventBatch,
        _ group: (trace: TraceID, rows: [Int]),
        pins: Bool
    ) -> (receipt: AppendReceipt, kept: ContiguousArray<UInt32>) {
        var total = AppendReceipt()
        var all: ContiguousArray<UInt32> = []
        all.reserveCapacity(group.rows.count)
        var rest = group.rows[...]
        while !rest.isEmpty {
            let slice = rest.prefix(Self.rowsPerHold)
            rest = rest.dropFirst(slice.count)
            let (receipt, kept) = change { state in
                var kept: ContiguousArray<UInt32> = []
                let receipt = state.append(batch, trace: group.trace, rows: slice, pins: pins, kept: &kept)
                return (receipt, kept)
            }
            total.add(receipt)
            all.append(contentsOf: kept)
        }
        return (total, all)
    }

    /// A durable store has these events now.
    package func release(_ events: [TraceID: Int]) {
        var rest = Array(events)[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Self.tracesPerHold)
            rest = rest.dropFirst(piece.count)
            change { state in
                for (trace, count) in piece { state.unpin(trace, events: count) }
                state.evict()
            }
        }
    }

    /// Adds all that a durable store has of a trace.
    ///
    /// Events that came after the record was read and gave way since are missing in both: unless `moment`, taken before the durable
    /// store was read, proves that there are none, the trace counts as here in part.
    package func adopt(_ record: TraceRecord, asOf moment: AdoptionMoment) {
        var rest = Array(0..<record.batch.count)[...]
        let trace = record.summary.id
        var refused = 0
        while !rest.isEmpty {
            let slice = rest.prefix(Self.rowsPerHold)
            rest = rest.dropFirst(slice.count)
            refused += change { state in
                var kept: ContiguousArray<UInt32> = []
                return state.append(record.batch, trace: trace, rows: slice, pins: false, kept: &kept).refused
            }
        }
        state.withLock { state in
            if refused == 0, state.hasKept(trace, since: moment) {
                state.markWhole(trace)
            } else {
                state.markPartial(trace)
            }
        }
    }

    /// What ``adopt(_:asOf:)`` compares with; to be taken before the durable store is read.
    package func moment(of trace: TraceID? = nil) -> AdoptionMoment {
        state.withLock { state in
            AdoptionMoment(born: trace.flatMap { state.shelves[$0]?.born }, evictions: state.counts.evictedTraces)
        }
    }

    /// Takes these, oldest first, for the ones that were appended to last.
    package func touch(_ traces: some Sequence<TraceID>) {
        state.withLock { state in
            for trace in traces { state.touch(trace) }
        }
    }

    /// No durable store has more of this trace than is here.
    package func settle(_ trace: TraceID) {
        state.withLock { $0.settle(trace) }
    }

    /// Whether a trace is here with all its events; `nil` when it is not here.
    package func isWhole(_ trace: TraceID) -> Bool? { state.withLock { $0.shelves[trace]?.isWhole } }

    /// Traces that are here in part.
    package var partialTraces: [TraceID] {
        state.withLock { Array($0.partial) }
    }

    /// A durable store has traces that nobody listed.
    package func assumeMoreElsewhere() { state.withLock { $0.elsewhere.forget() } }

    /// Events, and new traces, that were added since the durable store was last counted, whether it has them by now or not; how
    /// many of the events it has, and how many it has not.
    package var added: (events: Int, traces: Int, released: Int, pinned: Int) {
        state.withLock { state in
            (
                state.pinnedEvents + state.releasedEvents, state.pinnedNewTraces + state.releasedNewTraces,
                state.releasedEvents, state.pinnedEvents
            )
        }
    }

    /// Begins to count anew after a count of the durable store that includes exactly these; `false` when it does not any more.
    package func rebase(released events: Int) -> Bool { state.withLock { $0.settleRelease(of: events) } }

    /// Identifiers of all traces that are here.
    package var traceIDs: [TraceID] { state.withLock { Array($0.shelves.keys) } }

    /// Events and bytes held now.
    package var heldNow: (events: Int, bytes: Int) { state.withLock { ($0.counts.events, $0.counts.bytes) } }

    /// Rises with every change of what is here.
    package var revision: UInt64 { state.withLock { $0.counts.revision } }

    /// How many traces gave way to others since the start.
    package var evictedTraces: Int { state.withLock { $0.counts.evictedTraces } }

    /// The bounds.
    package var bounds: MemoryLimits { state.withLock { $0.limits } }

    /// A durable store has a trace that is not here.
    package func noteElsewhere(_ trace: TraceID) { state.withLock { $0.elsewhere.insert(trace) } }

    /// Lets go of a trace that the durable store forgot, unless events of it are still on their way there.
    package func forget(_ trace: TraceID) { change { $0.forget(trace) } }
}

/// A moment in the life of a ``MemoryStore``.
package struct AdoptionMoment: Sendable, Hashable {
    /// When the trace that is to be adopted came, if it was here.
    var born: UInt64?
    /// How many traces had given way.
    package var evictions: Int
}

/// A trace that is laid out outside of the store.
private struct PreparedShelf {
    let shelf: TraceShelf
    let receipt: AppendReceipt
    let kept: ContiguousArray<UInt32>

    init(_ batch: EventBatch, _ trace: TraceID, _ rows: ArraySlice<Int>, room: Int) {
        var kept: ContiguousArray<UInt32> = []
        kept.reserveCapacity(rows.count)
        shelf = TraceShelf(id: trace)
        receipt = shelf.append(batch, rows: rows, room: room, revision: 0, kept: &kept)
        self.kept = kept
    }
}

extension AppendReceipt {
    /// Sums up receipts that came one after the other.
    mutating func add(_ other: AppendReceipt) {
        stored += other.stored
        duplicates += other.duplicates
        refused += other.refused
        revision = other.revision
    }
}
