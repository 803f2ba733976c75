import TraceModel

extension RacewayDecoder {
    /// Deepest nesting of envelopes around events.
    static let envelopeDepthMax = 8

    /// Members that only an event has. `trace_id` is not one: exported traces have it too.
    private static let eventMarks: Set<EventField> = [
        .id, .parentID, .timestamp, .kind, .metadata, .causalityVector, .lockSet,
    ]

    private static let envelopes = FieldTable(["events", "data", "body"])

    /// Decodes the values of the text, one after the other.
    ///
    /// - Returns: why the rest could not be read.
    mutating func decodeAll() -> JSONFault? {
        do {
            while !cursor.isAtEnd { try decodeContainer() }
            return repairs.first(outside: rejected)
        } catch {
            return error
        }
    }

    /// Decodes the values of many lines; a bad one costs no more than the rest of its line.
    mutating func decodeLines(_ lines: JSONCursor, origin: TextOrigin) {
        cursor = lines
        self.origin = origin
        while !cursor.isAtEnd {
            let line = cursor.openLine(end: cursor.endOfLine(from: cursor.byteOffset))
            rejected.removeAll(keepingCapacity: true)
            if let fault = decodeAll() {
                path = FieldPath()
                reject(fault, index: -1)
            }
            cursor.closeLine(line)
        }
    }

    /// Counts a line that is no JSON at all.
    mutating func reject(_ failure: FaultCode, line: UnsafeRawBufferPointer, origin: TextOrigin) {
        var origin = origin
        let byte = JSONPlaces.place(of: failure, in: line)
        document.records += 1
        syntaxFaults += 1
        document.skip(
            TraceDocument.Problem(
                line: origin.position(of: byte, in: line).line,
                byte: origin.byte + byte,
                code: failure.rawValue,
                message: failure.text
            )
        )
    }

    /// Decodes whatever value with events is next: a body, an exported trace, a recorded request, one event, or an
    /// array of any of these.
    mutating func decodeContainer(depth: Int = 0, index: Int = -1) throws(JSONFault) {
        guard depth <= Self.envelopeDepthMax else { throw JSONFault(.tooDeep, at: cursor.byteOffset) }
        switch cursor.peek {
        case Byte.openBracket:
            guard try cursor.enter(Byte.openBracket) else { return }
            var position = 0
            repeat {
                try decodeContainer(depth: depth + 1, index: position)
                position += 1
            } while try cursor.more(Byte.openBracket)
        case Byte.openBrace: try decodeEnvelope(depth: depth, index: index)
        default:
            let start = cursor.byteOffset
            _ = try cursor.skip(depth: depth)
            path = FieldPath()
            reject(JSONFault(.wrongShape, at: start, expected: "an object or an array"), index: index)
        }
    }

    private mutating func decodeEnvelope(depth: Int, index: Int) throws(JSONFault) {
        let start = cursor.at
        let startByte = cursor.byteOffset
        var found = false
        guard try cursor.enter(Byte.openBrace) else {
            path = FieldPath()
            return reject(JSONFault(.wrongShape, at: startByte, expected: "an event or `events`"), index: index)
        }
        repeat {
            let key = try cursor.key()
            if !found, let field = EventField(rawValue: cursor.find(key, in: EventField.table)),
                Self.eventMarks.contains(field)
            {
                cursor.at = start
                return try decodeOrReject(index: index, isMember: index >= 0)
            }
            let first = cursor.peek
            switch cursor.find(key, in: Self.envelopes) {
            case 0 where first == Byte.openBracket:
                found = true
                try decodeEvents()
            case 1 where first == Byte.openBrace, 2 where first == Byte.openBrace || first == Byte.openBracket:
                found = true
                try decodeContainer(depth: depth + 1)
            default: _ = try cursor.skip(depth: depth + 1)
            }
        } while try cursor.more(Byte.openBrace)
        if !found {
            path = FieldPath()
            reject(JSONFault(.wrongShape, at: startByte, expected: "an event or `events`"), index: index)
        }
    }

    /// Decodes the array of events that is next.
    mutating func decodeEvents() throws(JSONFault) {
        guard try cursor.enter(Byte.openBracket) else { return }
        var index = 0
        repeat {
            try decodeOrReject(index: index, isMember: true, array: "events")
            index += 1
        } while try cursor.more(Byte.openBracket)
    }

    /// Decodes one event; when it is wrong, notes why and moves behind it.
    private mutating func decodeOrReject(
        index: Int,
        isMember: Bool,
        array: String = ""
    ) throws(JSONFault) {
        let start = cursor.at
        do {
            try decodeEvent()
            document.records += 1
        } catch {
            let from = cursor.positions[start]
            // Without the end of the event there is no telling where its neighbour begins.
            guard moveBehind(token: start) else {
                throw error.code.isSyntax ? error : JSONFault(.syntax, at: error.byte, expected: "an event")
            }
            // Only damage asks where they were.
            if repairs.count > 0 { rejected.append(Int(from)..<Int(cursor.positions[cursor.at])) }
            reject(error, index: index, prefix: isMember ? "\(array)[\(index)]" : "")
        }
    }

    /// Moves behind the value that starts at a token, good or not.
    ///
    /// - Returns: false when it has no end, or when there is no value.
    private mutating func moveBehind(token: Int) -> Bool {
        cursor.at = token
        switch cursor.peek {
        case Byte.openBrace, Byte.openBracket: return cursor.recover(from: token)
        case Byte.closeBrace, Byte.closeBracket, Byte.comma, Byte.colon: return false
        default:
            guard !cursor.isAtEnd else { return false }
            cursor.at += 1
            return true
        }
    }

    /// Counts a record that was refused.
    mutating func reject(_ fault: JSONFault, index: Int, prefix: String = "") {
        document.records += 1
        if fault.code.isSyntax { syntaxFaults += 1 }
        // Most of a hostile input would be messages otherwise.
        guard document.problems.count < TraceDocument.problemsMax else {
            document.skipped += 1
            return
        }
        let position = position(of: fault.byte)
        document.skip(
            TraceDocument.Problem(
                line: position.line,
                byte: origin.byte + fault.byte,
                index: index,
                code: fault.code.rawValue,
                message: message(fault, prefix: prefix)
            )
        )
    }

    /// Line and column of an offset into the text.
    mutating func position(of offset: Int) -> (line: Int, column: Int) {
        origin.position(of: offset, in: UnsafeRawBufferPointer(start: cursor.base, count: cursor.length))
    }

    /// `events[3].kind.StateChange.variable: missing, expected a string`.
    private func message(_ fault: JSONFault, prefix: String) -> String {
        var place = prefix
        let field = path.text
        if !field.isEmpty { place += (place.isEmpty ? "" : ".") + field }
        var text = place.isEmpty ? fault.code.text : place + ": " + fault.code.text
        if fault.expected.utf8CodeUnitCount > 0 { text += ", expected \(fault.expected)" }
        return text
    }
}
