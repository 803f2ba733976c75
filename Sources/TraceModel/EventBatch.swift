/// Events in columns of fixed width, with their strings interned once and their payload kept verbatim.
///
/// The batch is the unit that crosses module and thread boundaries. All columns have ``count`` elements; element *i* of
/// each belongs to event *i*. Symbols, process indices and ranges are relative to this batch.
public struct EventBatch: Sendable {
    /// The strings of every symbol below.
    public var symbols = SymbolTable()
    /// The distinct processes, in order of first use.
    public internal(set) var processes: ContiguousArray<ProcessKey> = []
    /// Payload bytes that the ranges slice.
    public internal(set) var payload: ContiguousArray<UInt8> = []
    /// Decoded clock vectors, sliced by ``vectors``.
    public internal(set) var vectorEntries: ContiguousArray<VectorEntry> = []

    /// Event identities.
    public internal(set) var ids: ContiguousArray<EventID> = []
    /// Trace identities.
    public internal(set) var traces: ContiguousArray<TraceID> = []
    /// Causal parents; ``EventID/none`` for roots.
    public internal(set) var parents: ContiguousArray<EventID> = []
    /// Nanoseconds since 1970 UTC by the sender's clock.
    public internal(set) var timestamps: ContiguousArray<Int64> = []
    /// Nanoseconds, -1 when unknown.
    public internal(set) var durations: ContiguousArray<Int64> = []
    /// Client sequence numbers, -1 when absent.
    public internal(set) var sequences: ContiguousArray<Int64> = []
    /// Client's own clock component, -1 when absent.
    public internal(set) var ownClocks: ContiguousArray<Int64> = []
    /// Indices into ``processes``.
    public internal(set) var processIndices: ContiguousArray<UInt32> = []
    /// Thread names.
    public internal(set) var threads: ContiguousArray<Symbol> = []
    /// Span ids.
    public internal(set) var spans: ContiguousArray<Symbol> = []
    /// Span ids of callers.
    public internal(set) var upstreamSpans: ContiguousArray<Symbol> = []
    /// Kinds as sent.
    public internal(set) var kinds: ContiguousArray<EventKind> = []
    /// Meanings.
    public internal(set) var operations: ContiguousArray<Operation> = []
    /// Qualifiers.
    public internal(set) var flags: ContiguousArray<EventFlags> = []
    /// Object names.
    public internal(set) var objects: ContiguousArray<Symbol> = []
    /// Second names.
    public internal(set) var subjects: ContiguousArray<Symbol> = []
    /// Places in code.
    public internal(set) var locations: ContiguousArray<Symbol> = []
    /// Capacities, generations, statuses; -1 when absent.
    public internal(set) var numbers: ContiguousArray<Int64> = []
    /// Values before, as JSON text.
    public internal(set) var oldValues: ContiguousArray<ByteRange> = []
    /// Values after, or seen, as JSON text.
    public internal(set) var newValues: ContiguousArray<ByteRange> = []
    /// Verbatim `kind` objects.
    public internal(set) var kindPayloads: ContiguousArray<ByteRange> = []
    /// Verbatim `metadata` objects.
    public internal(set) var metadataPayloads: ContiguousArray<ByteRange> = []
    /// Verbatim clock vectors.
    public internal(set) var vectorPayloads: ContiguousArray<ByteRange> = []
    /// Verbatim lock sets.
    public internal(set) var lockSetPayloads: ContiguousArray<ByteRange> = []
    /// Slices of ``vectorEntries``.
    public internal(set) var vectors: ContiguousArray<ByteRange> = []

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
