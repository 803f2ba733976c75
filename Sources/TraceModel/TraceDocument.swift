/// What a reader made of one input: events, spans, and an honest account of what it could not read.
public struct TraceDocument: Sendable {
    /// One record that was skipped.
    public struct Problem: Sendable, Hashable {
        /// 1-based line, 0 where the format has no lines.
        public var line: Int
        /// Offset of the record from the start of the input, in bytes.
        public var byte: Int
        /// Index of the record among its neighbours, -1 when unknown.
        public var index: Int
        /// A closed, machine-readable reason such as `missing_field`.
        public var code: String
        /// What was wrong, where, what was expected. Control characters escaped, no payload.
        public var message: String

        /// Makes a problem.
        public init(line: Int = 0, byte: Int = 0, index: Int = -1, code: String, message: String) {
            self.line = line
            self.byte = byte
            self.index = index
            self.code = code
            self.message = message
        }
    }

    /// Events, in input order.
    public var batch: EventBatch
    /// Spans of tracing formats, in input order.
    public var spans: [Span]
    /// Name of the format that it was read as; empty when the reader was called directly.
    public var format: String
    /// Records read, kept or not.
    public var records: Int
    /// Records skipped; `problems` holds the first of them.
    public var skipped: Int
    /// The first problems, bounded by the reader.
    public var problems: [Problem]

    /// An empty document.
    public init() {
        batch = EventBatch()
        spans = []
        format = ""
        records = 0
        skipped = 0
        problems = []
    }

    /// The most problems a reader keeps; the rest are only counted.
    public static let problemsMax = 100

    /// Counts a skipped record and keeps its problem while there is room.
    public mutating func skip(_ problem: Problem) {
        skipped += 1
        if problems.count < Self.problemsMax { problems.append(problem) }
    }
}
