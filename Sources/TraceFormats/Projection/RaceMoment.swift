import JSONText
import TraceModel

/// One span event of the `race.*` convention as rows.
enum RaceMoment {
    /// The `race.*` events in their order: by `race.seq` when all have it, else by time.
    static func ordered(_ moments: [Span.Moment]) -> [Span.Moment] {
        let ours = moments.filter { [RaceNames.access, RaceNames.lock, RaceNames.sync].contains($0.name) }
        let sequences = ours.map { $0.attributes.integer(RaceNames.sequence) ?? -1 }
        let isSequenced = sequences.allSatisfy { $0 >= 0 }
        let keys = isSequenced ? sequences : ours.map(\.timestamp)
        return ours.indices.sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] < keys[$1] }.map { ours[$0] }
    }

    /// The rows of an event: none for one that lacks what it must say, two for a read that a write follows.
    static func events(
        _ moment: Span.Moment,
        of span: Span,
        rows: SpanRows,
        batch: inout EventBatch,
        problems: inout [TraceDocument.Problem]
    ) -> [Event] {
        let attributes = moment.attributes
        var row = rows.row(.custom, at: moment.timestamp)
        row.sequence = max(-1, attributes.integer(RaceNames.sequence) ?? -1)
        if let task = SpanForest.taskName(attributes) { row.thread = batch.symbols.intern(task) }
        row.location = batch.symbols.intern(location(attributes) ?? location(span.attributes) ?? "")
        let events: [Event]? =
            switch moment.name {
            case RaceNames.access: access(attributes, row, span, &batch)
            case RaceNames.lock: lock(attributes, row, &batch)
            case RaceNames.sync: synchronisation(attributes, row, &batch)
            default: []
            }
        if events == nil, problems.count < TraceDocument.problemsMax {
            problems.append(
                TraceDocument.Problem(
                    code: FaultCode.missingField.rawValue,
                    message: "span \(FormatError.safe(span.id)): \(moment.name) lacks \(required(moment.name)) "
                        + "or has an unknown value there; the event counts for nothing"
                )
            )
        }
        return events ?? []
    }

    private static func required(_ event: String) -> String {
        switch event {
        case RaceNames.access: "race.object.id or race.access.kind"
        case RaceNames.lock: "race.lock.id or race.lock.op"
        default: "race.sync.id or race.sync.op"
        }
    }

    /// `file:line` as far as attributes tell, else the function.
    static func location(_ attributes: [Attribute]) -> String? {
        guard let file = attributes.name("code.file.path") else { return attributes.name("code.function.name") }
        guard let line = attributes.integer("code.line.number") else { return file }
        return "\(file):\(line)"
    }

    // MARK: Accesses

    private static func access(
        _ attributes: [Attribute],
        _ start: Event,
        _ span: Span,
        _ batch: inout EventBatch
    ) -> [Event]? {
        guard let object = attributes.name("race.object.id"), let kind = attributes.name("race.access.kind") else {
            return nil
        }
        let isAtomic = attributes.truth("race.access.atomic")
        var event = start
        event.kind = .stateChange
        event.object = batch.symbols.intern(object)
        event.subject = batch.symbols.intern(span.attributes.name("race.txn.id") ?? "")
        event.flags.insert(attributes.name("race.object.scope") == "global" ? .globalScope : .processScope)
        event.flags.memoryOrder = memoryOrder(attributes.name("race.memory_order"))
        if case .array(let locks) = attributes["race.locks_held"] {
            event.lockSetPayload = payload(.array(locks.map { .string($0.text) }), &batch)
        }
        let before = payload(attributes["race.value.before"], &batch)
        let after = payload(attributes["race.value.after"], &batch)
        switch kind.lowercased() {
        case "read":
            event.operation = isAtomic ? .atomicRead : .read
            event.newValue = after.isEmpty ? before : after
        case "write":
            event.operation = isAtomic ? .atomicWrite : .write
            (event.oldValue, event.newValue) = (before, after)
        case "rmw" where isAtomic:
            event.operation = .atomicReadModifyWrite
            (event.oldValue, event.newValue) = (before, after)
        case "rmw":
            var read = event
            read.operation = .read
            read.newValue = before
            event.operation = .write
            (event.oldValue, event.newValue) = (before, after)
            return [read, event]
        default: return nil
        }
        return [event]
    }

    private static func payload(_ value: AttributeValue?, _ batch: inout EventBatch) -> ByteRange {
        guard let value, value != .empty else { return .none }
        var json = JSONWriter()
        json.value(attribute: value)
        return batch.appendPayload(json.bytes)
    }

    private static func memoryOrder(_ name: String?) -> EventFlags.MemoryOrder {
        guard let name else { return .sequentiallyConsistent }
        return Array(name.utf8).withUnsafeBufferPointer { Words.memoryOrder($0) } ?? .sequentiallyConsistent
    }

    // MARK: Locks and synchronisation

    private static func lock(_ attributes: [Attribute], _ start: Event, _ batch: inout EventBatch) -> [Event]? {
        guard let lock = attributes.name("race.lock.id"), let operation = attributes.name("race.lock.op") else {
            return nil
        }
        var event = start
        event.kind = .lockAcquire
        event.object = batch.symbols.intern(lock)
        if attributes.name("race.lock.mode")?.lowercased() == "shared" { event.flags.insert(.shared) }
        event.flags.insert(attributes.name("race.lock.scope") == "global" ? .globalScope : .processScope)
        switch operation.lowercased() {
        case "acquire": event.operation = .lockAcquire
        case "release":
            event.kind = .lockRelease
            event.operation = .lockRelease
        case "try_fail":
            event.operation = .lockAcquire
            event.flags.insert(.failed)
        // Beginning to wait for a lock orders nothing.
        case "wait": event.subject = batch.symbols.intern("wait")
        default: return nil
        }
        return [event]
    }

    private static func synchronisation(
        _ attributes: [Attribute],
        _ start: Event,
        _ batch: inout EventBatch
    ) -> [Event]? {
        guard let id = attributes.name("race.sync.id"), let operation = attributes.name("race.sync.op") else {
            return nil
        }
        var event = start
        let symbol = batch.symbols.intern(id)
        func over(_ kind: EventKind, _ operation: Operation) -> Event {
            var event = event
            event.kind = kind
            event.operation = operation
            event.object = symbol
            return event
        }
        func task(_ kind: EventKind, _ operation: Operation) -> Event {
            var event = event
            event.kind = kind
            event.operation = operation
            event.subject = symbol
            return event
        }
        switch operation.lowercased() {
        case "spawn": return [task(.asyncSpawn, .fork)]
        case "join": return [task(.taskJoin, .join)]
        case "send": return [over(.channelSend, .channelSend)]
        case "recv": return [over(.channelReceive, .channelReceive)]
        case "signal": return [over(.signal, .signal)]
        case "wait": return [over(.wait, .wait)]
        case "barrier":
            // One event for both sides: everyone arrives before anyone leaves, as far as the generation tells.
            event.number = attributes.integer("race.sync.generation") ?? -1
            return [over(.barrierArrive, .barrierArrive), over(.barrierLeave, .barrierLeave)]
        default: return nil
        }
    }
}
