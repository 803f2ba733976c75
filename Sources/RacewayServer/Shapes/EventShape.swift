import JSONText
import TraceFormats
import TraceModel

/// An event as it was posted, members in order of their names.
enum EventShape {
    static func write(_ row: Int, of batch: borrowing EventBatch, _ json: inout JSONWriter) {
        let event = batch[row]
        json.object { json in
            payload("causality_vector", event.vectorPayload, absent: "[]", of: batch, &json)
            json.member("id", event.id.description)
            // Events of other formats came without these two: their columns say the same.
            if event.kindPayload.isEmpty {
                json.key("kind")
                json.raw(SortedJSON.rewrite(written(row, of: batch, RacewayJSONWriter.writeKind)[...]))
            } else {
                payload("kind", event.kindPayload, absent: "null", of: batch, &json)
            }
            payload("lock_set", event.lockSetPayload, absent: "[]", of: batch, &json)
            json.key("metadata")
            json.raw(
                SortedJSON.rewrite(
                    event.metadataPayload.isEmpty
                        ? written(row, of: batch, RacewayJSONWriter.writeMetadata)[...]
                        : ArraySlice(batch.payload[event.metadataPayload.indices]),
                    droppingNull: ["instance_id", "distributed_span_id", "upstream_span_id"]
                )
            )
            json.member("parent_id", event.parent == .none ? nil : event.parent.description)
            json.member("timestamp", Timestamps.zulu(event.timestamp))
            json.member("trace_id", event.trace.description)
        }
    }

    private static func written(
        _ row: Int,
        of batch: borrowing EventBatch,
        _ write: (Int, borrowing EventBatch, inout [UInt8]) -> Void
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        write(row, batch, &bytes)
        return bytes
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
