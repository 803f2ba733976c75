import TraceModel

extension BatchEncoding {
    static func decode(_ bytes: UnsafeRawBufferPointer) -> EventBatch? {
        var input = ByteReader(bytes)
        guard input.byte() == version else { return nil }
        var batch = EventBatch()
        let symbolCount = input.count(atLeast: 1)
        var symbols: ContiguousArray<Symbol> = [.empty]
        symbols.reserveCapacity(symbolCount + 1)
        for _ in 0..<symbolCount {
            let text = input.bytes(input.count(atLeast: 1))
            guard !input.failed else { return nil }
            symbols.append(text.withMemoryRebound(to: UInt8.self) { batch.symbols.intern(bytes: $0) })
        }
        let processCount = input.count(atLeast: 3)
        // A table with the same process twice would shift the numbers of the others.
        var processes: ContiguousArray<UInt32> = []
        processes.reserveCapacity(processCount)
        for _ in 0..<processCount {
            let (service, instance, processID) = (input.varint32(), input.varint32(), input.varint32())
            guard !input.failed, service < symbols.count, instance < symbols.count else { return nil }
            let key = ProcessKey(
                service: symbols[Int(service)],
                instance: symbols[Int(instance)],
                processID: processID
            )
            processes.append(batch.intern(key))
        }
        let entryCount = input.count(atLeast: 2)
        var entries: ContiguousArray<VectorEntry> = []
        entries.reserveCapacity(entryCount)
        for _ in 0..<entryCount {
            let component = input.varint32()
            guard !input.failed, component < symbols.count else { return nil }
            entries.append(VectorEntry(component: symbols[Int(component)], value: input.varint()))
        }
        _ = batch.appendVector(entries)
        let payload = input.bytes(input.count(atLeast: 1))
        guard !input.failed, payload.count <= Int(UInt32.max) else { return nil }
        _ = payload.withMemoryRebound(to: UInt8.self) { batch.appendPayload($0) }
        let count = input.count(atLeast: rowBytesMin)
        batch.reserve(events: count, payloadBytes: 0)
        var rows = RowDecoder(symbols: symbols, processes: processes, payload: payload.count, entries: entryCount)
        for row in 0..<count {
            guard let event = rows.next(&input, isFirst: row == 0) else { return nil }
            batch.append(event)
        }
        return input.failed || input.remaining > 0 ? nil : batch
    }
}

/// Decodes one row after another and checks everything that refers to a table.
private struct RowDecoder {
    let symbols: ContiguousArray<Symbol>
    let processes: ContiguousArray<UInt32>
    let payload: Int
    let entries: Int
    private var before = Event()
    private var cursor: Int64 = 0
    private var isValid = true

    init(symbols: ContiguousArray<Symbol>, processes: ContiguousArray<UInt32>, payload: Int, entries: Int) {
        self.symbols = symbols
        self.processes = processes
        self.payload = payload
        self.entries = entries
    }

    private mutating func symbol(_ input: inout ByteReader) -> Symbol {
        let index = input.varint32()
        guard index < symbols.count else {
            isValid = false
            return .empty
        }
        return symbols[Int(index)]
    }

    private mutating func range(_ input: inout ByteReader) -> ByteRange {
        let length = Int64(input.varint32())
        let (start, overflow) = cursor.addingReportingOverflow(input.zigzag())
        guard !overflow, start >= 0, length > 0, start <= Int64(payload) - length else {
            isValid = false
            return .none
        }
        cursor = start + length
        return ByteRange(start: UInt32(start), length: UInt32(length))
    }

    mutating func next(_ input: inout ByteReader, isFirst: Bool) -> Event? {
        var bits = UInt32(input.byte())
        bits |= UInt32(input.byte()) << 8
        bits |= UInt32(input.byte()) << 16
        let parts = RowParts(rawValue: bits)
        var event = Event()
        event.id = EventID(high: input.fixed(UInt64.self), low: input.fixed(UInt64.self))
        event.trace = before.trace
        if parts.contains(.trace) {
            event.trace = TraceID(high: input.fixed(UInt64.self), low: input.fixed(UInt64.self))
        }
        if parts.contains(.chained) { event.parent = before.id }
        if parts.contains(.parent) {
            event.parent = EventID(high: input.fixed(UInt64.self), low: input.fixed(UInt64.self))
        }
        event.timestamp = before.timestamp &+ input.zigzag()
        guard let kind = EventKind(rawValue: input.byte()), let operation = Operation(rawValue: input.byte()) else {
            return nil
        }
        event.kind = kind
        event.operation = operation
        event.process = before.process
        if parts.contains(.process) {
            let index = input.varint32()
            guard index < processes.count else { return nil }
            event.process = processes[Int(index)]
        } else if isFirst {
            return nil
        }
        event.thread = parts.contains(.thread) ? symbol(&input) : before.thread
        if parts.contains(.flags) {
            event.flags = EventFlags(rawValue: UInt16(truncatingIfNeeded: input.varint32()))
        }
        if parts.contains(.duration) { event.duration = input.zigzag() }
        if parts.contains(.sequence) { event.sequence = before.sequence &+ input.zigzag() }
        if parts.contains(.ownClock) { event.ownClock = before.ownClock &+ input.zigzag() }
        if parts.contains(.span) { event.span = symbol(&input) }
        if parts.contains(.upstream) { event.upstreamSpan = symbol(&input) }
        if parts.contains(.object) { event.object = symbol(&input) }
        if parts.contains(.subject) { event.subject = symbol(&input) }
        if parts.contains(.location) { event.location = symbol(&input) }
        if parts.contains(.number) { event.number = input.zigzag() }
        if parts.contains(.kindPayload) {
            event.kindPayload = range(&input)
            cursor = Int64(event.kindPayload.start)
        }
        if parts.contains(.oldValue) { event.oldValue = range(&input) }
        if parts.contains(.newValue) { event.newValue = range(&input) }
        if parts.contains(.metadataPayload) { event.metadataPayload = range(&input) }
        if parts.contains(.vectorPayload) { event.vectorPayload = range(&input) }
        if parts.contains(.lockSetPayload) { event.lockSetPayload = range(&input) }
        if parts.contains(.vector) {
            let (length, start) = (input.varint32(), input.varint32())
            guard Int(length) + Int(start) <= entries else { return nil }
            event.vector = ByteRange(start: start, length: length)
        }
        guard isValid, !input.failed else { return nil }
        before = event
        return event
    }
}
