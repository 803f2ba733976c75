import TraceModel

extension RacewayDecoder {
    /// Decodes the `kind` object that is next: exactly one member, whose name is the kind.
    ///
    /// - Returns: the whole object.
    mutating func decodeKind(of event: inout Event, parts: inout EventParts) throws(JSONFault) -> JSONValue {
        let start = cursor.byteOffset
        let token = cursor.at
        path = FieldPath(section: .kind)
        guard try cursor.enter(Byte.openBrace) else {
            throw JSONFault(.wrongShape, at: start, expected: "an object with one member, the kind")
        }
        let tag = try cursor.key()
        let index = cursor.find(tag, in: KindTag.table)
        if index < 0 {
            event.kind = .unknown
            event.subject = try intern(tag)
            _ = try cursor.skip(depth: Self.eventDepth + 1)
        } else {
            event.kind = KindTag.kinds[index]
            path.kind = event.kind
            let payload = cursor.byteOffset
            try readKindSlots()
            path.field = -1
            try interpret(&event, parts: &parts, payload: payload)
        }
        guard try !cursor.more(Byte.openBrace) else {
            path.field = -1
            throw JSONFault(.wrongShape, at: start, expected: "an object with one member, the kind")
        }
        let end = Int(cursor.positions[cursor.at - 1]) + 1
        return JSONValue(start: start, end: end, token: token, first: Byte.openBrace)
    }

    private mutating func readKindSlots() throws(JSONFault) {
        kindSlots.clear()
        guard try cursor.enter(Byte.openBrace) else { return }
        repeat {
            let key = try cursor.key()
            path.field = cursor.find(key, in: KindField.fields)
            let value = try cursor.skip(depth: Self.eventDepth + 2)
            guard path.field < 0 || kindSlots.set(path.field, value) else {
                throw JSONFault(.duplicateField, at: key.start)
            }
        } while try cursor.more(Byte.openBrace)
    }

    private mutating func interpret(
        _ event: inout Event,
        parts: inout EventParts,
        payload: Int
    ) throws(JSONFault) {
        switch event.kind {
        case .stateChange: try stateChange(&event, parts: &parts, payload: payload)
        case .lockAcquire, .lockRelease:
            event.operation = event.kind == .lockAcquire ? .lockAcquire : .lockRelease
            event.object = try required(.lockID, payload)
            event.subject = try optional(.lockType)
            event.location = try optional(.location)
            if lockTypes.isShared(event.subject, in: document.batch.symbols) { event.flags.insert(.shared) }
        case .memoryFence:
            event.operation = .fence
            event.location = try optional(.location)
            event.flags.memoryOrder = try memoryOrder(.ordering, required: true, payload)
        case .asyncSpawn, .asyncAwait, .taskStart, .taskEnd, .taskJoin: try task(&event, payload: payload)
        case .channelSend, .channelReceive, .channelClose, .signal, .wait, .barrierArrive, .barrierLeave:
            try communication(&event, payload: payload)
        case .transactionBegin, .transactionCommit, .transactionRollback, .dataRead, .dataWrite:
            try data(&event, parts: &parts, payload: payload)
        case .functionCall, .functionReturn, .httpRequest, .httpResponse, .databaseQuery, .databaseResult, .error,
            .custom:
            try observation(&event, parts: &parts, payload: payload)
        case .unknown, .synchronisation, .spanStart, .spanEnd, .logLine, .span, .spanLog: break
        }
    }

    /// Kinds that only mark a step of their task.
    private mutating func observation(
        _ event: inout Event,
        parts: inout EventParts,
        payload: Int
    ) throws(JSONFault) {
        switch event.kind {
        case .functionCall:
            event.object = try required(.functionName, payload)
            event.subject = try optional(.module)
            event.location = try sourceLine()
        case .functionReturn:
            event.object = try optional(.functionName)
            event.subject = try optional(.module)
            event.location = try sourceLine()
        case .httpRequest:
            event.subject = try required(.method, payload)
            event.object = try required(.url, payload)
        case .httpResponse:
            event.number = try requiredInteger(.status, in: 0...65_535, payload)
            parts.kindDuration = try duration(slot(.durationMS), unit: 1_000_000)
        case .databaseQuery:
            event.object = try required(.query, payload)
            event.subject = try optional(.database)
            parts.kindDuration = try duration(slot(.durationMS), unit: 1_000_000)
        case .databaseResult: event.number = try requiredInteger(.rowsAffected, in: 0...Int64.max, payload)
        case .error: event.object = try required(.errorType, payload)
        default: event.object = try required(.name, payload)
        }
    }

    /// `file:line`, or the file alone.
    private mutating func sourceLine() throws(JSONFault) -> Symbol {
        let file = try optional(.file)
        let line = slot(.line)
        guard !file.isEmpty, !line.isNull else { return file }
        let number = try integer(line, in: 0...Int64(UInt32.max))
        // Lines count from 1; 0 is what a client writes that does not know.
        guard number > 0 else { return file }
        scratch.removeAll(keepingCapacity: true)
        document.batch.symbols.withBytes(of: file) { scratch.append(contentsOf: $0) }
        scratch.append(Byte.colon)
        Decimal.append(number, to: &scratch)
        return internScratch()
    }

    // MARK: Members

    mutating func slot(_ field: KindField) -> JSONValue {
        path.field = field.rawValue
        return kindSlots[field.rawValue]
    }

    /// A string that has to be there.
    mutating func required(_ field: KindField, _ payload: Int) throws(JSONFault) -> Symbol {
        let value = slot(field)
        guard !value.isAbsent else { throw JSONFault(.missingField, at: payload, expected: "a string") }
        return try intern(value)
    }

    /// A string that may be absent or null.
    mutating func optional(_ field: KindField) throws(JSONFault) -> Symbol {
        let value = slot(field)
        return value.isNull ? .empty : try intern(value)
    }

    /// A string or number that may be absent or null.
    mutating func optionalName(_ field: KindField) throws(JSONFault) -> Symbol {
        let value = slot(field)
        return value.isNull ? .empty : try internName(value)
    }

    /// A string or number that has to be there.
    mutating func requiredName(_ field: KindField, _ payload: Int) throws(JSONFault) -> Symbol {
        let value = slot(field)
        guard !value.isNull else { throw JSONFault(.missingField, at: payload, expected: "a string or a number") }
        return try internName(value)
    }

    mutating func requiredInteger(
        _ field: KindField,
        in range: ClosedRange<Int64>,
        _ payload: Int
    ) throws(JSONFault) -> Int64 {
        let value = slot(field)
        guard !value.isAbsent else { throw JSONFault(.missingField, at: payload, expected: "a number") }
        return try integer(value, in: range)
    }

    /// A number that may be absent or null: -1 then.
    mutating func optionalInteger(_ field: KindField) throws(JSONFault) -> Int64 {
        let value = slot(field)
        return value.isNull ? -1 : try integer(value, in: 0...Int64.max)
    }
}
