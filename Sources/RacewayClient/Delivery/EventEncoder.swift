import JSONText
import TraceContext
import TraceModel

/// Turns records into bodies of `POST /events`, in the canonical form of `sdk-protocol/events.schema.json`.
struct EventEncoder: Sendable {
    /// Events and the body that says them.
    struct Batch: Sendable {
        var events: ArraySlice<EventRecord>
        var body: [UInt8]
    }

    let configuration: TracerConfiguration
    /// This process's component of vector clocks.
    private let component: String
    private let process = TracerConfiguration.processID

    private static let prefix = Array(#"{"events":["#.utf8)
    private static let suffix = Array("]}".utf8)

    init(_ configuration: TracerConfiguration) {
        self.configuration = configuration
        component = "\(configuration.service)#\(configuration.instance)"
    }

    /// Bodies of at most ``TracerConfiguration/batchBytes``, in order; one that holds a single event may be larger.
    func batches(_ events: [EventRecord]) -> [Batch] {
        var batches: [Batch] = []
        var body = Self.prefix
        var first = events.startIndex
        for (index, event) in events.enumerated() {
            let text = encode(event)
            if index > first && body.count + text.count > configuration.batchBytes {
                batches.append(Batch(events: events[first..<index], body: body + Self.suffix))
                body = Self.prefix
                first = index
            }
            if index > first { body.append(UInt8(ascii: ",")) }
            body += text
        }
        if first < events.endIndex { batches.append(Batch(events: events[first...], body: body + Self.suffix)) }
        return batches
    }

    /// One body whatever its size.
    func batch(_ events: ArraySlice<EventRecord>) -> Batch {
        var body = Self.prefix
        for (index, event) in events.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body += encode(event)
        }
        return Batch(events: events, body: body + Self.suffix)
    }

    /// One event.
    func encode(_ event: EventRecord) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: 768)
        json.object { json in
            json.member("id", event.id.description)
            json.member("trace_id", event.position.propagation.trace.description)
            json.member("parent_id", Self.parent(of: event)?.description)
            json.member("sequence", event.sequence)
            json.member("timestamp", UTCTime.text(nanoseconds: event.timestamp))
            json.object("kind") { event.detail.write(to: &$0) }
            json.object("metadata") { metadata(of: event, to: &$0) }
            json.array("causality_vector") { clock(of: event, to: &$0) }
            json.array("lock_set") { _ in }
        }
        return json.take()
    }

    private static func parent(of event: EventRecord) -> EventID? {
        let task = event.position.task
        return event.sequence == 0 ? task.cause : EventID(task: task.key, sequence: event.sequence - 1)
    }

    private func metadata(of event: EventRecord, to json: inout JSONWriter) {
        let position = event.position
        json.member("thread_id", position.task.name)
        json.member("process_id", process)
        json.member("service_name", configuration.service)
        json.member("instance_id", configuration.instance)
        json.member("environment", configuration.environment)
        json.object("tags") { json in
            json.member("sdk_language", "swift")
            event.detail.writeTags(to: &json, attributes: configuration.sendsAttributes)
        }
        json.member("duration_ns", event.detail.duration)
        json.member("distributed_span_id", position.propagation.span.description)
        json.member("upstream_span_id", position.propagation.upstream.isEmpty ? nil : position.propagation.upstream)
    }

    /// The own component, and what came with the request: it tells at which of the caller's events the call was made.
    private func clock(of event: EventRecord, to json: inout JSONWriter) {
        func pair(_ name: String, _ count: UInt64) {
            json.array { json in
                json.value(name)
                json.value(count)
            }
        }
        pair(component, event.clock)
        for known in event.position.propagation.clock.components where known.name != component {
            pair(known.name, known.value)
        }
    }
}
