import TraceModel

/// Reads STD: `task|operation(operand)|location`, one operation a line.
///
/// Operations are `r w acq rel fork join begin end`; the operand of `fork` and `join` may leave out the `T` in front of
/// a task's number. Blank lines and lines that begin with `#` count for nothing.
struct STDReader {
    private let text: UnsafeRawBufferPointer
    private let options: ReadOptions
    private var log = OperationLog()
    private var taskScratch: [UInt8] = []

    /// Reads all lines, or all up to the first bad one in strict mode.
    static func read(_ text: UnsafeRawBufferPointer, options: ReadOptions) -> OperationLog {
        var reader = STDReader(text: text, options: options)
        reader.log.trace = ContentHash.trace(text)
        // The shortest lines are about this long; reserving beyond the number of lines costs no memory.
        reader.log.reserve(text.count / 12)
        reader.run()
        return reader.log
    }

    private init(text: UnsafeRawBufferPointer, options: ReadOptions) {
        self.text = text
        self.options = options
    }

    private mutating func run() {
        guard let start = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        let end = start + text.count
        var line = 0
        var p = start
        while p < end {
            line += 1
            let fields = Fields(scanning: p, end: end)
            if let failure = decode(fields, line: line) {
                skip(failure, line: line, byte: p - start)
                if options.strict { return }
            }
            p = fields.next
        }
    }

    /// Adds the operation of a line.
    ///
    /// - Returns: why it cannot be done; `nil` also for lines that are none.
    private mutating func decode(_ fields: Fields, line: Int) -> Failure? {
        guard fields.bars >= 1 else { return fields.isBlankOrComment ? nil : .init(.syntax, Self.shape) }
        if fields.isBlankOrComment { return nil }
        guard fields.task.count > 0 else { return .init(.missingField, "a task before the first bar") }
        if fields.hasHighBytes, !Self.isUTF8(fields) { return .init(.invalidUTF8, "UTF-8") }
        guard let step = Self.step(fields.operation) else {
            return .init(.invalidValue, "r, w, acq, rel, fork, join, begin or end")
        }
        let longest = options.stringBytesMax
        guard fields.task.count <= longest, fields.operand.count <= longest, fields.location.count <= longest else {
            return .init(.stringTooLong, "at most \(longest) bytes")
        }
        if step.operand != .nothing, fields.operand.count == 0 {
            return .init(.missingField, "an operand in parentheses")
        }
        log.records += 1
        if step.operand == .task {
            appendTaskStep(step, fields, line: line)
        } else {
            log.append(
                step,
                task: fields.task,
                operand: fields.operand,
                location: fields.location,
                line: line,
                timestamp: nil
            )
        }
        return nil
    }

    /// Adds a fork or join, spelling the other task as the tasks in front are spelled: `T2` or `2`.
    private mutating func appendTaskStep(_ step: OperationStep, _ fields: Fields, line: Int) {
        let letter = UInt8(ascii: "T")
        let own = Self.isNumbered(fields.task)
        taskScratch.removeAll(keepingCapacity: true)
        if own, fields.operand.allSatisfy(Byte.isDigit) { taskScratch.append(letter) }
        let dropsLetter = Self.isNumbered(fields.operand) && fields.task.allSatisfy(Byte.isDigit)
        taskScratch.append(contentsOf: dropsLetter ? fields.operand.dropFirst() : fields.operand[...])
        taskScratch.withUnsafeBufferPointer { other in
            log.append(
                step,
                task: fields.task,
                operand: other,
                location: fields.location,
                line: line,
                timestamp: nil
            )
        }
    }

    /// True for `T` and a number.
    private static func isNumbered(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        name.count > 1 && name[0] == UInt8(ascii: "T") && name.dropFirst().allSatisfy(Byte.isDigit)
    }

    private static func isUTF8(_ fields: Fields) -> Bool {
        [fields.task, fields.operand, fields.location].allSatisfy { name in
            let bytes = UnsafeRawBufferPointer(name)
            var i = 0
            while i < bytes.count {
                let length = JSONRepair.sequenceLength(bytes, at: i)
                if length == 0 { return false }
                i += length
            }
            return true
        }
    }

    /// The step of an operation's name, whose bytes are packed into a word.
    private static func step(_ word: UInt64) -> OperationStep? {
        switch word {
        case 0x72: .read  // r
        case 0x77: .write  // w
        case 0x61_6371: .lock  // acq
        case 0x72_656C: .unlock  // rel
        case 0x666F_726B: .fork  // fork
        case 0x6A6F_696E: .join  // join
        case 0x62_6567_696E, 0x65_6E64: OperationStep.none  // begin, end
        default: nil
        }
    }

    private static let shape = "task|operation(operand)|location"

    private struct Failure {
        var code: FaultCode
        var expected: String

        init(_ code: FaultCode, _ expected: String) {
            self.code = code
            self.expected = expected
        }
    }

    private mutating func skip(_ failure: Failure, line: Int, byte: Int) {
        log.records += 1
        log.skip(
            TraceDocument.Problem(
                line: line,
                byte: byte,
                index: log.records - 1,
                code: failure.code.rawValue,
                message:
                    "\(failure.code == .syntax ? "not an operation" : failure.code.text), expected \(failure.expected)"
            )
        )
    }
}
