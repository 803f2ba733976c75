import TraceModel

/// Files with Raceway events: request bodies, arrays, NDJSON, exported traces, recorded requests.
enum RacewayReader {
    /// Reads a text of any of these.
    ///
    /// Indexing everything at once is the fast way, for lines too: they are a sequence of JSON values. Only a text
    /// that cannot be read so is read again, line by line or with its damage repaired.
    static func read(
        _ text: UnsafeRawBufferPointer,
        name: String,
        options: ReadOptions
    ) throws(FormatError) -> TraceDocument {
        let isLines = LineScanner.looksLikeLines(text)
        var index = JSONIndex(depthMax: options.depthMax)
        if let failure = index.load(text) {
            if isLines { return try readLines(text, name: name, options: options) }
            guard failure == .invalidUTF8 || failure == .controlInString else {
                throw FormatError(failure, in: text, name: name)
            }
            let repaired = JSONRepair.run(text)
            if let failure = repaired.text.withUnsafeBytes({ index.load($0) }) {
                throw FormatError(failure, in: text, name: name)
            }
            return try readIndexed(index, repairs: repaired.marks, name: name, options: options).get()
        }
        let result = readIndexed(index, repairs: JSONRepair.Marks(), name: name, options: options)
        if isLines, case .failure = result { return try readLines(text, name: name, options: options) }
        return try result.get()
    }

    private static func readIndexed(
        _ index: borrowing JSONIndex,
        repairs: JSONRepair.Marks,
        name: String,
        options: ReadOptions
    ) -> Result<TraceDocument, FormatError> {
        let result = index.withCursor { cursor -> Result<TraceDocument, FormatError> in
            var decoder = RacewayDecoder(cursor: cursor, options: options)
            decoder.repairs = repairs
            if let fault = decoder.decodeAll() {
                return .failure(FormatError(fault, position: decoder.position(of: fault.byte), name: name))
            }
            if let error = decoder.document.error(name: name, strict: options.strict) { return .failure(error) }
            return .success(decoder.document)
        }
        return result
            ?? .failure(FormatError(code: FaultCode.noMemory.rawValue, name: name, message: FaultCode.noMemory.text))
    }

    /// Reads one value a line; a bad line costs no other.
    private static func readLines(
        _ text: UnsafeRawBufferPointer,
        name: String,
        options: ReadOptions
    ) throws(FormatError) -> TraceDocument {
        var index = JSONIndex(depthMax: options.depthMax)
        // The decoder lives over all lines and gets each line's cursor; this is one to begin with.
        _ = [Byte.openBracket, Byte.closeBracket].withUnsafeBytes { index.load($0) }
        guard var decoder = index.withCursor({ RacewayDecoder(cursor: $0, options: options) }) else {
            throw FormatError(code: FaultCode.noMemory.rawValue, name: name, message: FaultCode.noMemory.text)
        }
        var scanner = LineScanner(text)
        while let range = scanner.next() {
            if LineScanner.trim(range, in: text).isEmpty { continue }
            let line = UnsafeRawBufferPointer(rebasing: text[range])
            let origin = TextOrigin(byte: range.lowerBound, line: scanner.line)
            if let failure = index.load(line) {
                decoder.reject(failure, line: line, origin: origin)
            } else {
                index.withCursor { decoder.decodeLine($0, origin: origin) }
            }
            if options.strict, decoder.document.skipped > 0 { break }
        }
        if let error = decoder.document.error(name: name, strict: options.strict) { throw error }
        return decoder.document
    }
}
