import TraceFormats
import TraceModel
import TraceStore

/// The spans of one trace: those of tracing formats exactly as they came, and what else there is as spans.
struct TraceSpans: Sendable {
    /// In order of arrival, those of tracing formats first.
    private(set) var spans: [Span]
    /// The row of each span of a tracing format; the spans behind them come from events.
    let rows: [Int]
    /// Rows of the trace.
    let rowCount: Int

    init(_ record: TraceRecord) {
        rowCount = record.batch.count
        guard let contents = SpanArchive.contents(of: record.batch) else {
            rows = []
            spans = EventSpans(record.batch, trace: record.summary.id).spans
            return
        }
        rows = contents.rows
        spans = contents.spansWithLogs
        guard !contents.others.isEmpty else { return }
        var others = EventBatch()
        others.append(record.batch, rows: contents.others)
        spans += EventSpans(others, trace: record.summary.id).spans
    }

    /// One of each: a span that was sent while it ran and again when it had ended is told once, as the last one says.
    var latest: [Span] {
        struct Key: Hashable {
            var id: String
            var parent: String
            var name: String
            var service: String
            var start: Int64
            var kind: Span.Kind
            var shared: Bool
        }
        var slots: [Key: Int] = [:]
        var result: [Span] = []
        for span in spans {
            let key = Key(
                id: span.id,
                parent: span.parent,
                name: span.name,
                service: span.service,
                start: span.start,
                kind: span.kind,
                shared: span.shared
            )
            guard let slot = slots[key] else {
                slots[key] = result.count
                result.append(span)
                continue
            }
            if Self.weight(of: result[slot]) < Self.weight(of: span) { result[slot] = span }
        }
        return result
    }

    private static func weight(of span: Span) -> (Int64, Int, Int) {
        (span.end, span.moments.count, span.attributes.count)
    }
}
