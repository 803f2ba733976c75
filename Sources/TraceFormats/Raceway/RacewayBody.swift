public import TraceModel

/// The body of `POST /events`: one object with an array `events`.
///
/// An event that cannot be decoded costs nobody else: the rest of the body is kept, and the problem says which event
/// and why. Only a body in which nothing can be decoded is refused.
public enum RacewayBody {
    /// Why a body as a whole is refused.
    public enum Refusal: Error, Sendable, Equatable {
        /// Not JSON, or nothing in it could be decoded because it is not JSON: status 400.
        case notJSON(FormatError)
        /// JSON without `events`, or with events of which none could be decoded: status 422.
        case wrongShape(FormatError)
        /// More bytes than ``ReadOptions/inputBytesMax``: status 413.
        case tooLarge(FormatError)

        /// The HTTP status that says so.
        public var status: Int {
            switch self {
            case .notJSON: 400
            case .wrongShape: 422
            case .tooLarge: 413
            }
        }

        /// The detail.
        public var error: FormatError {
            switch self {
            case .notJSON(let error), .wrongShape(let error), .tooLarge(let error): error
            }
        }

        /// One line for the client, without payload.
        public var message: String {
            let place = "at line \(error.line) column \(error.column)"
            let expected = error.expected.isEmpty ? "" : ", expected \(error.expected)"
            return switch self {
            case .notJSON: "Failed to parse the request body as JSON: \(error.message)\(expected) \(place)"
            case .wrongShape:
                "Failed to deserialize the JSON body into the target type: \(error.message)\(expected) \(place)"
            case .tooLarge where error.line > 0: "Failed to take the events: \(error.message)\(expected) \(place)"
            case .tooLarge: "Failed to buffer the request body: length limit exceeded"
            }
        }
    }

    /// Decodes a body.
    ///
    /// - Returns: the events in order; `skipped` and `problems` account for those that were refused.
    /// - Complexity: O(*n*) in the bytes of the body, whatever they are.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer,
        options: ReadOptions = ReadOptions()
    ) throws(Refusal) -> TraceDocument {
        guard bytes.count <= min(options.inputBytesMax, ReadOptions.inputBytesCeiling) else {
            throw .tooLarge(FormatError(code: FaultCode.tooLarge.rawValue, message: FaultCode.tooLarge.text))
        }
        var index = JSONIndex(depthMax: options.depthMax)
        var repairs = JSONRepair.Marks()
        var failure = index.load(bytes)
        if failure == .invalidUTF8 || failure == .controlInString, let repaired = JSONRepair.run(bytes) {
            repairs = repaired.marks
            failure = repaired.text.withUnsafeBytes { index.load($0) }
        }
        if let failure { throw .notJSON(FormatError(failure, in: bytes)) }
        let result = index.withCursor { cursor -> Result<TraceDocument, Refusal> in
            var decoder = RacewayDecoder(cursor: cursor, options: options, inputBytes: bytes.count)
            decoder.repairs = repairs
            if let fault = decoder.decodeBody() {
                let detail = FormatError(fault, position: decoder.position(of: fault.byte))
                return .failure(fault.code.isSyntax ? .notJSON(detail) : .wrongShape(detail))
            }
            if let error = decoder.errorIfNothing() {
                if error.code == FaultCode.tooLarge.rawValue { return .failure(.tooLarge(error)) }
                return .failure(decoder.syntaxFaults > 0 || decoder.isBroken ? .notJSON(error) : .wrongShape(error))
            }
            return .success(decoder.document)
        }
        guard let result else { throw .notJSON(FormatError(.noMemory, in: bytes)) }
        return try result.get()
    }

    /// Decodes a body.
    public static func decode(
        _ bytes: [UInt8],
        options: ReadOptions = ReadOptions()
    ) throws(Refusal) -> TraceDocument {
        try bytes.withRawBytes { (raw) throws(Refusal) in try decode(raw, options: options) }
    }
}

extension RacewayDecoder {
    /// Decodes one object with `events`, which is all there is.
    fileprivate mutating func decodeBody() -> JSONFault? {
        do {
            try decodeBodyObject()
            return repairs.first(outside: rejected)
        } catch {
            return error
        }
    }

    private mutating func decodeBodyObject() throws(JSONFault) {
        let start = cursor.byteOffset
        guard cursor.peek == Byte.openBrace else {
            _ = try cursor.skip(depth: 0)
            throw JSONFault(.wrongShape, at: start, expected: "an object with `events`")
        }
        var found = false
        if try cursor.enter(Byte.openBrace) {
            repeat {
                let key = try cursor.key()
                guard isEvents(key) else {
                    _ = try cursor.skip(depth: 1)
                    continue
                }
                guard !found else { throw JSONFault(.duplicateField, at: key.start, expected: "`events` once") }
                guard cursor.peek == Byte.openBracket else {
                    let value = try cursor.skip(depth: 1)
                    throw JSONFault(.wrongType, at: value.start, expected: "`events` to be an array")
                }
                found = true
                try decodeEvents()
            } while try cursor.more(Byte.openBrace)
        }
        guard found else { throw JSONFault(.missingField, at: start, expected: "`events`") }
        guard cursor.isAtEnd else {
            throw JSONFault(.syntax, at: cursor.byteOffset, expected: "nothing behind the object")
        }
    }

    private mutating func isEvents(_ key: JSONString) -> Bool { cursor.find(key, in: Self.bodyMembers) == 0 }

    private static let bodyMembers = FieldTable(["events"])

    /// Whether the text is no JSON: each event shows only its first fault, which may stand before the broken place.
    fileprivate var isBroken: Bool {
        mutating get {
            cursor.at = 0
            do {
                _ = try cursor.skip(depth: 0)
                return false
            } catch {
                return true
            }
        }
    }

    /// Why the body is refused when it has events and none could be decoded.
    fileprivate mutating func errorIfNothing() -> FormatError? {
        guard document.batch.isEmpty, let problem = document.problems.first else { return nil }
        let position = position(of: problem.byte)
        return FormatError(
            code: problem.code,
            message: problem.message,
            line: position.line,
            column: position.column,
            byte: problem.byte
        )
    }
}
