import TraceModel

/// Reads ops JSONL: one object `{"op":…,"t":task,…,"loc":place?,"ts":nanoseconds?}` a line.
///
/// The operand is `u` for fork and join, `x` for accesses and `s` for the rest. Names are strings or numbers. Blank
/// lines and lines that begin with `#` count for nothing, members that nobody knows are ignored.
struct OpsReader {
    private let text: UnsafeRawBufferPointer
    private let options: ReadOptions
    private var log = OperationLog()
    private var slots = FieldSlots(count: OpsField.allCases.count)

    /// Reads all lines, or all up to the first bad one in strict mode.
    static func read(_ text: UnsafeRawBufferPointer, options: ReadOptions) -> OperationLog {
        var reader = OpsReader(text: text, options: options)
        reader.log.trace = ContentHash.trace(text)
        reader.log.reserve(text.count / 32)
        var index = JSONIndex(depthMax: options.depthMax)
        // Everything is indexed at once when it can be. A broken line (an open quote, a byte that is no UTF-8) spoils
        // the index of all, so such a text is indexed line by line.
        if index.load(text) == nil {
            index.withCursor { reader.readIndexed($0) }
        } else {
            reader.readLines(&index)
        }
        return reader.log
    }

    private init(text: UnsafeRawBufferPointer, options: ReadOptions) {
        self.text = text
        self.options = options
    }

    private mutating func readIndexed(_ cursor: JSONCursor) {
        var cursor = cursor
        var scanner = LineScanner(text)
        while let range = scanner.next() {
            let line = cursor.openLine(end: range.upperBound)
            if !isNothing(range), let fault = decode(&cursor, line: scanner.line) {
                skip(fault, line: scanner.line, byte: fault.byte)
                if options.strict { return }
            }
            cursor.closeLine(line)
        }
    }

    private mutating func readLines(_ index: inout JSONIndex) {
        var scanner = LineScanner(text)
        while let range = scanner.next() {
            if isNothing(range) { continue }
            let line = UnsafeRawBufferPointer(rebasing: text[range])
            let number = scanner.line
            var fault: JSONFault?
            if let failure = index.load(line) {
                fault = JSONFault(failure, at: JSONPlaces.place(of: failure, in: line))
            } else {
                fault =
                    index.withCursor { cursor in
                        var cursor = cursor
                        return decode(&cursor, line: number)
                    } ?? nil
            }
            if let fault {
                skip(fault, line: number, byte: range.lowerBound + fault.byte)
                if options.strict { return }
            }
        }
    }

    private func isNothing(_ range: Range<Int>) -> Bool {
        let content = LineScanner.trim(range, in: text)
        return content.isEmpty || text[content.lowerBound] == UInt8(ascii: "#")
    }

    /// Adds the operation of a line, whose tokens are all that is left.
    ///
    /// - Returns: why it cannot be done.
    private mutating func decode(_ cursor: inout JSONCursor, line: Int) -> JSONFault? {
        do throws(JSONFault) {
            let start = cursor.byteOffset
            try readSlots(&cursor)
            guard cursor.isAtEnd else {
                throw JSONFault(.syntax, at: cursor.byteOffset, expected: "one object a line")
            }
            try append(cursor, start: start, line: line)
            log.records += 1
            return nil
        } catch {
            return error
        }
    }

    private mutating func readSlots(_ cursor: inout JSONCursor) throws(JSONFault) {
        slots.clear()
        guard try cursor.enter(Byte.openBrace) else { return }
        repeat {
            let key = try cursor.key()
            let field = cursor.find(key, in: OpsField.table)
            let value = try cursor.skip(depth: 1)
            guard field < 0 || slots.set(field, value) else { throw JSONFault(.duplicateField, at: key.start) }
        } while try cursor.more(Byte.openBrace)
    }

    private mutating func append(_ cursor: JSONCursor, start: Int, line: Int) throws(JSONFault) {
        let op = slots[OpsField.op.rawValue]
        guard !op.isAbsent else { throw JSONFault(.missingField, at: start, expected: "`op`") }
        guard op.isString, let step = OperationStep.named(cursor.bytes(op.start + 1, op.end - 1)) else {
            throw JSONFault(.invalidValue, at: op.start, expected: "an operation of ops JSONL")
        }
        let task = try name(.task, cursor, required: start)
        let operand: JSONString
        switch step.operand {
        case .nothing: operand = JSONString(start: 0, end: 0, isEscaped: false)
        case .variable: operand = try name(.variable, cursor, required: start)
        case .synchronisation: operand = try name(.synchronisation, cursor, required: start)
        case .task: operand = try name(.other, cursor, required: start)
        }
        let location = try name(.location, cursor, required: nil)
        let timestamp = try timestamp(cursor)
        if task.isEscaped || operand.isEscaped || location.isEscaped {
            let names = [task, operand, location].map { cursor.unescaped($0) }
            names[0].withUnsafeBufferPointer { task in
                names[1].withUnsafeBufferPointer { operand in
                    names[2].withUnsafeBufferPointer { location in
                        log.append(
                            step,
                            task: task,
                            operand: operand,
                            location: location,
                            line: line,
                            timestamp: timestamp
                        )
                    }
                }
            }
            return
        }
        log.append(
            step,
            task: cursor.bytes(task.start, task.end),
            operand: cursor.bytes(operand.start, operand.end),
            location: cursor.bytes(location.start, location.end),
            line: line,
            timestamp: timestamp
        )
    }

    private func timestamp(_ cursor: JSONCursor) throws(JSONFault) -> Int64? {
        let value = slots[OpsField.timestamp.rawValue]
        if value.isNull { return nil }
        guard value.isNumber else { throw JSONFault(.wrongType, at: value.start, expected: "nanoseconds") }
        var cursor = cursor
        cursor.at = value.token
        guard let result = cursor.integer(try cursor.number()) else {
            throw JSONFault(.numberTooLarge, at: value.start, expected: "nanoseconds in 64 bits")
        }
        return result
    }

    /// The range of a name: between the quotes of a string, or a number as it is written.
    private func name(_ field: OpsField, _ cursor: JSONCursor, required start: Int?) throws(JSONFault) -> JSONString {
        let value = slots[field.rawValue]
        if value.isNull {
            guard let start else { return JSONString(start: 0, end: 0, isEscaped: false) }
            throw JSONFault(.missingField, at: start, expected: field.expected)
        }
        guard value.isString || value.isNumber else {
            throw JSONFault(.wrongType, at: value.start, expected: "a string or a number")
        }
        guard value.count <= options.stringBytesMax else { throw JSONFault(.stringTooLong, at: value.start) }
        if value.isNumber { return JSONString(start: value.start, end: value.end, isEscaped: false) }
        let string = cursor.string(value)
        guard string.count > 0 || start == nil else {
            throw JSONFault(.invalidValue, at: value.start, expected: "a name that is not empty")
        }
        return string
    }

    private mutating func skip(_ fault: JSONFault, line: Int, byte: Int) {
        log.records += 1
        let expected = fault.expected.utf8CodeUnitCount > 0 ? ", expected \(fault.expected)" : ""
        log.skip(
            TraceDocument.Problem(
                line: line,
                byte: byte,
                index: log.records - 1,
                code: fault.code.rawValue,
                message: fault.code.text + expected
            )
        )
    }
}
