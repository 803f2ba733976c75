public import TraceModel

/// Which of two events with one identity counts, independent of the order in which they arrived.
///
/// The order is (timestamp, sequence, own clock, thread, kind, payloads), as `docs/edges.md` states it; the rest of the
/// row follows so that events that differ anywhere are never equal.
public enum EventPrecedence {
    /// -1 when row `i` of `a` counts, 1 when row `j` of `b` does, 0 when they say the same.
    public static func compare(_ a: EventBatch, _ i: Int, _ b: EventBatch, _ j: Int) -> Int {
        let numbers = [
            order(a.timestamps[i], b.timestamps[j]),
            order(a.sequences[i], b.sequences[j]),
            order(a.ownClocks[i], b.ownClocks[j]),
            texts(a, a.threads[i], b, b.threads[j]),
            order(a.kinds[i].rawValue, b.kinds[j].rawValue),
            payloads(a, a.kindPayloads[i], b, b.kindPayloads[j]),
        ]
        if let first = numbers.first(where: { $0 != 0 }) { return first }
        let rest = [
            payloads(a, a.metadataPayloads[i], b, b.metadataPayloads[j]),
            payloads(a, a.vectorPayloads[i], b, b.vectorPayloads[j]),
            order(a.parents[i], b.parents[j]),
            texts(a, a.objects[i], b, b.objects[j]),
            texts(a, a.subjects[i], b, b.subjects[j]),
            texts(a, a.locations[i], b, b.locations[j]),
        ]
        return rest.first { $0 != 0 } ?? 0
    }

    private static func order<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : (b < a ? 1 : 0) }

    private static func texts(_ a: EventBatch, _ x: Symbol, _ b: EventBatch, _ y: Symbol) -> Int {
        a.symbols.withBytes(of: x) { x in b.symbols.withBytes(of: y) { y in bytes(x, y) } }
    }

    private static func payloads(_ a: EventBatch, _ x: ByteRange, _ b: EventBatch, _ y: ByteRange) -> Int {
        bytes(x.isEmpty ? [] : a.payload[x.indices], y.isEmpty ? [] : b.payload[y.indices])
    }

    private static func bytes(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Int {
        a.elementsEqual(b) ? 0 : (a.lexicographicallyPrecedes(b) ? -1 : 1)
    }
}
