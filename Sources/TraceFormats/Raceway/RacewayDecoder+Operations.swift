import TraceModel

/// Kinds that mean something for order and shared state.
extension RacewayDecoder {
    mutating func stateChange(_ event: inout Event, parts: inout EventParts, payload: Int) throws(JSONFault) {
        event.object = try required(.variable, payload)
        event.location = try optional(.location)
        let access = slot(.accessType)
        guard !access.isAbsent else { throw JSONFault(.missingField, at: payload, expected: Words.accesses) }
        guard access.isString else { throw JSONFault(.wrongType, at: access.start, expected: Words.accesses) }
        guard let operation = Words.operation(cursor.bytes(access.start + 1, access.end - 1)) else {
            throw JSONFault(.invalidValue, at: access.start, expected: Words.accesses)
        }
        event.operation = operation
        if !slot(.memoryOrder).isNull {
            event.flags.memoryOrder = try memoryOrder(.memoryOrder, required: false, payload)
        }
        parts.oldValue = slot(.oldValue)
        parts.newValue = slot(.newValue)
    }

    mutating func memoryOrder(
        _ field: KindField,
        required: Bool,
        _ payload: Int
    ) throws(JSONFault) -> EventFlags.MemoryOrder {
        let value = slot(field)
        if value.isAbsent, required { throw JSONFault(.missingField, at: payload, expected: Words.orders) }
        guard value.isString else { throw JSONFault(.wrongType, at: value.start, expected: Words.orders) }
        guard let order = Words.memoryOrder(cursor.bytes(value.start + 1, value.end - 1)) else {
            throw JSONFault(.invalidValue, at: value.start, expected: Words.orders)
        }
        return order
    }

    mutating func task(_ event: inout Event, payload: Int) throws(JSONFault) {
        event.location = try optional(.location)
        switch event.kind {
        case .asyncSpawn:
            event.operation = .fork
            event.object = try optionalName(.taskName)
            let task = try optionalName(.taskID)
            event.subject = task.isEmpty ? event.object : task
            if event.location.isEmpty { event.location = try optionalName(.spawnedAt) }
            if event.location.isEmpty { event.location = try optionalName(.spawnedBy) }
        case .asyncAwait:
            event.operation = .await
            let future = try optionalName(.futureID)
            event.subject = future.isEmpty ? try optionalName(.taskID) : future
            if event.location.isEmpty { event.location = try optionalName(.awaitedAt) }
        case .taskStart:
            event.operation = .taskStart
            event.subject = try optionalName(.taskID)
        case .taskEnd:
            event.operation = .taskEnd
            event.subject = try optionalName(.taskID)
        default:
            event.operation = .join
            event.subject = try requiredName(.taskID, payload)
        }
    }

    mutating func communication(_ event: inout Event, payload: Int) throws(JSONFault) {
        event.location = try optional(.location)
        switch event.kind {
        case .channelSend, .channelReceive, .channelClose:
            event.object = try requiredName(.channel, payload)
            event.subject = try optionalName(.messageID)
            let sequence = try optionalInteger(.sequence)
            let capacity = try optionalInteger(.capacity)
            event.number = sequence >= 0 ? sequence : capacity
            if sequence >= 0 { event.flags.insert(.numbered) }
            switch event.kind {
            case .channelSend: event.operation = .channelSend
            case .channelReceive: event.operation = .channelReceive
            default: event.operation = .channelClose
            }
        case .signal, .wait:
            event.operation = event.kind == .signal ? .signal : .wait
            event.object = try requiredName(.object, payload)
        default:
            event.operation = event.kind == .barrierArrive ? .barrierArrive : .barrierLeave
            event.object = try requiredName(.barrier, payload)
            event.number = try optionalInteger(.generation)
        }
    }

    mutating func data(_ event: inout Event, parts: inout EventParts, payload: Int) throws(JSONFault) {
        event.location = try optional(.location)
        switch event.kind {
        case .transactionBegin: event.operation = .transactionBegin
        case .transactionCommit: event.operation = .transactionCommit
        case .transactionRollback: event.operation = .transactionRollback
        default:
            event.operation = event.kind == .dataRead ? .dataRead : .dataWrite
            event.subject = try optionalName(.transactionID)
            event.object = try row(payload)
            let version = slot(.version)
            // A version need not be a number; what it is stays in the payload.
            event.number = version.isNumber ? (try? integer(version, in: 0...Int64.max)) ?? -1 : -1
            parts.newValue = slot(.value)
            return
        }
        event.subject = try requiredName(.transactionID, payload)
        event.object = try optionalName(.isolation)
    }

    /// `store/table/key` of those that are there.
    private mutating func row(_ payload: Int) throws(JSONFault) -> Symbol {
        let store = try optionalName(.store)
        let table = try optionalName(.table)
        let key = try requiredName(.key, payload)
        scratch.removeAll(keepingCapacity: true)
        for part in [store, table] where !part.isEmpty {
            document.batch.symbols.withBytes(of: part) { scratch.append(contentsOf: $0) }
            scratch.append(UInt8(ascii: "/"))
        }
        document.batch.symbols.withBytes(of: key) { scratch.append(contentsOf: $0) }
        return internScratch()
    }
}

/// Enumerations of the wire, in any case and with or without underscores.
enum Words {
    static let accesses: StaticString = "Read, Write, AtomicRead, AtomicWrite or AtomicRMW"
    static let orders: StaticString = "Relaxed, Acquire, Release, AcqRel or SeqCst"

    static func operation(_ text: UnsafeBufferPointer<UInt8>) -> Operation? {
        switch Folded(text).word {
        case Folded("read").word: .read
        case Folded("write").word: .write
        case Folded("atomicread").word: .atomicRead
        case Folded("atomicwrite").word: .atomicWrite
        case Folded("atomicrmw").word, Folded("atomicreadmodifywrite").word: .atomicReadModifyWrite
        default: nil
        }
    }

    static func memoryOrder(_ text: UnsafeBufferPointer<UInt8>) -> EventFlags.MemoryOrder? {
        switch Folded(text).word {
        case Folded("relaxed").word: .relaxed
        case Folded("acquire").word: .acquire
        case Folded("release").word: .release
        case Folded("acqrel").word, Folded("acquirerelease").word: .acquireRelease
        case Folded("seqcst").word, Folded("sequentiallyconsistent").word: .sequentiallyConsistent
        default: nil
        }
    }
}
