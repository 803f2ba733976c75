import TraceModel

/// What an event says, in eight bytes: two versions of an event have equal digests when ``EventPrecedence`` finds no
/// difference between them, and otherwise with a probability of 2^-64.
enum EventDigest {
    static func digest(_ batch: EventBatch, _ row: Int, _ payload: UnsafeRawBufferPointer) -> UInt64 {
        var hash = StableHash()
        hash.combine(UInt64(bitPattern: batch.timestamps[row]))
        hash.combine(UInt64(bitPattern: batch.sequences[row]))
        hash.combine(UInt64(bitPattern: batch.ownClocks[row]))
        hash.combine(UInt64(batch.kinds[row].rawValue))
        hash.combine(batch.parents[row].high)
        hash.combine(batch.parents[row].low)
        // No array of the parts: it would be allocated for every event.
        func combine(_ symbol: Symbol) {
            batch.symbols.withBytes(of: symbol) { hash.combine(UnsafeRawBufferPointer($0)) }
        }
        func combine(_ range: ByteRange) {
            hash.combine(range.isEmpty ? UnsafeRawBufferPointer(start: nil, count: 0) : payload[rebasing: range])
        }
        combine(batch.threads[row])
        combine(batch.objects[row])
        combine(batch.subjects[row])
        combine(batch.locations[row])
        combine(batch.kindPayloads[row])
        combine(batch.metadataPayloads[row])
        combine(batch.vectorPayloads[row])
        return hash.value
    }
}

extension UnsafeRawBufferPointer {
    fileprivate subscript(rebasing range: ByteRange) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[range.indices])
    }
}
