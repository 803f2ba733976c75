import TraceModel

/// Reads the JSON object inside a `raceway-clock` header.
///
/// Offsets in its errors count from the start of the decoded object. Texts that end up in events are checked here,
/// since one bad header would otherwise spoil every event of the receiver: no control characters, bounded span ids.
struct ClockReader {
    private enum Field: String, CaseIterable {
        case trace = "trace_id"
        case span = "span_id"
        case parentSpan = "parent_span_id"
        case service, instance, clock
    }

    private var scanner: JSONScanner
    private var seen: Set<Field> = []
    private var trace = TraceID.zero
    private var span = ""
    private var parentSpan: String?
    private var service = ""
    private var instance = ""
    private var clock = ClockVector()

    init(_ json: [UInt8]) { scanner = JSONScanner(json) }

    mutating func read() throws(HeaderError) -> RacewayClock {
        do {
            try readObject()
        } catch let error as HeaderError {
            throw error
        } catch {
            throw HeaderError(.racewayClock, .json, at: scanner.position)
        }
        guard seen.contains(.trace), seen.contains(.span) else {
            throw HeaderError(.racewayClock, .missingField, at: scanner.position)
        }
        return RacewayClock(
            trace: trace,
            span: span,
            parentSpan: parentSpan,
            service: service,
            instance: instance,
            clock: clock
        )
    }

    private mutating func readObject() throws {
        try scanner.expect(UInt8(ascii: "{"))
        if try !scanner.take(UInt8(ascii: "}")) {
            repeat {
                let name = try scanner.string()
                try scanner.expect(UInt8(ascii: ":"))
                if let field = Field(rawValue: name) {
                    guard seen.insert(field).inserted else { throw wrong }
                    try read(field)
                } else {
                    try scanner.skipValue()
                }
            } while try scanner.take(ASCII.comma)
            try scanner.expect(UInt8(ascii: "}"))
        }
        guard scanner.isAtEnd else { throw JSONScanner.Failure(offset: scanner.position) }
    }

    private var wrong: HeaderError { HeaderError(.racewayClock, .field, at: scanner.position) }

    private mutating func read(_ field: Field) throws {
        switch field {
        case .trace:
            guard let id = TraceID(try text()) else { throw wrong }
            guard id != .zero else { throw HeaderError(.racewayClock, .allZero, at: scanner.position) }
            trace = id
        case .span:
            span = try spanText()
        case .parentSpan:
            if try !scanner.takeWord("null") { parentSpan = try spanText() }
        case .service:
            service = try text()
        case .instance:
            instance = try text()
        case .clock:
            clock = try components()
        }
    }

    private mutating func text() throws -> String {
        guard try scanner.peek() == UInt8(ascii: "\"") else { throw wrong }
        let text = try scanner.string()
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else { throw wrong }
        return text
    }

    private mutating func spanText() throws -> String {
        let text = try text()
        guard !text.isEmpty, text.utf8.count <= RacewayClock.spanMax else { throw wrong }
        return text
    }

    /// `[[name, count], …]`.
    private mutating func components() throws -> ClockVector {
        guard try scanner.take(UInt8(ascii: "[")) else { throw wrong }
        var found: [ClockVector.Component] = []
        if try scanner.take(UInt8(ascii: "]")) { return ClockVector() }
        repeat {
            guard try scanner.take(UInt8(ascii: "[")) else { throw wrong }
            let name = try text()
            try scanner.expect(ASCII.comma)
            guard ASCII.isDigit(try scanner.peek()) else { throw wrong }
            do {
                found.append(.init(name: name, value: try scanner.unsigned()))
            } catch {
                throw wrong
            }
            try scanner.expect(UInt8(ascii: "]"))
        } while try scanner.take(ASCII.comma)
        try scanner.expect(UInt8(ascii: "]"))
        return ClockVector(found)
    }
}
