import TraceModel

extension OperationLog {
    /// What a reader that has come to the end throws: the first problem in strict mode, or when nothing was read.
    func error(name: String, strict: Bool) -> FormatError? {
        guard let problem = problems.first else { return nil }
        if strict { return FormatError(problem, name: name) }
        return isEmpty ? FormatError(problem, name: name, skipped: skipped) : nil
    }
}
