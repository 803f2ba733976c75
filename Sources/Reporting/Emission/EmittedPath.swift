internal import Causality
internal import Detectors
internal import JSONText
public import TraceModel

/// `--emit critical-path`: what the end of each trace waited for.
public enum EmittedPath {
    /// One JSON line a step, trace by trace, in order of time.
    ///
    /// A span's step is a stretch of it that the trace waited for:
    /// `{"trace", "span", "service", "name", "start", "end", "exclusive_ns"}`, with the span's whole exclusive time. A step of a
    /// trace of events is `{"trace", "event", "task", "ns"}`, with the event's id and the time charged to it.
    public static func render(_ batch: EventBatch, spans: [Span]) -> [UInt8] {
        var json = JSONWriter()
        for trace in grouped(spans.indices, by: { spans[$0].trace }) {
            write(trace.members.map { spans[$0] }, trace.key, &json)
        }
        for trace in grouped(0..<batch.count, by: { batch.traces[$0] }) {
            write(trace.members, of: batch, trace.key, &json)
        }
        return json.take()
    }

    private static func write(_ spans: [Span], _ trace: TraceID, _ json: inout JSONWriter) {
        let path = SpanCriticalPath(spans)
        for section in path.sections.reversed() {
            let span = spans[section.span]
            json.object { json in
                json.member("trace", trace.hex)
                json.member("span", span.id)
                json.member("service", span.service)
                json.member("name", span.name)
                json.member("start", section.start)
                json.member("end", section.end)
                json.member("exclusive_ns", path.exclusive[section.span])
            }
            json.newline()
        }
    }

    private static func write(_ rows: [Int], of batch: EventBatch, _ trace: TraceID, _ json: inout JSONWriter) {
        var alone = EventBatch()
        alone.append(batch, rows: rows)
        let order = CausalOrder(alone)
        let labels = Labels(alone, order: order)
        for step in CriticalPath(alone, order: order).steps {
            json.object { json in
                json.member("trace", trace.description)
                json.member("event", labels.event(step.row))
                json.member("task", labels.task(order.tasks[Int(order.taskOfRow[step.row])]))
                json.member("ns", step.nanoseconds)
            }
            json.newline()
        }
    }

    /// Members by trace, both in order of first appearance.
    private static func grouped(
        _ members: some Sequence<Int>,
        by trace: (Int) -> TraceID
    ) -> [(key: TraceID, members: [Int])] {
        var places: [TraceID: Int] = [:]
        var groups: [(key: TraceID, members: [Int])] = []
        for member in members {
            let key = trace(member)
            if let place = places[key] {
                groups[place].members.append(member)
            } else {
                places[key] = groups.count
                groups.append((key, [member]))
            }
        }
        return groups
    }
}
