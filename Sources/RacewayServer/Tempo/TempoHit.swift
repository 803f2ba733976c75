import JSONText
import TraceFormats
import TraceModel

/// A trace in a list of Tempo's.
struct TempoHit {
    private let id: TraceID
    private let trace: TraceQL.Trace
    private let spans: [Span]
    private let spansMax: Int

    init(_ found: FoundTrace, _ search: TempoSearch, spansMax: Int) {
        id = found.id
        trace = TraceQL.Trace(found.spans.latest)
        spans = search.query.shown(trace)
        self.spansMax = spansMax
    }

    /// Writes the members. A trace without a root says so in its name, as Tempo does.
    func write(_ json: inout JSONWriter) {
        json.member("traceID", id.hex)
        json.member("rootServiceName", trace.root?.service ?? "<root span not yet received>")
        json.member("rootTraceName", trace.root?.name ?? "")
        json.member("startTimeUnixNano", String(trace.start))
        json.member("durationMs", trace.duration / 1_000_000)
        json.object("spanSet") { spanSet(&$0) }
        json.array("spanSets") { json in json.object { spanSet(&$0) } }
    }

    private func spanSet(_ json: inout JSONWriter) {
        json.array("spans") { json in
            for span in spans.prefix(spansMax) {
                json.object { json in
                    json.member("spanID", span.id)
                    json.member("name", span.name)
                    json.member("startTimeUnixNano", String(span.start))
                    json.member("durationNanos", String(span.duration))
                    json.array("attributes") { json in
                        json.object { json in
                            json.member("key", "service.name")
                            json.object("value") { $0.member("stringValue", span.service) }
                        }
                    }
                }
            }
        }
        json.member("matched", spans.count)
    }
}
