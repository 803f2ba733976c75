public import TraceModel

/// The events of one trace as spans, for tools that know nothing else.
///
/// Events of one distributed span are one span; events without belong to the span of their task. A span begins with its first event
/// and ends with the end of its last, its name is what its first event did, and its events are its moments. Each moment carries its
/// event as it is on the wire as well, so that a reader of these spans gets the events back; see ``EventEnvelope``.
public struct EventSpans {
    private struct Key: Hashable {
        var process: UInt32
        var span: Symbol
        var thread: Symbol
    }

    private let batch: EventBatch
    private let trace: TraceID
    private var keys: [Key] = []
    private var rows: [[Int]] = []
    private var slotOfEvent: [EventID: Int] = [:]
    private var slotOfSpan: [Symbol: Int] = [:]

    /// Groups the events of a batch, which are in the order in which they are shown.
    public init(_ batch: EventBatch, trace: TraceID) {
        self.batch = batch
        self.trace = trace
        var slots: [Key: Int] = [:]
        for row in 0..<batch.count {
            let span = batch.spans[row]
            let key = Key(
                process: batch.processIndices[row],
                span: span,
                thread: span.isEmpty ? batch.threads[row] : .empty
            )
            let slot = slots[key] ?? keys.count
            if slot == keys.count {
                slots[key] = slot
                keys.append(key)
                rows.append([])
                if !span.isEmpty, slotOfSpan[span] == nil { slotOfSpan[span] = slot }
            }
            rows[slot].append(row)
            slotOfEvent[batch.ids[row]] = slot
        }
    }

    /// The spans, in the order of their first events.
    public var spans: [Span] { keys.indices.map(span) }

    private func span(_ slot: Int) -> Span {
        let process = batch.processes[Int(keys[slot].process)]
        let events = rows[slot]
        let first = events[0]
        var span = Span(
            trace: trace,
            id: id(slot),
            parent: parent(slot),
            name: EventNames.operation(first, batch),
            start: events.map { batch.timestamps[$0] }.min() ?? 0,
            end: events.map { EventNames.end($0, batch) }.max() ?? 0
        )
        span.service = batch.symbols[process.service]
        span.instance = batch.symbols[process.instance]
        span.kind = events.contains { batch.kinds[$0] == .httpRequest } && !span.parent.isEmpty ? .server : .internal
        span.status = events.contains { batch.kinds[$0] == .error } ? .error : .unset
        span.attributes = [
            Attribute("thread.name", .string(batch.symbols[batch.threads[first]])),
            Attribute("race.events", .int(Int64(events.count))),
        ]
        span.resource = [Attribute("service.name", .string(span.service))]
        if !span.instance.isEmpty { span.resource.append(Attribute("service.instance.id", .string(span.instance))) }
        span.scopeName = "raceway"
        span.moments = events.map(moment)
        return span
    }

    /// The span's own id where it is one of W3C's, else a hash of what tells the group from others.
    private func id(_ slot: Int) -> String {
        let key = keys[slot]
        let own = batch.symbols[key.span]
        if own.utf8.count == 16, own.utf8.allSatisfy({ UUIDText.hexValue($0) < 16 }) { return own.lowercased() }
        let process = batch.processes[Int(key.process)]
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for text in [
            batch.symbols[process.service], batch.symbols[process.instance], String(process.processID), own,
            batch.symbols[key.thread],
        ] {
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            hash = (hash ^ 0xff) &* 0x100_0000_01b3
        }
        return UUIDText.hex(hash == 0 ? 1 : hash)
    }

    /// The span that the first event names as upstream, else that of its parent. Causes come before effects, so there are no cycles.
    private func parent(_ slot: Int) -> String {
        let first = rows[slot][0]
        let upstream = batch.upstreamSpans[first]
        if !upstream.isEmpty, let found = slotOfSpan[upstream], found < slot { return id(found) }
        let parent = batch.parents[first]
        if parent != .none, let found = slotOfEvent[parent], found < slot { return id(found) }
        return ""
    }

    private func moment(_ row: Int) -> Span.Moment {
        var moment = Span.Moment(timestamp: batch.timestamps[row], name: EventNames.operation(row, batch))
        moment.attributes = [
            Attribute("race.event.id", .string(batch.ids[row].description)),
            Attribute("race.event.kind", .string(batch.kinds[row].wireName ?? "Unknown")),
        ]
        func add(_ key: String, _ value: String) {
            if !value.isEmpty { moment.attributes.append(Attribute(key, .string(value))) }
        }
        add("race.object", batch.symbols[batch.objects[row]])
        add("race.location", batch.symbols[batch.locations[row]])
        add("race.old_value", batch.text(batch.oldValues[row]))
        add("race.new_value", batch.text(batch.newValues[row]))
        if let event = EventEnvelope.attribute(of: row, in: batch) { moment.attributes.append(event) }
        return moment
    }
}
