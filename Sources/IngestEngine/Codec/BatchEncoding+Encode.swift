import TraceModel

extension BatchEncoding {
    /// An upper bound of the encoded size; the memory past what is written is never touched.
    static func sizeMax(_ batch: EventBatch) -> Int {
        var size = headBytesMax + batch.count * rowBytesMax + batch.payload.count
        size += batch.processes.count * 15 + batch.vectorEntries.count * 15
        // Every string of the table is at most as long as all of them.
        return size + batch.symbols.footprintBytes + batch.symbols.count * 5
    }

    static func encode(_ batch: EventBatch, into memory: UnsafeMutableRawBufferPointer) -> Int {
        var out = ByteWriter(memory)
        out.byte(version)
        out.varint(batch.symbols.count - 1)
        for index in 1..<max(1, batch.symbols.count) {
            batch.symbols.withBytes(of: Symbol(rawValue: UInt32(index))) { text in
                out.varint(text.count)
                out.bytes(UnsafeRawBufferPointer(text))
            }
        }
        out.varint(batch.processes.count)
        for process in batch.processes {
            out.varint(process.service.rawValue)
            out.varint(process.instance.rawValue)
            out.varint(process.processID)
        }
        out.varint(batch.vectorEntries.count)
        for entry in batch.vectorEntries {
            out.varint(entry.component.rawValue)
            out.varint(entry.value)
        }
        out.varint(batch.payload.count)
        batch.payload.withUnsafeBytes { out.bytes($0) }
        out.varint(batch.count)
        rows(batch, &out)
        return out.finish()
    }

    private static func rows(_ batch: EventBatch, _ out: inout ByteWriter) {
        var before = Event()
        var cursor: UInt32 = 0
        func range(_ range: ByteRange, _ out: inout ByteWriter) {
            out.varint(range.length)
            out.zigzag(Int64(range.start) - Int64(cursor))
            cursor = range.start &+ range.length
        }
        for row in 0..<batch.count {
            let event = batch[row]
            let parts = Self.parts(of: event, after: before, isFirst: row == 0)
            out.byte(UInt8(truncatingIfNeeded: parts.rawValue))
            out.byte(UInt8(truncatingIfNeeded: parts.rawValue >> 8))
            out.byte(UInt8(truncatingIfNeeded: parts.rawValue >> 16))
            out.fixed(event.id.high)
            out.fixed(event.id.low)
            if parts.contains(.trace) {
                out.fixed(event.trace.high)
                out.fixed(event.trace.low)
            }
            if parts.contains(.parent) {
                out.fixed(event.parent.high)
                out.fixed(event.parent.low)
            }
            out.zigzag(event.timestamp &- before.timestamp)
            out.byte(event.kind.rawValue)
            out.byte(event.operation.rawValue)
            if parts.contains(.process) { out.varint(event.process) }
            if parts.contains(.thread) { out.varint(event.thread.rawValue) }
            if parts.contains(.flags) { out.varint(UInt32(event.flags.rawValue)) }
            if parts.contains(.duration) { out.zigzag(event.duration) }
            if parts.contains(.sequence) { out.zigzag(event.sequence &- before.sequence) }
            if parts.contains(.ownClock) { out.zigzag(event.ownClock &- before.ownClock) }
            if parts.contains(.span) { out.varint(event.span.rawValue) }
            if parts.contains(.upstream) { out.varint(event.upstreamSpan.rawValue) }
            if parts.contains(.object) { out.varint(event.object.rawValue) }
            if parts.contains(.subject) { out.varint(event.subject.rawValue) }
            if parts.contains(.location) { out.varint(event.location.rawValue) }
            if parts.contains(.number) { out.zigzag(event.number) }
            // Values lie inside the kind payload when the format sent one: short distances in this order.
            if parts.contains(.kindPayload) {
                range(event.kindPayload, &out)
                cursor = event.kindPayload.start
            }
            if parts.contains(.oldValue) { range(event.oldValue, &out) }
            if parts.contains(.newValue) { range(event.newValue, &out) }
            if parts.contains(.metadataPayload) { range(event.metadataPayload, &out) }
            if parts.contains(.vectorPayload) { range(event.vectorPayload, &out) }
            if parts.contains(.lockSetPayload) { range(event.lockSetPayload, &out) }
            if parts.contains(.vector) {
                out.varint(event.vector.length)
                out.varint(event.vector.start)
            }
            before = event
        }
    }

    private static func parts(of event: Event, after before: Event, isFirst: Bool) -> RowParts {
        var bits: UInt32 = 0
        func set(_ part: RowParts, if present: Bool) { bits |= present ? part.rawValue : 0 }
        set(.trace, if: isFirst || event.trace != before.trace)
        let hasParent = event.parent != .none
        let chains = hasParent && !isFirst && event.parent == before.id
        set(.chained, if: chains)
        set(.parent, if: hasParent && !chains)
        set(.duration, if: event.duration != -1)
        set(.sequence, if: event.sequence != -1)
        set(.ownClock, if: event.ownClock != -1)
        set(.span, if: !event.span.isEmpty)
        set(.upstream, if: !event.upstreamSpan.isEmpty)
        set(.object, if: !event.object.isEmpty)
        set(.subject, if: !event.subject.isEmpty)
        set(.location, if: !event.location.isEmpty)
        set(.number, if: event.number != -1)
        set(.oldValue, if: !event.oldValue.isEmpty)
        set(.newValue, if: !event.newValue.isEmpty)
        set(.kindPayload, if: !event.kindPayload.isEmpty)
        set(.metadataPayload, if: !event.metadataPayload.isEmpty)
        set(.vectorPayload, if: !event.vectorPayload.isEmpty)
        set(.lockSetPayload, if: !event.lockSetPayload.isEmpty)
        set(.vector, if: !event.vector.isEmpty)
        set(.process, if: isFirst || event.process != before.process)
        set(.thread, if: isFirst || event.thread != before.thread)
        set(.flags, if: !event.flags.isEmpty)
        return RowParts(rawValue: bits)
    }
}
