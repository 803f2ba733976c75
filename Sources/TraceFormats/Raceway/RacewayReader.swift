import TraceModel

/// Files with Raceway events: request bodies, arrays, NDJSON, exported traces, recorded requests.
enum RacewayReader {
    /// Reads a text of any of these.
    static func read(
        _ text: UnsafeRawBufferPointer,
        name: String,
        options: ReadOptions
    ) throws(FormatError) -> TraceDocument {
        if LineScanner.looksLikeLines(text) { return try readLines(text, name: name, options: options) }
        var index = JSONIndex(depthMax: options.depthMax)
        guard let failure = index.load(text) else {
            return try readIndexed(index, repairs: JSONRepair.Marks(), name: name, options: options).get()
        }
        guard failure == .invalidUTF8 || failure == .controlInString, let repaired = JSONRepair.run(text) else {
            throw FormatError(failure, in: text, name: name)
        }
        if let failure = repaired.text.withUnsafeBytes({ index.load($0) }) {
            throw FormatError(failure, in: text, name: name)
        }
        return try readIndexed(index, repairs: repaired.marks, name: name, options: options).get()
    }

    private static func readIndexed(
        _ index: borrowing JSONIndex,
        repairs: JSONRepair.Marks,
        name: String,
        options: ReadOptions
    ) -> Result<TraceDocument, FormatError> {
        let result = index.withCursor { cursor -> Result<TraceDocument, FormatError> in
            var decoder = RacewayDecoder(cursor: cursor, options: options, inputBytes: cursor.length)
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

    /// Bytes that are indexed at once: the text, its index and its rows fit a cache together.
    private static let chunkBytes = 256 * 1024

    /// Reads one value a line; a bad line costs no other.
    ///
    /// Many lines are indexed at once, since they are a sequence of JSON values. A line with an open quote or invalid
    /// UTF-8 spoils the index of all, so such a piece is read again line by line.
    private static func readLines(
        _ text: UnsafeRawBufferPointer,
        name: String,
        options: ReadOptions
    ) throws(FormatError) -> TraceDocument {
        var index = JSONIndex(depthMax: options.depthMax)
        // The decoder lives over all lines and gets each piece's cursor; this is one to begin with.
        _ = [Byte.openBracket, Byte.closeBracket].withUnsafeBytes { index.load($0) }
        let first = index.withCursor { RacewayDecoder(cursor: $0, options: options, inputBytes: text.count) }
        guard var decoder = first else {
            throw FormatError(code: FaultCode.noMemory.rawValue, name: name, message: FaultCode.noMemory.text)
        }
        var start = 0
        var line = 1
        while start < text.count, !options.strict || decoder.document.skipped == 0 {
            let end = endOfLines(text, from: start)
            let piece = UnsafeRawBufferPointer(rebasing: text[start..<end])
            let origin = TextOrigin(byte: start, line: line)
            if index.load(piece) == nil {
                index.withCursor { decoder.decodeLines($0, origin: origin) }
            } else {
                readEachLine(of: piece, origin: origin, index: &index, decoder: &decoder)
            }
            line += LineScanner.newlines(in: piece)
            start = end
        }
        if let error = decoder.document.error(name: name, strict: options.strict) { throw error }
        return decoder.document
    }

    private static func readEachLine(
        of piece: UnsafeRawBufferPointer,
        origin: TextOrigin,
        index: inout JSONIndex,
        decoder: inout RacewayDecoder
    ) {
        var scanner = LineScanner(piece)
        while let range = scanner.next() {
            if LineScanner.trim(range, in: piece).isEmpty { continue }
            let line = UnsafeRawBufferPointer(rebasing: piece[range])
            let origin = TextOrigin(byte: origin.byte + range.lowerBound, line: origin.line + scanner.line - 1)
            if let failure = index.load(line) {
                decoder.reject(failure, line: line, origin: origin)
            } else {
                index.withCursor { decoder.decodeLines($0, origin: origin) }
            }
        }
    }

    /// The end of the last line that lies in one chunk from `start`, or of the first when it is longer.
    private static func endOfLines(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
        let limit = start + chunkBytes
        guard limit < text.count else { return text.count }
        if let last = text[start..<limit].lastIndex(of: Byte.newline) { return last + 1 }
        return min(LineScanner.endOfLine(in: text, from: limit) + 1, text.count)
    }
}
