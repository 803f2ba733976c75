/// Events in columns of fixed width, with their strings interned once and their payload kept verbatim.
///
/// The batch is the unit that crosses module and thread boundaries. All columns have ``count`` elements; element *i* of
/// each belongs to event *i*. Symbols, process indices and ranges are relative to this batch.
public struct EventBatch: Sendable {
    /// The strings of every symbol below.
    public var symbols = SymbolTable()
    /// The distinct processes, in order of first use.
    public private(set) var processes: ContiguousArray<ProcessKey> = []
    /// Payload bytes that the ranges slice.
    public private(set) var payload: ContiguousArray<UInt8> = []
    /// Decoded clock vectors, sliced by ``vectors``.
    public private(set) var vectorEntries: ContiguousArray<VectorEntry> = []

    /// Event identities.
    public private(set) var ids: ContiguousArray<EventID> = []
    /// Trace identities.
    public private(set) var traces: ContiguousArray<TraceID> = []
    /// Causal parents; ``EventID/none`` for roots.
    public private(set) var parents: ContiguousArray<EventID> = []
    /// Nanoseconds since 1970 UTC by the sender's clock.
    public private(set) var timestamps: ContiguousArray<Int64> = []
    /// Nanoseconds, -1 when unknown.
    public private(set) var durations: ContiguousArray<Int64> = []
    /// Client sequence numbers, -1 when absent.
    public private(set) var sequences: ContiguousArray<Int64> = []
    /// Client's own clock component, -1 when absent.
    public private(set) var ownClocks: ContiguousArray<Int64> = []
    /// Indices into ``processes``.
    public private(set) var processIndices: ContiguousArray<UInt32> = []
    /// Thread names.
    public private(set) var threads: ContiguousArray<Symbol> = []
    /// Span ids.
    public private(set) var spans: ContiguousArray<Symbol> = []
    /// Span ids of callers.
    public private(set) var upstreamSpans: ContiguousArray<Symbol> = []
    /// Kinds as sent.
    public private(set) var kinds: ContiguousArray<EventKind> = []
    /// Meanings.
    public private(set) var operations: ContiguousArray<Operation> = []
    /// Qualifiers.
    public private(set) var flags: ContiguousArray<EventFlags> = []
    /// Object names.
    public private(set) var objects: ContiguousArray<Symbol> = []
    /// Second names.
    public private(set) var subjects: ContiguousArray<Symbol> = []
    /// Places in code.
    public private(set) var locations: ContiguousArray<Symbol> = []
    /// Capacities, generations, statuses; -1 when absent.
    public private(set) var numbers: ContiguousArray<Int64> = []
    /// Values before, as JSON text.
    public private(set) var oldValues: ContiguousArray<ByteRange> = []
    /// Values after, or seen, as JSON text.
    public private(set) var newValues: ContiguousArray<ByteRange> = []
    /// Verbatim `kind` objects.
    public private(set) var kindPayloads: ContiguousArray<ByteRange> = []
    /// Verbatim `metadata` objects.
    public private(set) var metadataPayloads: ContiguousArray<ByteRange> = []
    /// Verbatim clock vectors.
    public private(set) var vectorPayloads: ContiguousArray<ByteRange> = []
    /// Verbatim lock sets.
    public private(set) var lockSetPayloads: ContiguousArray<ByteRange> = []
    /// Slices of ``vectorEntries``.
    public private(set) var vectors: ContiguousArray<ByteRange> = []

    private var processIndex: [ProcessKey: UInt32] = [:]

    /// An empty batch.
    public init() {}

    /// Number of events.
    @inlinable
    public var count: Int { ids.count }

    /// True when there is no event.
    @inlinable
    public var isEmpty: Bool { ids.isEmpty }

    /// Bytes held by the columns, strings and payload, for bounds and metrics.
    public var footprintBytes: Int {
        count * Self.rowBytes + payload.count + vectorEntries.count * MemoryLayout<VectorEntry>.stride
            + symbols.footprintBytes
    }

    /// Bytes of one row over all columns.
    public static let rowBytes =
        2 * MemoryLayout<EventID>.stride
        + 1 * MemoryLayout<TraceID>.stride
        + 5 * MemoryLayout<Int64>.stride
        + 1 * MemoryLayout<UInt32>.stride
        + 6 * MemoryLayout<Symbol>.stride
        + 1 * MemoryLayout<EventKind>.stride
        + 1 * MemoryLayout<Operation>.stride
        + 1 * MemoryLayout<EventFlags>.stride
        + 7 * MemoryLayout<ByteRange>.stride

    /// Makes room for `events` more rows and `payloadBytes` more payload.
    public mutating func reserve(events: Int, payloadBytes: Int) {
        ids.reserveCapacity(count + events)
        traces.reserveCapacity(count + events)
        parents.reserveCapacity(count + events)
        timestamps.reserveCapacity(count + events)
        durations.reserveCapacity(count + events)
        sequences.reserveCapacity(count + events)
        ownClocks.reserveCapacity(count + events)
        processIndices.reserveCapacity(count + events)
        threads.reserveCapacity(count + events)
        spans.reserveCapacity(count + events)
        upstreamSpans.reserveCapacity(count + events)
        kinds.reserveCapacity(count + events)
        operations.reserveCapacity(count + events)
        flags.reserveCapacity(count + events)
        objects.reserveCapacity(count + events)
        subjects.reserveCapacity(count + events)
        locations.reserveCapacity(count + events)
        numbers.reserveCapacity(count + events)
        oldValues.reserveCapacity(count + events)
        newValues.reserveCapacity(count + events)
        kindPayloads.reserveCapacity(count + events)
        metadataPayloads.reserveCapacity(count + events)
        vectorPayloads.reserveCapacity(count + events)
        lockSetPayloads.reserveCapacity(count + events)
        vectors.reserveCapacity(count + events)
        payload.reserveCapacity(payload.count + payloadBytes)
    }

    /// The latest and the earliest time that a row keeps, in nanoseconds since 1970, and the longest duration.
    public static let latest = Int64.max / 2 - 276_000_000_000_000_000
    public static let earliest = -latest
    public static let longest = Int64.max / 2
    private static let sequenceMax = Int64.max / 2

    /// Adds a row whose symbols, process index and ranges already belong to this batch.
    ///
    /// Times before 1832 and after 2107, durations of more than 137 years and sequences beyond 2^62 are kept as those bounds, so that no
    /// difference or sum of two of them overflows, whatever a client sends.
    public mutating func append(_ event: Event) {
        ids.append(event.id)
        traces.append(event.trace)
        parents.append(event.parent)
        timestamps.append(min(max(event.timestamp, Self.earliest), Self.latest))
        durations.append(min(event.duration, Self.longest))
        sequences.append(min(event.sequence, Self.sequenceMax))
        ownClocks.append(event.ownClock)
        processIndices.append(event.process)
        threads.append(event.thread)
        spans.append(event.span)
        upstreamSpans.append(event.upstreamSpan)
        kinds.append(event.kind)
        operations.append(event.operation)
        flags.append(event.flags)
        objects.append(event.object)
        subjects.append(event.subject)
        locations.append(event.location)
        numbers.append(event.number)
        oldValues.append(event.oldValue)
        newValues.append(event.newValue)
        kindPayloads.append(event.kindPayload)
        metadataPayloads.append(event.metadataPayload)
        vectorPayloads.append(event.vectorPayload)
        lockSetPayloads.append(event.lockSetPayload)
        vectors.append(event.vector)
    }

    /// The row at `index`, which must be in `0..<count`.
    public subscript(_ index: Int) -> Event {
        var event = Event()
        event.id = ids[index]
        event.trace = traces[index]
        event.parent = parents[index]
        event.timestamp = timestamps[index]
        event.duration = durations[index]
        event.sequence = sequences[index]
        event.ownClock = ownClocks[index]
        event.process = processIndices[index]
        event.thread = threads[index]
        event.span = spans[index]
        event.upstreamSpan = upstreamSpans[index]
        event.kind = kinds[index]
        event.operation = operations[index]
        event.flags = flags[index]
        event.object = objects[index]
        event.subject = subjects[index]
        event.location = locations[index]
        event.number = numbers[index]
        event.oldValue = oldValues[index]
        event.newValue = newValues[index]
        event.kindPayload = kindPayloads[index]
        event.metadataPayload = metadataPayloads[index]
        event.vectorPayload = vectorPayloads[index]
        event.lockSetPayload = lockSetPayloads[index]
        event.vector = vectors[index]
        return event
    }

    /// The index of a process, added when new.
    public mutating func intern(_ process: ProcessKey) -> UInt32 {
        if let last = processes.indices.last, processes[last] == process { return UInt32(last) }
        if let known = processIndex[process] { return known }
        let index = UInt32(processes.count)
        processes.append(process)
        processIndex[process] = index
        return index
    }

    /// Appends payload bytes and returns where they are. The payload of one batch is limited to 4 GiB.
    public mutating func appendPayload(_ bytes: some Collection<UInt8>) -> ByteRange {
        let start = payload.count
        payload.append(contentsOf: bytes)
        return ByteRange(start: UInt32(start), length: UInt32(payload.count - start))
    }

    /// Appends payload bytes that a reader points at; the fast form of the generic one.
    public mutating func appendPayload(_ bytes: UnsafeBufferPointer<UInt8>) -> ByteRange {
        let start = payload.count
        payload.append(contentsOf: bytes)
        return ByteRange(start: UInt32(start), length: UInt32(bytes.count))
    }

    /// Appends a decoded clock vector that a reader points at; the fast form of the generic one.
    public mutating func appendVector(_ entries: UnsafeBufferPointer<VectorEntry>) -> ByteRange {
        let start = vectorEntries.count
        vectorEntries.append(contentsOf: entries)
        return ByteRange(start: UInt32(start), length: UInt32(entries.count))
    }

    /// Appends a decoded clock vector and returns its slice of ``vectorEntries``.
    public mutating func appendVector(_ entries: some Collection<VectorEntry>) -> ByteRange {
        let start = vectorEntries.count
        vectorEntries.append(contentsOf: entries)
        return ByteRange(start: UInt32(start), length: UInt32(vectorEntries.count - start))
    }

    /// Adds every event of another batch, translating its symbols, processes and ranges.
    ///
    /// Payload that no event of `other` refers to may come along when all of it is kept.
    ///
    /// - Complexity: O(events + bytes of `other`): a column at a time, a fraction of what the same rows cost one by one.
    public mutating func append(contentsOf other: EventBatch, keeping part: PayloadPart = .all) {
        guard !other.isEmpty else { return }
        var translation = ContiguousArray<UInt32>(repeating: .max, count: other.symbols.count)
        func translate(_ symbol: Symbol) -> Symbol {
            let known = translation[Int(symbol.rawValue)]
            if known != .max { return Symbol(rawValue: known) }
            let new = other.symbols.withBytes(of: symbol) { symbols.intern(bytes: $0) }
            translation[Int(symbol.rawValue)] = new.rawValue
            return new
        }
        let places = other.processes.map { process in
            intern(
                ProcessKey(
                    service: translate(process.service),
                    instance: translate(process.instance),
                    processID: process.processID
                )
            )
        }
        ids.append(contentsOf: other.ids)
        traces.append(contentsOf: other.traces)
        parents.append(contentsOf: other.parents)
        timestamps.append(contentsOf: other.timestamps)
        durations.append(contentsOf: other.durations)
        sequences.append(contentsOf: other.sequences)
        ownClocks.append(contentsOf: other.ownClocks)
        kinds.append(contentsOf: other.kinds)
        operations.append(contentsOf: other.operations)
        flags.append(contentsOf: other.flags)
        numbers.append(contentsOf: other.numbers)
        for place in other.processIndices { processIndices.append(places[Int(place)]) }
        for symbol in other.threads { threads.append(translate(symbol)) }
        for symbol in other.spans { spans.append(translate(symbol)) }
        for symbol in other.upstreamSpans { upstreamSpans.append(translate(symbol)) }
        for symbol in other.objects { objects.append(translate(symbol)) }
        for symbol in other.subjects { subjects.append(translate(symbol)) }
        for symbol in other.locations { locations.append(translate(symbol)) }
        let entries = vectorEntries.count
        for entry in other.vectorEntries {
            vectorEntries.append(VectorEntry(component: translate(entry.component), value: entry.value))
        }
        for range in other.vectors { vectors.append(range.shifted(by: entries)) }
        append(payloadOf: other, keeping: part)
    }

    private mutating func append(payloadOf other: EventBatch, keeping part: PayloadPart) {
        if part == .all {
            let bytes = payload.count
            payload.append(contentsOf: other.payload)
            for range in other.oldValues { oldValues.append(range.shifted(by: bytes)) }
            for range in other.newValues { newValues.append(range.shifted(by: bytes)) }
            for range in other.kindPayloads { kindPayloads.append(range.shifted(by: bytes)) }
            for range in other.metadataPayloads { metadataPayloads.append(range.shifted(by: bytes)) }
            for range in other.vectorPayloads { vectorPayloads.append(range.shifted(by: bytes)) }
            for range in other.lockSetPayloads { lockSetPayloads.append(range.shifted(by: bytes)) }
            return
        }
        func copy(_ range: ByteRange) -> ByteRange {
            part == .none || range.isEmpty ? .none : appendPayload(other.payload[range.indices])
        }
        for range in other.oldValues { oldValues.append(copy(range)) }
        for range in other.newValues { newValues.append(copy(range)) }
        let nothing = repeatElement(ByteRange.none, count: other.count)
        kindPayloads.append(contentsOf: nothing)
        metadataPayloads.append(contentsOf: nothing)
        vectorPayloads.append(contentsOf: nothing)
        lockSetPayloads.append(contentsOf: nothing)
    }

    /// Which payload bytes a copy of rows takes along.
    public enum PayloadPart: Sendable {
        /// Everything that was sent.
        case all
        /// Old and new values only: what detectors look at.
        case values
        /// Nothing.
        case none
    }

    /// Adds the rows of another batch at `rows`, in that order, translating symbols, processes and ranges.
    public mutating func append(_ other: EventBatch, rows: some Collection<Int>, keeping part: PayloadPart = .all) {
        // A table of translations pays off only when the rows can be expected to fill it.
        let memoises = other.symbols.count <= 16 * rows.count + 16
        var translation = ContiguousArray<UInt32>(repeating: .max, count: memoises ? other.symbols.count : 0)
        func translate(_ symbol: Symbol) -> Symbol {
            guard memoises else { return other.symbols.withBytes(of: symbol) { symbols.intern(bytes: $0) } }
            let known = translation[Int(symbol.rawValue)]
            if known != .max { return Symbol(rawValue: known) }
            let new = other.symbols.withBytes(of: symbol) { symbols.intern(bytes: $0) }
            translation[Int(symbol.rawValue)] = new.rawValue
            return new
        }
        func copy(_ range: ByteRange) -> ByteRange {
            range.isEmpty ? range : appendPayload(other.payload[range.indices])
        }
        // Reserving exactly would reallocate every column on every small append.
        if count + rows.count > ids.capacity { reserve(events: max(rows.count, count), payloadBytes: 0) }
        for row in rows {
            var event = other[row]
            let process = other.processes[Int(event.process)]
            event.process = intern(
                ProcessKey(
                    service: translate(process.service),
                    instance: translate(process.instance),
                    processID: process.processID
                )
            )
            event.thread = translate(event.thread)
            event.span = translate(event.span)
            event.upstreamSpan = translate(event.upstreamSpan)
            event.object = translate(event.object)
            event.subject = translate(event.subject)
            event.location = translate(event.location)
            if !event.vector.isEmpty {
                event.vector = appendVector(
                    other.vectorEntries[event.vector.indices].map {
                        VectorEntry(component: translate($0.component), value: $0.value)
                    }
                )
            }
            switch part {
            case .all:
                // The values lie inside the kind payload when the format sent one: keep one copy of the bytes.
                let kindPayload = event.kindPayload
                event.kindPayload = copy(kindPayload)
                event.oldValue = moved(event.oldValue, from: kindPayload, to: event.kindPayload, else: copy)
                event.newValue = moved(event.newValue, from: kindPayload, to: event.kindPayload, else: copy)
                event.metadataPayload = copy(event.metadataPayload)
                event.vectorPayload = copy(event.vectorPayload)
                event.lockSetPayload = copy(event.lockSetPayload)
            case .values, .none:
                event.oldValue = part == .values ? copy(event.oldValue) : .none
                event.newValue = part == .values ? copy(event.newValue) : .none
                event.kindPayload = .none
                event.metadataPayload = .none
                event.vectorPayload = .none
                event.lockSetPayload = .none
            }
            append(event)
        }
    }

    /// The UTF-8 text of a range of the payload; the empty string when the range is absent.
    public func text(_ range: ByteRange) -> String {
        range.isEmpty ? "" : String(decoding: payload[range.indices], as: UTF8.self)
    }

    /// The bytes of a range of the payload, without a copy.
    @inlinable
    public func withPayload<R>(_ range: ByteRange, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        try payload.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[range.indices])) }
    }

    /// True when two ranges of the payload hold the same bytes.
    public func equal(_ a: ByteRange, _ b: ByteRange) -> Bool {
        a.length == b.length && (a.start == b.start || payload[a.indices] == payload[b.indices])
    }
}

/// Where `inner` went when the bytes of `outer`, which contain it, were copied to `target`.
private func moved(
    _ inner: ByteRange,
    from outer: ByteRange,
    to target: ByteRange,
    else copy: (ByteRange) -> ByteRange
) -> ByteRange {
    guard !inner.isEmpty else { return inner }
    guard !outer.isEmpty, inner.start >= outer.start, inner.indices.upperBound <= outer.indices.upperBound else {
        return copy(inner)
    }
    return ByteRange(start: target.start + (inner.start - outer.start), length: inner.length)
}
