import TraceFormats
import TraceModel

/// Texts of Raceway events for tests.
enum Wire {
    static let id = "11111111-1111-4111-8111-111111111111"
    static let trace = "22222222-2222-4222-8222-222222222222"
    static let metadata =
        #"{"thread_id":"t1","process_id":7,"service_name":"svc","environment":"test","tags":{},"instance_id":"i1"}"#
    static let kind =
        #"{"StateChange":{"variable":"x","old_value":1,"new_value":2,"location":"a.py:3","access_type":"Write"}}"#

    /// One event in which members can be replaced; `nil` leaves one out.
    static func event(
        id: String? = "\"\(Wire.id)\"",
        trace: String? = "\"\(Wire.trace)\"",
        parent: String? = "null",
        timestamp: String? = #""2026-01-02T03:04:05.000000006Z""#,
        kind: String? = Wire.kind,
        metadata: String? = Wire.metadata,
        vector: String? = "[]",
        lockSet: String? = "[]",
        extra: String = ""
    ) -> String {
        let members: [(String, String?)] = [
            ("id", id), ("trace_id", trace), ("parent_id", parent), ("timestamp", timestamp), ("kind", kind),
            ("metadata", metadata), ("causality_vector", vector), ("lock_set", lockSet),
        ]
        let text = members.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }.joined(separator: ",")
        return "{" + text + extra + "}"
    }

    /// An event of a given kind.
    static func event(_ tag: String, _ payload: String) -> String { event(kind: "{\"\(tag)\":\(payload)}") }

    static func body(_ events: String...) -> String { "{\"events\":[" + events.joined(separator: ",") + "]}" }

    /// A good neighbour with its own id.
    static let neighbour = event(id: #""33333333-3333-4333-8333-333333333333""#)

    static func decode(_ body: String, options: ReadOptions = ReadOptions()) throws -> TraceDocument {
        try RacewayBody.decode(Array(body.utf8), options: options)
    }

    /// The only event of a body that has to decode.
    static func only(_ event: String) throws -> (event: Event, batch: EventBatch) {
        let document = try decode(body(event))
        guard document.batch.count == 1 else { throw Missing() }
        return (document.batch[0], document.batch)
    }

    /// The problem of an event between two good neighbours, which have to survive.
    static func problem(_ event: String) throws -> TraceDocument.Problem? {
        let document = try decode(body(neighbour, event, neighbour))
        guard document.batch.count == 2, document.skipped == 1 else { return nil }
        return document.problems.first
    }

    struct Missing: Error {}
}
