import TraceModel

/// Puts traces together from their segments.
struct SegmentAssembly {
    private let decoder = SegmentDecoder()
    /// Segments that were left out.
    private(set) var damaged = 0
    private(set) var batch = EventBatch()

    /// Adds a segment; damage is an error.
    mutating func add(_ bytes: UnsafeRawBufferPointer, of trace: TraceID) throws(StoreError) {
        try decoder.decode(bytes, of: trace, into: &batch)
    }

    /// Adds a segment, or counts it when it is damaged: a neighbour must not pay for it.
    mutating func addIfSound(_ bytes: UnsafeRawBufferPointer, of trace: TraceID) {
        do throws(StoreError) { try add(bytes, of: trace) } catch { damaged += 1 }
    }

    /// The events so far; the next ones start a new batch.
    mutating func finish() -> EventBatch {
        let finished = batch
        batch = EventBatch()
        return finished
    }
}

extension SQLRow {
    /// Decodes the segment in a column; rethrows what `body` does through a closure that cannot throw.
    func decode(
        _ column: Int,
        _ body: (UnsafeRawBufferPointer) throws(StoreError) -> Void
    ) throws(StoreError) {
        let failure = withBytes(column) { bytes -> StoreError? in
            do throws(StoreError) {
                try body(bytes)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }
}

/// Collects all traces of a store into one batch, one trace at a time.
struct SnapshotAssembly {
    /// Bytes of values in a snapshot, safely below what a ``ByteRange`` can address.
    private static let valueBytesMax = 2 << 30

    private var assembly = SegmentAssembly()
    private var current: TraceID?
    private(set) var batch = EventBatch()

    var damaged: Int { assembly.damaged }

    mutating func add(_ bytes: UnsafeRawBufferPointer, of trace: TraceID) {
        if trace != current { flush() }
        current = trace
        assembly.addIfSound(bytes, of: trace)
    }

    mutating func flush() {
        let events = assembly.finish()
        guard !events.isEmpty else { return }
        batch.append(
            events,
            rows: 0..<events.count,
            keeping: batch.payload.count < Self.valueBytesMax ? .values : .none
        )
    }
}
