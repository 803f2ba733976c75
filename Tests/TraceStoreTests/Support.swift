import Testing
import TraceModel
import TraceStore

/// Events with just the columns that a store looks at.
enum Sample {
    static func trace(_ number: Int) -> TraceID { TraceID(high: 7, low: UInt64(number)) }

    static func id(_ number: Int) -> EventID { EventID(high: 1, low: UInt64(number)) }

    /// A batch of `count` events of one trace, a millisecond apart.
    static func batch(
        trace: Int,
        events: some Sequence<Int>,
        service: String = "web",
        shape: (inout Event, inout EventBatch) -> Void = { _, _ in }
    ) -> EventBatch {
        var batch = EventBatch()
        add(to: &batch, trace: trace, events: events, service: service, shape: shape)
        return batch
    }

    static func add(
        to batch: inout EventBatch,
        trace: Int,
        events: some Sequence<Int>,
        service: String = "web",
        shape: (inout Event, inout EventBatch) -> Void = { _, _ in }
    ) {
        for number in events {
            var event = Event()
            event.id = id(number)
            event.trace = self.trace(trace)
            event.timestamp = Int64(number) * 1_000_000
            event.process = batch.intern(
                ProcessKey(service: batch.symbols.intern(service), instance: .empty, processID: 1)
            )
            event.thread = batch.symbols.intern("thread-\(number % 3)")
            event.kind = .stateChange
            event.operation = .write
            event.object = batch.symbols.intern("variable-\(number % 5)")
            event.kindPayload = batch.appendPayload("{\"n\":\(number)}".utf8)
            event.newValue = ByteRange(start: event.kindPayload.start + 5, length: event.kindPayload.length - 6)
            shape(&event, &batch)
            batch.append(event)
        }
    }
}

extension EventBatch {
    /// The payload texts, which tell whether rows were copied with their own bytes.
    var payloads: [String] { kindPayloads.map { text($0) } }
}

extension DurableTraceStore {
    /// All recent traces that fit.
    func recentTraces(bytesMax: Int) async throws -> [TraceRecord] {
        let page = try await recentTraces(bytesMax: bytesMax, timeMax: .seconds(60), after: nil)
        #expect(page.next == nil)
        return page.records
    }
}
