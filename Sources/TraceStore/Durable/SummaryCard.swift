import TraceModel

/// The parts of a ``TraceSummary`` that no query filters by, as one blob in the trace's row.
enum SummaryCard {
    private static let version: UInt8 = 1
    /// More than any trace has, and so little that damage in a few cards is no overflow in their sum.
    private static let countMax = 1 << 48

    static func encode(_ summary: TraceSummary) -> [UInt8] {
        var sink = ByteSink(capacity: 256)
        sink.append(byte: version)
        sink.append(varint: UInt64(summary.spanCount))
        sink.append(varint: UInt64(summary.services.count))
        for share in summary.services {
            sink.append(varint: UInt64(share.name.utf8.count))
            var name = share.name
            name.withUTF8 { sink.append(UnsafeRawBufferPointer($0)) }
            append(share.durations, to: &sink)
            sink.append(varint: zigzag(share.lastTimestamp))
            sink.append(varint: UInt64(share.errors))
        }
        sink.append(varint: UInt64(summary.kinds.count))
        for share in summary.kinds {
            sink.append(byte: share.kind.rawValue)
            append(share.durations, to: &sink)
        }
        return Array(sink.bytes)
    }

    /// Completes a summary from its card.
    static func decode(_ bytes: UnsafeRawBufferPointer, into summary: inout TraceSummary) throws(StoreError) {
        do {
            var source = ByteSource(bytes)
            let found = try source.byte()
            guard found == version else { throw SegmentDamage.version(found) }
            summary.spanCount = try source.count(limit: countMax)
            summary.services = []
            for _ in 0..<(try source.count(limit: bytes.count)) {
                let name = try source.take(try source.count(limit: bytes.count))
                var share = ServiceShare(name: String(decoding: name, as: UTF8.self))
                share.durations = try durations(&source)
                share.lastTimestamp = unzigzag(try source.varint())
                share.errors = try source.count(limit: countMax)
                summary.services.append(share)
            }
            summary.kinds = []
            for _ in 0..<(try source.count(limit: bytes.count)) {
                var share = KindShare(kind: EventKind(rawValue: try source.byte()) ?? .unknown)
                share.durations = try durations(&source)
                summary.kinds.append(share)
            }
        } catch {
            throw StoreError(.corrupt, "the summary of trace \(summary.id) is damaged (\(error))")
        }
    }

    private static func append(_ share: DurationShare, to sink: inout ByteSink) {
        sink.append(varint: UInt64(share.events))
        sink.append(varint: UInt64(share.timed))
        sink.append(varint: zigzag(share.nanoseconds))
    }

    private static func durations(_ source: inout ByteSource) throws(SegmentDamage) -> DurationShare {
        var share = DurationShare()
        share.events = try source.count(limit: countMax)
        share.timed = try source.count(limit: countMax)
        share.nanoseconds = unzigzag(try source.varint())
        return share
    }
}
