import TraceModel

/// Gathers what a reader of a tracing format finds, and accounts for what it cannot use.
struct SpanCollector {
    /// A log record that belongs to a span and says something about shared state.
    struct Log {
        var trace: TraceID
        var span: String
        var service: String
        var instance: String
        var moment: Span.Moment

        /// With today's attribute names beside former ones.
        var normalised: Log {
            var log = self
            AttributeNames.normalise(&log.moment.attributes)
            return log
        }
    }

    private(set) var document = TraceDocument()
    /// Where the text that is being read stands in the input.
    var origin = TextOrigin()
    private var logs: [Log] = []
    private let use: SpanUse
    /// Spans with annotations, of those that became records.
    private var annotated: [Span] = []
    private var archive = SpanArchive.Scope()

    /// Gathers for one of the uses of spans.
    init(for use: SpanUse = .file) { self.use = use }

    /// True when spans become rows as they are.
    var keepsRecords: Bool { use == .records }

    /// What the next outlines have in common.
    mutating func begin(_ scope: OTLPScope) {
        if keepsRecords { archive = SpanArchive.Scope(scope, &document.batch) }
    }

    /// Adds a span; for all uses but storing, with today's attribute names beside former ones.
    mutating func add(_ span: Span) {
        var span = span
        Self.clamp(&span)
        document.records += 1
        // What is stored is what was sent; whoever concludes from it normalises it then.
        document.spans.append(keepsRecords ? span : AttributeNames.normalised(span))
    }

    /// Adds a record with the bytes of a span.
    mutating func add(_ outline: SpanOutline, annotated span: Span?) {
        document.records += 1
        SpanArchive.append(outline, archive, to: &document.batch)
        guard var span else { return }
        Self.clamp(&span)
        annotated.append(span)
    }

    /// No span began before 1970; a negative time would overflow the arithmetic on intervals.
    static func clamp(_ span: inout Span) {
        span.start = max(0, span.start)
        span.end = max(0, span.end)
        for index in span.moments.indices { span.moments[index].timestamp = max(0, span.moments[index].timestamp) }
    }

    /// Adds a log record.
    mutating func add(_ log: Log) {
        var log = log
        log.moment.timestamp = max(0, log.moment.timestamp)
        document.records += 1
        logs.append(use == .records ? log : log.normalised)
    }

    /// Counts a record that is read and of no use here, such as an ordinary log line.
    mutating func pass() { document.records += 1 }

    /// Counts a record that cannot be used.
    mutating func reject(_ problem: TraceDocument.Problem) {
        document.records += 1
        document.skip(problem)
    }

    /// True when a strict reader has to stop.
    func mustStop(_ options: ReadOptions) -> Bool { options.strict && document.skipped > 0 }

    /// The document: log records joined to their spans, and the rows that the spans imply.
    ///
    /// - Throws: the first problem in strict mode, or when nothing was read of a file.
    mutating func finish(
        name: String,
        options: ReadOptions
    ) throws(FormatError) -> TraceDocument {
        EventEnvelope.open(in: &document)
        if use == .records {
            keepRest()
        } else {
            let loose = Self.attach(logs, to: &document.spans)
            document.problems.append(
                contentsOf: SpanProjection.project(document.spans, logs: loose, into: &document.batch)
                    .prefix(TraceDocument.problemsMax - document.problems.count)
            )
        }
        if use != .file, !options.strict { return document }
        if let error = document.error(name: name, strict: options.strict) { throw error }
        return document
    }

    /// Turns what is not a row yet into rows that are stored, and looks at what annotations say.
    private mutating func keepRest() {
        for span in document.spans { SpanArchive.append(span, to: &document.batch) }
        for log in logs { SpanArchive.append(log, to: &document.batch) }
        annotated += document.spans.filter { $0.moments.contains { $0.name.hasPrefix("race.") } }
        document.spans = []
        annotated = annotated.map(AttributeNames.normalised)
        guard !annotated.isEmpty || !logs.isEmpty else { return }
        // Who annotates wrongly learns it from the answer, not from findings that never come.
        let loose = Self.attach(logs.map(\.normalised), to: &annotated)
        var unused = EventBatch()
        document.problems.append(
            contentsOf: SpanProjection.project(annotated, logs: loose, into: &unused)
                .prefix(TraceDocument.problemsMax - document.problems.count)
        )
    }

    /// Puts log records among the moments of their spans.
    ///
    /// - Returns: those whose span is not there.
    static func attach(_ logs: [Log], to spans: inout [Span]) -> [Log] {
        guard !logs.isEmpty else { return [] }
        struct Key: Hashable {
            var trace: TraceID
            var span: String
        }
        var index: [Key: [Int]] = [:]
        for (position, span) in spans.enumerated() {
            index[Key(trace: span.trace, span: span.id), default: []].append(position)
        }
        return logs.filter { log in
            guard let positions = index[Key(trace: log.trace, span: log.span)] else { return true }
            // Of several versions of a span one will be chosen, and must have its records.
            for position in positions { spans[position].moments.append(log.moment) }
            return false
        }
    }
}

/// What spans are read for.
enum SpanUse {
    /// A file: one of which nothing can be read is an error.
    case file
    /// One request on its own, which may be empty.
    case body
    /// One request of many: spans become rows that are kept as they are until the rest has come.
    case records
}

extension SpanCollector {
    /// Counts a record of a JSON text that cannot be used: `spans[3]: not a span id, expected …`.
    mutating func reject(_ fault: JSONFault, in cursor: JSONCursor, record: String, index: Int) {
        let text = UnsafeRawBufferPointer(start: cursor.base, count: cursor.length)
        let line = origin.position(of: fault.byte, in: text).line
        let expected = fault.expected.utf8CodeUnitCount > 0 ? ", expected \(fault.expected)" : ""
        reject(
            TraceDocument.Problem(
                line: line,
                byte: origin.byte + fault.byte,
                index: index,
                code: fault.code.rawValue,
                message: "\(record)[\(index)]: \(fault.code.text)\(expected)"
            )
        )
    }

    /// Counts a record of a protobuf message that cannot be used.
    mutating func reject(_ fault: ProtoFault, index: Int) {
        reject(
            TraceDocument.Problem(
                byte: fault.byte,
                index: index,
                code: fault.code.rawValue,
                message: "spans[\(index)]: \(fault.code.text)"
            )
        )
    }

    /// Counts a line that is no JSON at all.
    mutating func reject(_ failure: FaultCode, line: UnsafeRawBufferPointer) {
        let byte = JSONPlaces.place(of: failure, in: line)
        let position = origin.position(of: byte, in: line)
        reject(
            TraceDocument.Problem(
                line: position.line,
                byte: origin.byte + byte,
                code: failure.rawValue,
                message: failure.text
            )
        )
    }
}
