import JSONText
import TraceModel

/// An event as it was posted, members in order of their names.
enum EventShape {
    static func write(_ row: Int, of batch: borrowing EventBatch, _ json: inout JSONWriter) {
        let event = batch[row]
        json.object { json in
            payload("causality_vector", event.vectorPayload, absent: "[]", of: batch, &json)
            json.member("id", event.id.description)
            payload("kind", event.kindPayload, absent: "null", of: batch, &json)
            payload("lock_set", event.lockSetPayload, absent: "[]", of: batch, &json)
            json.key("metadata")
            json.raw(
                SortedJSON.rewrite(
                    ArraySlice(batch.payload[event.metadataPayload.indices]),
                    droppingNull: ["instance_id", "distributed_span_id", "upstream_span_id"]
                )
            )
            json.member("parent_id", event.parent == .none ? nil : event.parent.description)
            json.member("timestamp", Timestamps.zulu(event.timestamp))
            json.member("trace_id", event.trace.description)
        }
    }

    private static func payload(
        _ key: String,
        _ range: ByteRange,
        absent: String,
        of batch: borrowing EventBatch,
        _ json: inout JSONWriter
    ) {
        json.key(key)
        if range.isEmpty {
            json.raw(absent)
        } else {
            json.raw(SortedJSON.rewrite(ArraySlice(batch.payload[range.indices])))
        }
    }
}
