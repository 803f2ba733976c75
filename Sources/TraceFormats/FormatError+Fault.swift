import TraceModel

extension FormatError {
    /// A fault with its place.
    init(_ fault: JSONFault, position: (line: Int, column: Int), name: String = "", origin: Int = 0) {
        self.init(
            code: fault.code.rawValue,
            name: name,
            message: fault.code.text,
            line: position.line,
            column: position.column,
            byte: origin + fault.byte,
            expected: "\(fault.expected)"
        )
    }

    /// A text that could not be indexed at all.
    init(_ code: FaultCode, in text: UnsafeRawBufferPointer, name: String = "") {
        var origin = TextOrigin()
        let byte = JSONPlaces.place(of: code, in: text)
        self.init(JSONFault(code, at: byte), position: origin.position(of: byte, in: text), name: name)
    }

    /// A record that ends the reading, in strict mode or because no other could be read.
    init(_ problem: TraceDocument.Problem, name: String, skipped: Int = 0) {
        self.init(
            code: problem.code,
            name: name,
            message: problem.message + (skipped > 1 ? " (and none of \(skipped) records could be read)" : ""),
            line: problem.line,
            byte: problem.byte
        )
    }
}

extension TraceDocument {
    /// What a reader that has come to the end throws: the first problem in strict mode, or when nothing was read.
    func error(name: String, strict: Bool) -> FormatError? {
        guard let problem = problems.first else { return nil }
        if strict { return FormatError(problem, name: name) }
        return batch.isEmpty && spans.isEmpty ? FormatError(problem, name: name, skipped: skipped) : nil
    }
}
