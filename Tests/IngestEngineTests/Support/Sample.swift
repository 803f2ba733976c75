import TraceModel

/// Batches for tests of the ingest path.
enum Sample {
    static func trace(_ number: Int) -> TraceID { TraceID(high: 7, low: UInt64(number)) }

    static func id(_ number: Int) -> EventID { EventID(high: 1, low: UInt64(bitPattern: Int64(number))) }

    /// Events of one trace that look like those of an SDK.
    static func batch(trace: Int = 1, events: some Sequence<Int>, poison: Set<Int> = []) -> EventBatch {
        var batch = EventBatch()
        add(to: &batch, trace: trace, events: events, poison: poison)
        return batch
    }

    static func add(to batch: inout EventBatch, trace: Int, events: some Sequence<Int>, poison: Set<Int> = []) {
        for number in events {
            var event = Event()
            event.id = id(number)
            event.trace = self.trace(trace)
            event.parent = number % 3 == 0 ? id(number - 1) : (number % 3 == 1 ? id(number + 7) : .none)
            event.timestamp = 1_700_000_000_000_000_000 + Int64(number) * 1_000
            event.duration = number % 2 == 0 ? Int64(number) : -1
            event.sequence = Int64(number)
            event.process = batch.intern(
                ProcessKey(
                    service: batch.symbols.intern("service-\(number % 2)"),
                    instance: number % 4 == 0 ? .empty : batch.symbols.intern("i"),
                    processID: 9
                )
            )
            event.thread = batch.symbols.intern("thread-\(number % 3)")
            event.kind = .stateChange
            event.operation = number % 2 == 0 ? .write : .read
            event.object = batch.symbols.intern(poison.contains(number) ? "poison" : "variable-\(number % 5)")
            event.kindPayload = batch.appendPayload("{\"StateChange\":{\"new_value\":\(number)}}".utf8)
            event.newValue = ByteRange(start: event.kindPayload.start + 28, length: event.kindPayload.length - 30)
            event.metadataPayload = batch.appendPayload("{\"thread_id\":\"thread-\(number % 3)\"}".utf8)
            event.vector = batch.appendVector([VectorEntry(component: event.thread, value: UInt64(number))])
            batch.append(event)
        }
    }
}

extension EventBatch {
    /// Every event as text in which symbols, processes and ranges are resolved: equal for equal content however it is numbered.
    var described: [String] {
        (0..<count).map { row in
            let event = self[row]
            let process = processes[Int(event.process)]
            let names = [
                process.service, process.instance, event.thread, event.span, event.upstreamSpan, event.object,
                event.subject,
                event.location,
            ]
            let ranges = [
                event.oldValue, event.newValue, event.kindPayload, event.metadataPayload, event.vectorPayload,
                event.lockSetPayload,
            ]
            let numbers = [event.timestamp, event.duration, event.sequence, event.ownClock, event.number]
            let vector = vectorEntries[event.vector.indices].map { "\(symbols[$0.component])=\($0.value)" }
            let parts =
                ["\(event.trace)", "\(event.id)", "\(event.parent)", "\(process.processID)"]
                + ["\(event.kind)", "\(event.operation)", "\(event.flags.rawValue)"] + names.map { symbols[$0] }
                + ranges.map { text($0) } + numbers.map { String($0) } + vector
            return parts.joined(separator: "|")
        }
    }
}

/// A seeded generator, so that a failure can be seen again.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
