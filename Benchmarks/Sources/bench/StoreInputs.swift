import TraceModel

/// Events as clients send them, for stores: 64 traces that take turns, random ids, some 420 bytes of JSON an event.
enum StoreInputs {
    static let traces = 64

    /// Batches of `size` events; the traces of a batch are those of one half when `half` is 0 or 1.
    static func batches(events: Int, size: Int, half: Int? = nil) -> [EventBatch] {
        var generator = Inputs.Generator(state: 21 + UInt64(half ?? 9))
        var last = [EventID](repeating: .none, count: traces)
        var batches: [EventBatch] = []
        var made = 0
        while made < events {
            var batch = EventBatch()
            let process = batch.intern(
                ProcessKey(
                    service: batch.symbols.intern("bank-api"),
                    instance: batch.symbols.intern("web-1-4127"),
                    processID: 0
                )
            )
            for _ in 0..<min(size, events - made) {
                let number = half.map { $0 + 2 * generator.below(traces / 2) } ?? generator.below(traces)
                let value = generator.below(100_000)
                var event = Event()
                event.id = EventID(high: generator.next(), low: generator.next())
                event.trace = TraceID(high: 7, low: UInt64(number))
                event.parent = last[number]
                last[number] = event.id
                event.timestamp = 1_740_993_600_000_000_000 + Int64(made) * 40_000 + Int64(generator.below(20_000))
                event.sequence = Int64(made)
                event.process = process
                event.thread = batch.symbols.intern("python-4127-\(number)")
                event.span = batch.symbols.intern("span-\(number)-\(made / 4_000)")
                let isAccess = generator.below(100) < 37
                event.kind = isAccess ? .stateChange : .functionCall
                event.operation = isAccess ? (value % 2 == 0 ? .read : .write) : .none
                let name = isAccess ? "account-\(generator.below(500)).balance" : "transfer"
                event.object = batch.symbols.intern(name)
                event.location = batch.symbols.intern("/srv/bank/transfer.py:\(20 + value % 20)")
                let kind =
                    #"{"StateChange": {"variable": "\#(name)", "old_value": \#(value), "new_value": \#(value + 1), "#
                    + #""location": "/srv/bank/transfer.py:\#(20 + value % 20)", "access_type": "Write"}}"#
                event.kindPayload = batch.appendPayload(kind.utf8)
                let metadata =
                    #"{"thread_id": "python-4127-\#(number)", "process_id": 4127, "service_name": "bank-api", "#
                    + #""environment": "staging", "tags": {"sdk_language": "python"}, "duration_ns": null, "#
                    + #""instance_id": "web-1-4127", "distributed_span_id": "span-\#(number)-\#(made / 4_000)"}"#
                event.metadataPayload = batch.appendPayload(metadata.utf8)
                event.vectorPayload = batch.appendPayload(#"[["bank-api#web-1-4127", \#(made)]]"#.utf8)
                batch.append(event)
                made += 1
            }
            batches.append(batch)
        }
        return batches
    }
}
