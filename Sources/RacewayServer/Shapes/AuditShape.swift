import Detectors
import JSONText
import TraceModel

/// One access of an audit trail.
enum AuditShape {
    static func write(_ access: AuditTrails.Access, of batch: borrowing EventBatch, _ json: inout JSONWriter) {
        let row = access.row
        let service = batch.processes[Int(batch.processIndices[row])].service
        json.object { json in
            json.member("event_id", batch.ids[row].description)
            json.member("timestamp", Timestamps.zulu(batch.timestamps[row]))
            json.member("thread_id", batch.symbols[batch.threads[row]])
            json.member("service_name", batch.symbols[service])
            json.member("access_type", accessType(batch.operations[row]))
            value("old_value", batch.oldValues[row], of: batch, &json)
            value("new_value", batch.newValues[row], of: batch, &json)
            json.member("location", batch.symbols[batch.locations[row]])
            json.member("has_causal_link_to_previous", access.followsPrevious)
            json.member("is_race", access.races)
        }
    }

    /// The wire's name of an access.
    static func accessType(_ operation: Operation) -> String {
        switch operation {
        case .atomicRead: "AtomicRead"
        case .atomicWrite: "AtomicWrite"
        case .atomicReadModifyWrite: "AtomicRMW"
        case .write, .dataWrite: "Write"
        default: "Read"
        }
    }

    private static func value(
        _ key: String,
        _ range: ByteRange,
        of batch: borrowing EventBatch,
        _ json: inout JSONWriter
    ) {
        json.key(key)
        json.raw(batch.payload[range.indices])
    }
}
