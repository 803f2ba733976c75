import TraceModel

/// The events of one trace in a ``MemoryStore``.
///
/// Events lie in chunks so that a reader that still holds the trace's value costs the writer a copy of one chunk, not of
/// the trace.
///
/// A class because a store looks at a field of some shelf several times for every trace of a request, and a value with seven references
/// was copied each time.
///
/// Invariant of `@unchecked Sendable`: one thread at a time touches a shelf. Whoever made it alone has it until it is in a store; from
/// then on it is touched by who holds the store's lock; once removed, nobody has it but who removed it. Readers take ``contents``
/// with them, which is a value.
final class TraceShelf: @unchecked Sendable {
    /// Rows of a full chunk. Every chunk but the last is full, or was closed for its payload.
    static let chunkRowsMax = 4_096
    /// Payload after which a chunk is closed.
    static let chunkPayloadMax = 1 << 20
    /// Accounted for each event beside its columns: its entry in `rows`.
    static let indexBytesPerEvent = 48
    /// Accounted for each trace: headers of its arrays and tables.
    static let fixedBytes = 4_096

    /// What readers take with them; the index below stays behind, so that holding a trace never makes it be copied.
    private(set) var contents = Contents()
    /// Where each event is.
    private var rows: [EventID: RowReference] = [:]
    private(set) var statistics: TraceStatistics
    /// Position in the queue of eviction; the newest entry counts.
    var tick: UInt64 = 0
    /// Revision of the store when the trace came: another one after the trace gave way and came again.
    var born: UInt64 = 0
    /// Events that no durable store has yet: while there are any the trace is not forgotten.
    var pinned = 0
    /// Every event of the trace that any store has is here.
    var isWhole = false
    /// A durable store has the trace, or part of it.
    var isStored = false
    /// It is among the new traces that are counted as stored nowhere else.
    var countsAsNew = false
    private var closedBytes = 0

    struct RowReference: Hashable {
        var chunk: UInt32
        var row: UInt32
    }

    struct Contents {
        fileprivate(set) var chunks: [EventBatch] = []
        /// Rows that a better version of the same event replaced.
        fileprivate(set) var dead: Set<RowReference> = []

        /// Live rows of each chunk, `nil` where all are live.
        func liveRows(ofChunk index: Int) -> [Int]? {
            guard !dead.isEmpty else { return nil }
            return chunks[index].ids.indices.filter {
                !dead.contains(RowReference(chunk: UInt32(index), row: UInt32($0)))
            }
        }
    }

    init(id: TraceID) {
        statistics = TraceStatistics(id: id)
    }

    var id: TraceID { statistics.id }

    /// Live events.
    var count: Int { rows.count }

    /// Bytes held, dead rows included.
    var bytes: Int {
        Self.fixedBytes + closedBytes + (contents.chunks.last?.footprintBytes ?? 0) + rows.count
            * Self.indexBytesPerEvent
    }

    /// Adds rows of a batch until `room` new events were added.
    ///
    /// - Parameter kept: where the rows go that said anything new, refused ones included.
    func append(
        _ batch: EventBatch,
        rows offered: ArraySlice<Int>,
        room: Int,
        revision: UInt64,
        kept: inout ContiguousArray<UInt32>
    ) -> AppendReceipt {
        var receipt = AppendReceipt(revision: revision)
        var fresh: [Int] = []
        fresh.reserveCapacity(offered.count)
        var replaced = false
        var slots = StatisticSlots()
        openChunkIfNeeded()
        if rows.isEmpty { rows.reserveCapacity(offered.count) }
        for row in offered {
            let id = batch.ids[row]
            let next = RowReference(
                chunk: UInt32(contents.chunks.count - 1),
                row: UInt32(contents.chunks[contents.chunks.count - 1].count + fresh.count)
            )
            if let known = rows[id] {
                // An earlier row of this same call is not in its chunk yet: write what is pending, then compare.
                flush(&fresh, of: batch)
                if EventPrecedence.compare(batch, row, contents.chunks[Int(known.chunk)], Int(known.row)) >= 0 {
                    receipt.duplicates += 1
                    continue
                }
                contents.dead.insert(known)
                replaced = true
            } else if receipt.stored >= room {
                receipt.refused += 1
                kept.append(UInt32(row))
                continue
            }
            rows[id] = next
            kept.append(UInt32(row))
            fresh.append(row)
            receipt.stored += 1
            if !replaced { statistics.add(batch, row, &slots) }
            if next.row + 1 >= Self.chunkRowsMax {
                flush(&fresh, of: batch)
                openChunkIfNeeded()
            }
        }
        flush(&fresh, of: batch)
        if replaced { recount() }
        if receipt.stored > 0 { statistics.revision = revision }
        return receipt
    }

    /// Gives a shelf that was filled outside of a store the revision at which it comes there.
    func enter(at revision: UInt64) {
        statistics.revision = revision
        born = revision
    }

    private func openChunkIfNeeded() {
        guard let last = contents.chunks.last else {
            contents.chunks.append(EventBatch())
            return
        }
        guard last.count >= Self.chunkRowsMax || last.payload.count >= Self.chunkPayloadMax else { return }
        closedBytes += last.footprintBytes
        contents.chunks.append(EventBatch())
    }

    private func flush(_ fresh: inout [Int], of batch: EventBatch) {
        guard !fresh.isEmpty else { return }
        contents.chunks[contents.chunks.count - 1].append(batch, rows: fresh)
        fresh.removeAll(keepingCapacity: true)
    }

    /// Extremes cannot be taken back, so a replaced event costs one pass over the trace.
    private func recount() {
        let old = statistics
        statistics = TraceStatistics(id: old.id)
        statistics.revision = old.revision
        for index in contents.chunks.indices {
            let chunk = contents.chunks[index]
            var slots = StatisticSlots()
            for row in contents.liveRows(ofChunk: index) ?? Array(chunk.ids.indices) {
                statistics.add(chunk, row, &slots)
            }
        }
    }
}
