public import TraceModel

extension SpanArchive {
    /// Archived spans exactly as they came: no attribute renamed, nothing projected.
    public struct Contents: Sendable {
        public var spans: [Span] = []
        /// The row of each span.
        public var rows: [Int] = []
        /// Rows that are no archived spans and log records.
        public var others: [Int] = []
        /// Archived rows that could not be read back.
        public var damaged = 0
        var logs: [SpanCollector.Log] = []

        /// The spans with the log records that belong to them among their moments.
        public var spansWithLogs: [Span] {
            var spans = spans
            _ = SpanCollector.attach(logs, to: &spans)
            return spans
        }
    }

    /// Reads the archived spans of a batch.
    ///
    /// - Returns: `nil` when the batch has none.
    /// - Complexity: O(*n*) in rows and bytes.
    public static func contents(of batch: borrowing EventBatch) -> Contents? {
        guard batch.kinds.contains(where: { $0 == .span || $0 == .spanLog }) else { return nil }
        var contents = Contents()
        var index = JSONIndex(depthMax: depthMax)
        for row in 0..<batch.count {
            guard batch.kinds[row] == .span || batch.kinds[row] == .spanLog else {
                contents.others.append(row)
                continue
            }
            switch decode(row, of: batch, &index) {
            case .span(let span):
                contents.spans.append(span)
                contents.rows.append(row)
            case .log(let log): contents.logs.append(log)
            case nil: contents.damaged += 1
            }
        }
        return contents
    }
}
