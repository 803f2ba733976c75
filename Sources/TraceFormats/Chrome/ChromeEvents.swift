import JSONText
import TraceModel

/// Writes the entries of `traceEvents`.
struct ChromeEvents {
    private let origin: Int64
    private var arrows = 0

    init(origin: Int64) { self.origin = origin }

    /// Names of processes and threads, in the order of the layout.
    mutating func names(_ layout: ChromeLayout, _ json: inout JSONWriter) {
        for (index, process) in layout.processes.enumerated() {
            let instance = process.instance.isEmpty ? "" : " " + process.instance
            let name = process.service.isEmpty && instance.isEmpty ? "process" : process.service + instance
            metadata("process_name", process: index, thread: 0, name, &json)
            for (thread, name) in layout.threads[index].enumerated() {
                metadata("thread_name", process: index, thread: thread, name, &json)
            }
        }
    }

    private func metadata(_ kind: String, process: Int, thread: Int, _ name: String, _ json: inout JSONWriter) {
        json.object { json in
            json.member("ph", "M")
            json.member("name", kind)
            json.member("pid", process + 1)
            json.member("tid", thread + 1)
            json.object("args") { $0.member("name", name) }
        }
    }

    // MARK: Spans

    mutating func spans(_ spans: [Span], _ layout: ChromeLayout, _ json: inout JSONWriter) {
        for (index, span) in spans.enumerated() {
            let slice = layout.spanSlices[index]
            json.object { json in
                head("X", span.name, category: "\(span.kind)", slice, at: slice.start, &json)
                json.key("dur")
                json.raw(microseconds(slice.duration))
                json.object("args") { arguments(of: span, &$0) }
            }
            for moment in span.moments {
                json.object { json in
                    head("i", moment.name, category: "event", slice, at: moment.timestamp, &json)
                    json.member("s", "t")
                    json.object("args") { json in
                        for attribute in moment.attributes { json.member(attribute.key, attribute: attribute.value) }
                    }
                }
            }
        }
        for (index, span) in spans.enumerated() {
            let slice = layout.spanSlices[index]
            if let parent = layout.parent(of: span), parent != index {
                let cause = layout.spanSlices[parent]
                // Within one thread the nesting shows it.
                if cause.process != slice.process || cause.thread != slice.thread {
                    arrow(
                        "parent",
                        from: cause,
                        at: min(max(cause.start, slice.start), cause.start + cause.duration),
                        to: slice,
                        &json
                    )
                }
            }
            for link in span.links {
                guard let target = layout.find(link.trace, link.span), target != index else { continue }
                let type = link.attributes[RaceNames.linkType]?.string ?? "link"
                let cause = layout.spanSlices[target]
                arrow(type, from: cause, at: cause.start, to: slice, &json)
            }
        }
    }

    private func arguments(of span: Span, _ json: inout JSONWriter) {
        json.member("trace", span.trace.hex)
        json.member("span", span.id)
        if !span.parent.isEmpty { json.member("parent", span.parent) }
        if span.status != .unset { json.member("status", "\(span.status)") }
        if !span.statusMessage.isEmpty { json.member("message", span.statusMessage) }
        for attribute in span.attributes { json.member(attribute.key, attribute: attribute.value) }
    }

    // MARK: Events of the batch

    func events(_ batch: EventBatch, _ layout: ChromeLayout, _ json: inout JSONWriter) {
        for row in 0..<batch.count {
            let slice = layout.eventSlices[row]
            let kind = batch.kinds[row].wireName ?? "\(batch.kinds[row])"
            let object = batch.symbols[batch.objects[row]]
            let operation = batch.operations[row]
            let verb = operation == .none ? kind : "\(operation)"
            json.object { json in
                head("X", object.isEmpty ? verb : "\(verb) \(object)", category: kind, slice, at: slice.start, &json)
                json.key("dur")
                json.raw(microseconds(slice.duration))
                json.object("args") { json in
                    json.member("row", row)
                    json.member("trace", batch.traces[row].hex)
                    json.member("id", batch.ids[row].description)
                    if !batch.locations[row].isEmpty { json.member("location", batch.symbols[batch.locations[row]]) }
                    if !batch.oldValues[row].isEmpty { json.member("old", raw: batch.text(batch.oldValues[row])) }
                    if !batch.newValues[row].isEmpty { json.member("new", raw: batch.text(batch.newValues[row])) }
                }
            }
        }
    }

    mutating func arrow(_ arrow: ChromeTraceWriter.Arrow, _ layout: ChromeLayout, _ json: inout JSONWriter) {
        guard layout.eventSlices.indices.contains(arrow.from), layout.eventSlices.indices.contains(arrow.to) else {
            return
        }
        let from = layout.eventSlices[arrow.from]
        self.arrow(arrow.name, from: from, at: from.start, to: layout.eventSlices[arrow.to], &json)
    }

    // MARK: Parts

    private mutating func arrow(
        _ name: String,
        from: ChromeLayout.Slice,
        at time: Int64,
        to: ChromeLayout.Slice,
        _ json: inout JSONWriter
    ) {
        arrows += 1
        let id = arrows
        json.object { json in
            head("s", name, category: "cause", from, at: time, &json)
            json.member("id", id)
        }
        json.object { json in
            head("f", name, category: "cause", to, at: to.start, &json)
            json.member("id", id)
            json.member("bp", "e")
        }
    }

    private func head(
        _ phase: String,
        _ name: String,
        category: String,
        _ slice: ChromeLayout.Slice,
        at time: Int64,
        _ json: inout JSONWriter
    ) {
        json.member("ph", phase)
        json.member("name", name)
        json.member("cat", category)
        json.member("pid", slice.process + 1)
        json.member("tid", slice.thread + 1)
        json.key("ts")
        json.raw(microseconds(time.subtractingReportingOverflow(origin).partialValue))
    }

    /// Nanoseconds as decimal microseconds, exactly.
    private func microseconds(_ nanoseconds: Int64) -> String {
        let magnitude = nanoseconds.magnitude
        var digits = String(magnitude % 1_000)
        digits = String(repeating: "0", count: 3 - digits.utf8.count) + digits
        return (nanoseconds < 0 ? "-" : "") + "\(magnitude / 1_000).\(digits)"
    }
}
