/// Reads the JSON texts of one input, whole or line by line, for formats with records inside them.
enum JSONRecords {
    /// Calls `body` with a cursor before each value of the input, each checked as a whole first.
    ///
    /// One value over several lines, several values in a row, and one value a line are read. A line that is no JSON is counted
    /// and costs no other; a text of one value that is no JSON is the error of the input.
    /// - Complexity: O(*n*) times the passes of `body`.
    static func read(
        _ text: UnsafeRawBufferPointer,
        name: String,
        options: ReadOptions,
        into collector: inout SpanCollector,
        _ body: (inout JSONCursor, inout SpanCollector) throws(JSONFault) -> Void
    ) throws(FormatError) {
        var index = JSONIndex(depthMax: options.depthMax)
        guard LineScanner.looksLikeLines(text) else {
            if let failure = index.load(text) { throw FormatError(failure, in: text, name: name) }
            if let fault = walk(index, &collector, body) {
                var origin = TextOrigin()
                throw FormatError(fault, position: origin.position(of: fault.byte, in: text), name: name)
            }
            return
        }
        var scanner = LineScanner(text)
        while let range = scanner.next() {
            if LineScanner.trim(range, in: text).isEmpty { continue }
            let line = UnsafeRawBufferPointer(rebasing: text[range])
            collector.origin = TextOrigin(byte: range.lowerBound, line: scanner.line)
            if let failure = index.load(line) {
                collector.reject(failure, line: line)
            } else if let fault = walk(index, &collector, body) {
                index.withCursor { collector.reject(fault, in: $0, record: "value", index: 0) }
            }
            if collector.mustStop(options) { return }
        }
    }

    /// - Returns: why the rest of the text could not be read.
    private static func walk(
        _ index: borrowing JSONIndex,
        _ collector: inout SpanCollector,
        _ body: (inout JSONCursor, inout SpanCollector) throws(JSONFault) -> Void
    ) -> JSONFault? {
        let result = index.withCursor { start -> JSONFault? in
            var cursor = start
            do throws(JSONFault) {
                while !cursor.isAtEnd {
                    let token = cursor.at
                    try cursor.ignore()
                    let end = cursor.at
                    cursor.at = token
                    try body(&cursor, &collector)
                    cursor.at = end
                }
                return nil
            } catch {
                return error
            }
        }
        return result ?? JSONFault(.noMemory, at: 0)
    }
}

extension JSONCursor {
    /// Reads each element of the array that is next with `body`; one that is wrong is counted and costs no other.
    mutating func records(
        _ name: String,
        into collector: inout SpanCollector,
        _ body: (inout JSONCursor, inout SpanCollector) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        try elements { cursor, index throws(JSONFault) in
            let token = cursor.at
            do throws(JSONFault) {
                try body(&cursor, &collector)
            } catch {
                collector.reject(error, in: cursor, record: name, index: index)
                // The text was checked, so there is a way behind the record.
                cursor.at = token
                try cursor.ignore()
            }
        }
    }
}
