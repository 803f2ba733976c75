import JSONText
public import TraceModel

/// Writes spans and events as Chrome trace JSON, which Perfetto and Speedscope open.
///
/// A process is a process, a task a thread. Spans that overlap without nesting get lanes of their own, since slices of
/// one thread must nest. Span events become instants, events short slices, and causes arrows: parents and links across
/// threads, and whatever pairs of events the caller adds.
///
/// Times are microseconds from the earliest one, so that a double keeps their nanoseconds; `otherData` has the
/// beginning.
public enum ChromeTraceWriter {
    /// An arrow between two events of the batch: a happens-before edge, or the two sides of a race.
    public struct Arrow: Sendable, Hashable {
        /// Row the arrow starts at.
        public var from: Int
        /// Row it points to.
        public var to: Int
        /// What it stands for, such as `release` or `race`.
        public var name: String

        /// Makes an arrow.
        public init(from: Int, to: Int, name: String) {
            self.from = from
            self.to = to
            self.name = name
        }
    }

    /// Writes a document with arrows between its events.
    ///
    /// - Parameter arrows: pairs of rows of the document's batch; others are ignored.
    public static func write(_ document: TraceDocument, arrows: [Arrow] = []) -> [UInt8] {
        var layout = ChromeLayout(document)
        layout.placeSpans()
        layout.placeEvents()
        var writer = ChromeEvents(origin: layout.origin)
        var json = JSONWriter()
        json.object { json in
            json.member("displayTimeUnit", "ns")
            json.object("otherData") { $0.member("start", String(layout.origin)) }
            json.array("traceEvents") { json in
                writer.names(layout, &json)
                writer.spans(document.spans, layout, &json)
                writer.events(document.batch, layout, &json)
                for arrow in arrows { writer.arrow(arrow, layout, &json) }
            }
        }
        return json.take()
    }
}
