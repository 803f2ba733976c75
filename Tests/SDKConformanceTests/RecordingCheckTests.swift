import ProtocolVectors
import Testing

@testable import SDKConformance

/// A recording that is right, and what the runner says when one thing about it is wrong.
@Suite struct `The check of recordings` {
    private static let trace = "0af76519-16cd-43dd-8448-eb211c80319c"

    private static let vector = RecordingVector(
        name: "two writes",
        steps: [
            .init(task: "main", do: .write, variable: "x", old: 0, new: 1),
            .init(task: "main", do: .write, variable: "x", old: 1, new: 2),
        ],
        expect: .init(races: [:])
    )

    private struct Written {
        var sequence = 0
        var task = "t1"
        var new = "1"
        var old = "0"
        var time = "2026-03-01T12:00:00.000000001Z"
        var service = "conformance"
        var id = 0

        var text: String {
            """
            {"id":"00000000-0000-4000-8000-00000000000\(id)","trace_id":"\(trace)","parent_id":null,"sequence":\(sequence),\
            "timestamp":"\(time)","kind":{"StateChange":{"variable":"x","old_value":\(old),"new_value":\(new),\
            "location":"a:1","access_type":"Write"}},"metadata":{"thread_id":"\(task)","process_id":1,\
            "service_name":"\(service)","instance_id":"conformance-1","environment":"test","tags":{}},\
            "causality_vector":[],"lock_set":[]}
            """
        }
    }

    private let first = Written()
    private let second = Written(sequence: 1, new: "2", old: "1", id: 1)

    private func body(_ events: Written...) -> [UInt8] {
        Array("{\"events\":[\(events.map(\.text).joined(separator: ","))]}".utf8)
    }

    private func failures(_ bodies: [UInt8]..., path: String = "/events", type: String = "application/json") -> [String]
    {
        let received = bodies.map { RecordingSink.Received(path: path, type: type, body: $0, status: 200) }
        return RecordingCheck(vector: Self.vector, received: received).failures
    }

    private func changed(_ change: (inout Written) -> Void) -> [UInt8] {
        var other = second
        change(&other)
        return body(first, other)
    }

    @Test func `passes what is right, in one body or two`() {
        #expect(failures(body(first, second)) == [])
        #expect(failures(body(first), body(second)) == [])
    }

    @Test func `names each fault`() {
        let both = body(first, second)
        #expect(failures().contains("no event arrived"))
        #expect(failures(both, path: "/").contains("posted to another path than /events"))
        #expect(failures(both, type: "text/plain").contains("posted another Content-Type than application/json"))
        #expect(failures(both, both).contains("a body that was taken was sent again"))
        #expect(failures(Array("{}".utf8)).contains { $0.contains("deserialize") })
        #expect(failures(changed { $0.id = 0 }).contains("event ids are not unique"))
        #expect(failures(changed { $0.sequence = 2 }).contains { $0.hasPrefix("the sequence numbers of task t1") })
        #expect(failures(changed { $0.time = "2026-03-01T11:00:00Z" }).contains("the timestamps of task t1 step back"))
        #expect(failures(changed { $0.service = "other" }).contains { $0.hasPrefix("service_name or instance_id") })
        #expect(failures(changed { $0.new = "3" }).contains { $0.hasPrefix("no task did what main was asked to") })
        #expect(failures(changed { $0.task = "t2" }).contains { $0.hasPrefix("a task did what nobody was asked to") })
    }

    @Test func `names races that the program does not have, and those that are not seen`() {
        let unordered = changed {
            $0.task = "t2"
            $0.sequence = 0
        }
        #expect(failures(unordered).contains { $0.hasPrefix("a race on x that the program does not have") })
        var racy = Self.vector
        racy.expect.races = ["x": "manifested"]
        let received = [
            RecordingSink.Received(path: "/events", type: "application/json", body: body(first, second), status: 200)
        ]
        let found = RecordingCheck(vector: racy, received: received).failures
        #expect(found == ["the race on x is not seen, expected manifested"])
    }

    @Test func `wants a refused body once, and a large one in pieces`() {
        var vector = Self.vector
        vector.expect.arrives = false
        let refused = RecordingSink.Received(path: "/events", type: "application/json", body: body(first), status: 400)
        #expect(RecordingCheck(vector: vector, received: [refused]).failures == [])
        #expect(RecordingCheck(vector: vector, received: [refused, refused]).failures.count == 1)
        var large = refused
        large.status = 413
        var taken = refused
        taken.status = 200
        let again = RecordingCheck(vector: Self.vector, received: [large, taken]).failures
        #expect(again.contains("a body that was too large was sent again whole"))
    }
}
