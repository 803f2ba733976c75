import TraceModel

/// The integer columns of one segment, read and checked.
struct SegmentColumns {
    /// Where a field's column stands; the order of the segment.
    private enum Field: Int {
        case idHigh, idLow, parent, timestamp, duration, sequence, ownClock, process, thread, span, upstreamSpan
        case kind, operation, flags, object, subject, location, number
        case kindLength, metadataLength, vectorLength, lockSetLength
        case newLength, newPlace, oldLength, oldPlace, vectorCount
    }

    let count: Int
    /// Column after column, `count` integers each.
    private(set) var storage: ContiguousArray<Int64>
    private var parents: ContiguousArray<EventID> = []
    private var components: ContiguousArray<Int64> = []
    private var values: ContiguousArray<Int64> = []

    init(count: Int, reusing storage: consuming ContiguousArray<Int64>) {
        self.count = count
        self.storage = storage
        let size = count * SegmentFormat.fixedColumns
        if self.storage.count < size {
            self.storage.append(contentsOf: repeatElement(0, count: size - self.storage.count))
        }
    }

    @inline(__always)
    private func value(_ field: Field, _ row: Int) -> Int64 { storage[field.rawValue * count + row] }

    // MARK: Reading

    mutating func read(_ source: inout ByteSource, symbols: Int, processes: Int) throws(SegmentDamage) {
        for field in 0..<SegmentFormat.fixedColumns {
            try Self.read(&source, into: &storage, at: field * count, count: count)
            if field == Field.parent.rawValue { try readParents(&source) }
        }
        var entries = 0
        for row in 0..<count {
            let length = value(.vectorCount, row)
            guard length >= 0, length <= Int64(source.remaining) + 1 << 20 else { throw .malformed }
            entries += Int(length)
            // An entry may share a byte with others, but never are there this many.
            guard entries <= 1 << 22 else { throw .malformed }
        }
        components = ContiguousArray(repeating: 0, count: entries)
        values = ContiguousArray(repeating: 0, count: entries)
        try Self.read(&source, into: &components, at: 0, count: entries)
        try Self.read(&source, into: &values, at: 0, count: entries)
        for field in [Field.thread, .span, .upstreamSpan, .object, .subject, .location] {
            try checkIndices(field, below: symbols)
        }
        try checkIndices(.process, below: processes)
        for component in components where component < 0 || component >= Int64(symbols) { throw .malformed }
    }

    private static func read(
        _ source: inout ByteSource,
        into storage: inout ContiguousArray<Int64>,
        at start: Int,
        count: Int
    ) throws(SegmentDamage) {
        switch try source.byte() {
        case IntegerColumn.constant:
            let value = unzigzag(try source.varint())
            for index in start..<(start + count) { storage[index] = value }
        case IntegerColumn.deltas:
            var previous: Int64 = 0
            for index in start..<(start + count) {
                previous = previous &+ unzigzag(try source.varint())
                storage[index] = previous
            }
        case IntegerColumn.words:
            for index in start..<(start + count) { storage[index] = Int64(bitPattern: try source.word()) }
        case IntegerColumn.varints:
            for index in start..<(start + count) { storage[index] = unzigzag(try source.varint()) }
        default: throw .malformed
        }
    }

    private mutating func readParents(_ source: inout ByteSource) throws(SegmentDamage) {
        parents.reserveCapacity(count)
        for row in 0..<count {
            let code = value(.parent, row)
            switch code {
            case 0: parents.append(.none)
            case 1: parents.append(EventID(high: try source.word(), low: try source.word()))
            default:
                let distance = unzigzag(UInt64(bitPattern: code &- 2))
                let (index, overflow) = Int64(row).subtractingReportingOverflow(distance)
                guard !overflow, index >= 0, index < Int64(count) else { throw .malformed }
                parents.append(id(Int(index)))
            }
        }
    }

    // MARK: Checking

    private func checkIndices(_ field: Field, below limit: Int) throws(SegmentDamage) {
        for row in 0..<count {
            let index = value(field, row)
            guard index >= 0, index < Int64(limit) else { throw .malformed }
        }
    }

    /// Lengths are in range, values lie where they say, and all bytes of the payload are accounted for.
    func check(payloadBytes: Int) throws(SegmentDamage) {
        var total: Int64 = 0
        for row in 0..<count {
            for field in [Field.kindLength, .metadataLength, .vectorLength, .lockSetLength] {
                let length = value(field, row)
                guard length >= 0, length <= Int64(payloadBytes) else { throw .malformed }
                total += length
            }
            let outer = value(.kindLength, row)
            for (length, place) in [(Field.newLength, Field.newPlace), (.oldLength, .oldPlace)] {
                let length = value(length, row)
                let place = value(place, row)
                guard length >= 0, length <= Int64(payloadBytes), place >= 0, place <= outer + 1 else {
                    throw .malformed
                }
                if place == 0 {
                    total += length
                } else if place - 1 + length > outer {
                    throw .malformed
                }
            }
        }
        guard total == Int64(payloadBytes) else { throw .malformed }
    }

    // MARK: Filling

    private func id(_ row: Int) -> EventID {
        EventID(high: UInt64(bitPattern: value(.idHigh, row)), low: UInt64(bitPattern: value(.idLow, row)))
    }

    /// Adds the rows; everything was checked before.
    func append(
        to batch: inout EventBatch,
        trace: TraceID,
        symbols: [Symbol],
        processes: [UInt32],
        payload: UnsafeRawBufferPointer
    ) {
        if batch.ids.capacity < batch.count + count {
            batch.reserve(events: max(count, batch.count), payloadBytes: 0)
        }
        var cursors = payloadStarts(base: batch.appendPayload(payload.bindMemory(to: UInt8.self)).start)
        var entry = 0
        for row in 0..<count {
            func symbol(_ field: Field) -> Symbol { symbols[Int(value(field, row))] }
            var event = Event()
            event.id = id(row)
            event.trace = trace
            event.parent = parents[row]
            event.timestamp = value(.timestamp, row)
            event.duration = value(.duration, row)
            event.sequence = value(.sequence, row)
            event.ownClock = value(.ownClock, row)
            event.process = processes[Int(value(.process, row))]
            event.thread = symbol(.thread)
            event.span = symbol(.span)
            event.upstreamSpan = symbol(.upstreamSpan)
            // Kinds and operations that a later program added read as the least specific one.
            event.kind = EventKind(rawValue: UInt8(truncatingIfNeeded: value(.kind, row))) ?? .unknown
            event.operation = Operation(rawValue: UInt8(truncatingIfNeeded: value(.operation, row))) ?? .none
            event.flags = EventFlags(rawValue: UInt16(truncatingIfNeeded: value(.flags, row)))
            event.object = symbol(.object)
            event.subject = symbol(.subject)
            event.location = symbol(.location)
            event.number = value(.number, row)
            event.kindPayload = cursors.kind.next(value(.kindLength, row))
            event.metadataPayload = cursors.metadata.next(value(.metadataLength, row))
            event.vectorPayload = cursors.vector.next(value(.vectorLength, row))
            event.lockSetPayload = cursors.lockSet.next(value(.lockSetLength, row))
            event.newValue = cursors.new.next(value(.newLength, row), value(.newPlace, row), in: event.kindPayload)
            event.oldValue = cursors.old.next(value(.oldLength, row), value(.oldPlace, row), in: event.kindPayload)
            let entries = Int(value(.vectorCount, row))
            if entries > 0 {
                event.vector = batch.appendVector(
                    (entry..<(entry + entries)).map {
                        VectorEntry(component: symbols[Int(components[$0])], value: UInt64(bitPattern: values[$0]))
                    }
                )
                entry += entries
            }
            batch.append(event)
        }
    }

    private struct Cursors {
        var kind, metadata, vector, lockSet, new, old: Cursor
    }

    private func payloadStarts(base: UInt32) -> Cursors {
        var start = base
        func cursor(_ field: Field, unless place: Field? = nil) -> Cursor {
            let cursor = Cursor(start: start)
            for row in 0..<count where place.map({ value($0, row) == 0 }) ?? true {
                start += UInt32(value(field, row))
            }
            return cursor
        }
        return Cursors(
            kind: cursor(.kindLength),
            metadata: cursor(.metadataLength),
            vector: cursor(.vectorLength),
            lockSet: cursor(.lockSetLength),
            new: cursor(.newLength, unless: .newPlace),
            old: cursor(.oldLength, unless: .oldPlace)
        )
    }
}

/// Hands out consecutive slices of the payload.
private struct Cursor {
    var start: UInt32

    mutating func next(_ length: Int64) -> ByteRange {
        guard length > 0 else { return .none }
        defer { start += UInt32(length) }
        return ByteRange(start: start, length: UInt32(length))
    }

    /// A value inside `outer` when its place says so, else the next slice.
    mutating func next(_ length: Int64, _ place: Int64, in outer: ByteRange) -> ByteRange {
        guard length > 0 else { return .none }
        guard place > 0 else { return next(length) }
        return ByteRange(start: outer.start + UInt32(place - 1), length: UInt32(length))
    }
}
