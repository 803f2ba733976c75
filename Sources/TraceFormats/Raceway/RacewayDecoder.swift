import TraceModel

/// Turns Raceway event objects into rows of a batch.
///
/// An event is decoded completely or not at all: the batch only changes once everything about the event is known to
/// be right, except for strings, which are interned on the way.
struct RacewayDecoder {
    var document = TraceDocument()
    var cursor: JSONCursor
    let options: ReadOptions
    /// Offset of the text of `cursor` in the input, and its line.
    var origin = TextOrigin()
    /// Bytes of the input that had to be replaced; the events around them are refused.
    var repairs = JSONRepair.Marks()
    /// Where the refused events are, ascending.
    var rejected: [Range<Int>] = []
    /// Refused records that a JSON parser would have refused too.
    var syntaxFaults = 0
    /// Where the decoder is, for messages.
    var path = FieldPath()

    var memos: MetadataMemos
    var kindSlots = FieldSlots(count: KindField.allCases.count)
    var metadataSlots = FieldSlots(count: MetadataField.allCases.count)
    var lockTypes = LockTypes()
    var scratch: [UInt8] = []
    private var entries: [VectorEntry] = []

    /// Brackets around the members of an event: the body, its array, the event.
    static let eventDepth = 3

    /// What an event of an SDK takes on the wire: room for as many rows is made at once.
    static let eventBytesTypical = 640

    /// - Parameter inputBytes: the length of the whole input, of which the cursor may have only the first piece.
    init(cursor: JSONCursor, options: ReadOptions, inputBytes: Int) {
        self.cursor = cursor
        self.options = options
        let events = inputBytes / Self.eventBytesTypical
        memos = MetadataMemos(events: events)
        scratch.reserveCapacity(256)
        document.batch.reserve(events: events, payloadBytes: inputBytes / 2)
    }

    /// Decodes the event that is next and adds it to the batch.
    mutating func decodeEvent() throws(JSONFault) {
        let start = cursor.byteOffset
        path = FieldPath()
        var event = Event()
        var parts = EventParts()
        var seen = 0
        if try cursor.enter(Byte.openBrace) {
            repeat {
                let key = try cursor.key()
                path.section = .event
                path.field = cursor.find(key, in: EventField.table)
                guard let field = EventField(rawValue: path.field) else {
                    _ = try cursor.skip(depth: Self.eventDepth)
                    continue
                }
                guard seen & 1 << field.rawValue == 0 else { throw JSONFault(.duplicateField, at: key.start) }
                seen |= 1 << field.rawValue
                try decode(field, of: &event, parts: &parts)
            } while try cursor.more(Byte.openBrace)
        }
        let end = Int(cursor.positions[cursor.at - 1]) + 1
        guard end - start <= options.recordBytesMax else {
            path = FieldPath()
            throw JSONFault(.tooLarge, at: start, expected: "no event longer than the server's bound")
        }
        for field in [EventField.id, .traceID, .timestamp, .kind, .metadata] where seen & 1 << field.rawValue == 0 {
            path = FieldPath(section: .event, field: field.rawValue)
            throw JSONFault(.missingField, at: start)
        }
        if let mark = repairs.first(in: start..<end) { throw mark }
        finish(&event, parts: parts)
    }

    private mutating func decode(
        _ field: EventField,
        of event: inout Event,
        parts: inout EventParts
    ) throws(JSONFault) {
        switch field {
        case .id:
            let (high, low) = try identifier()
            event.id = EventID(high: high, low: low)
        case .traceID:
            let (high, low) = try identifier()
            event.trace = TraceID(high: high, low: low)
        case .parentID:
            // A parent that cannot be named is no parent; the event is still worth having.
            let value = try cursor.skip(depth: Self.eventDepth)
            if value.isString, let (high, low) = FastUUID.parse(cursor.bytes(value.start + 1, value.end - 1)) {
                event.parent = EventID(high: high, low: low)
            }
        case .timestamp: event.timestamp = try timestamp()
        case .kind: parts.kind = try decodeKind(of: &event, parts: &parts)
        case .metadata: try decodeMetadata(of: &event, parts: &parts)
        case .causalityVector:
            parts.vector = try cursor.skip(depth: Self.eventDepth)
            guard parts.vector.isNull || parts.vector.isArray else {
                throw JSONFault(.wrongType, at: parts.vector.start, expected: "an array of [string, integer] pairs")
            }
            try decodeVector(parts.vector)
        case .lockSet:
            parts.lockSet = try cursor.skip(depth: Self.eventDepth)
            guard parts.lockSet.isNull || parts.lockSet.isArray else {
                throw JSONFault(.wrongType, at: parts.lockSet.start, expected: "an array of strings")
            }
        case .sequence:
            let value = try cursor.skip(depth: Self.eventDepth)
            if !value.isNull { event.sequence = try integer(value, in: 0...Int64.max) }
        }
    }

    /// Moves payloads into the batch and adds the row.
    private mutating func finish(_ event: inout Event, parts: EventParts) {
        if event.duration < 0 { event.duration = parts.kindDuration }
        if event.operation == .lockAcquire, parts.logsBeforeAcquire { event.flags.insert(.advisory) }
        if !parts.vector.isNull, !entries.isEmpty {
            event.vector = entries.withUnsafeBufferPointer { document.batch.appendVector($0) }
            event.ownClock = ownClock(component: parts.component)
            event.vectorPayload = store(parts.vector)
        }
        if parts.lockSet.isArray, parts.lockSet.count > 2 { event.lockSetPayload = store(parts.lockSet) }
        event.kindPayload = store(parts.kind)
        event.oldValue = parts.oldValue.moved(from: parts.kind, to: event.kindPayload)
        event.newValue = parts.newValue.moved(from: parts.kind, to: event.kindPayload)
        document.batch.append(event)
    }

    private mutating func store(_ value: JSONValue) -> ByteRange {
        document.batch.appendPayload(cursor.bytes(value.start, value.end))
    }

    // MARK: Clock vectors

    /// Decodes a vector into `entries`; the cursor stands behind it before and after.
    private mutating func decodeVector(_ value: JSONValue) throws(JSONFault) {
        entries.removeAll(keepingCapacity: true)
        guard value.isArray else { return }
        let behind = cursor.at
        cursor.at = value.token
        if try cursor.enter(Byte.openBracket) {
            repeat {
                let pair = cursor.byteOffset
                let open = try cursor.enter(Byte.openBracket)
                guard open else { throw JSONFault(.wrongShape, at: pair, expected: "[string, integer]") }
                let name = try cursor.string()
                guard try cursor.more(Byte.openBracket) else {
                    throw JSONFault(.wrongShape, at: pair, expected: "[string, integer]")
                }
                let component = try intern(name)
                entries.append(VectorEntry(component: component, value: try clockValue()))
                guard try !cursor.more(Byte.openBracket) else {
                    throw JSONFault(.wrongShape, at: pair, expected: "[string, integer]")
                }
            } while try cursor.more(Byte.openBracket)
        }
        cursor.at = behind
    }

    private mutating func clockValue() throws(JSONFault) -> UInt64 {
        let start = cursor.byteOffset
        let byte = cursor.peek
        guard Byte.isDigit(byte) || byte == UInt8(ascii: "-") else {
            throw JSONFault(.wrongType, at: start, expected: "an integer")
        }
        let number = try cursor.number()
        if number.isInteger, !number.overflows, !number.isNegative { return number.magnitude }
        guard let value = UInt64(exactly: cursor.double(number)) else {
            throw JSONFault(.numberTooLarge, at: start, expected: "an integer from 0 to 2^64-1")
        }
        return value
    }

    /// The sender's own component: the one it is named after, else the only one that is a UUID (the root event of a
    /// request, as the TypeScript SDK writes it), else the only one.
    private func ownClock(component: Symbol) -> Int64 {
        if !component.isEmpty, let own = entries.last(where: { $0.component == component }) {
            return Int64(clamping: own.value)
        }
        let symbols = document.batch.symbols
        let named = entries.filter { symbols.withBytes(of: $0.component) { FastUUID.parse($0) != nil } }
        if named.count == 1 { return Int64(clamping: named[0].value) }
        return entries.count == 1 ? Int64(clamping: entries[0].value) : -1
    }
}

/// What an event still needs when its object has been walked.
struct EventParts {
    var kind = JSONValue.absent
    var oldValue = JSONValue.absent
    var newValue = JSONValue.absent
    var vector = JSONValue.absent
    var lockSet = JSONValue.absent
    /// `duration_ms` of the kind in nanoseconds, -1 when absent.
    var kindDuration: Int64 = -1
    /// `service#instance`.
    var component = Symbol.empty
    /// The SDK logs an acquire before it holds the lock.
    var logsBeforeAcquire = false
}

extension JSONValue {
    /// Where this value, which lies inside `outer`, is once `outer` was copied to `target`.
    func moved(from outer: JSONValue, to target: ByteRange) -> ByteRange {
        isAbsent ? .none : ByteRange(start: target.start + UInt32(start - outer.start), length: UInt32(count))
    }
}
