import JSONText
import Testing
import TraceModel

@testable import TraceFormats

@Suite struct RacewayEventTests {
    @Test func `every column of a complete event is filled`() throws {
        let metadata = """
            {"thread_id":"t1","process_id":7,"service_name":"svc","environment":"test",
            "tags":{"sdk_language":"python"},"duration_ns":99,"instance_id":"i1","distributed_span_id":"s1",
            "upstream_span_id":"s0"}
            """
        let text = Wire.event(
            parent: "\"44444444-4444-4444-8444-444444444444\"",
            metadata: metadata,
            vector: #"[["svc#i1",3],["other#z",18446744073709551615]]"#,
            lockSet: #"["m"]"#,
            extra: #","sequence":12"#
        )
        let (event, batch) = try Wire.only(text)
        #expect(event.id.description == Wire.id)
        #expect(event.trace.description == Wire.trace)
        #expect(event.parent == EventID("44444444-4444-4444-8444-444444444444"))
        #expect(UTCTime.text(nanoseconds: event.timestamp) == "2026-01-02T03:04:05.000000006Z")
        #expect(event.kind == .stateChange)
        #expect(event.operation == .write)
        #expect(batch.symbols[event.object] == "x")
        #expect(batch.symbols[event.location] == "a.py:3")
        #expect(batch.symbols[event.thread] == "t1")
        #expect(batch.symbols[event.span] == "s1")
        #expect(batch.symbols[event.upstreamSpan] == "s0")
        #expect(event.duration == 99)
        #expect(event.sequence == 12)
        #expect(event.ownClock == 3)
        let process = batch.processes[Int(event.process)]
        #expect(batch.symbols[process.service] == "svc")
        #expect(batch.symbols[process.instance] == "i1")
        #expect(batch.text(event.oldValue) == "1")
        #expect(batch.text(event.newValue) == "2")
        #expect(batch.text(event.kindPayload) == Wire.kind)
        #expect(batch.text(event.metadataPayload) == metadata)
        #expect(batch.text(event.vectorPayload) == #"[["svc#i1",3],["other#z",18446744073709551615]]"#)
        #expect(batch.text(event.lockSetPayload) == #"["m"]"#)
        let entries = batch.vectorEntries[event.vector.indices]
        #expect(entries.map { batch.symbols[$0.component] } == ["svc#i1", "other#z"])
        #expect(entries.map(\.value) == [3, .max])
    }

    @Test(arguments: [
        "11111111-1111-4111-8111-111111111111", "11111111111141118111111111111111",
        "{11111111-1111-4111-8111-111111111111}", "urn:uuid:11111111-1111-4111-8111-111111111111",
    ])
    func `any spelling of a UUID is an id`(spelling: String) throws {
        let upper = try Wire.only(Wire.event(id: "\"\(spelling)\"", trace: "\"\(spelling)\"")).event
        #expect(upper.id.description == Wire.id)
        #expect(upper.trace.description == Wire.id)
    }

    @Test func `upper-case ids and the nil UUID are ids`() throws {
        let nilID = "00000000-0000-0000-0000-000000000000"
        let event = try Wire.only(
            Wire.event(id: "\"\(nilID)\"", trace: "\"ABCDEFAB-CDEF-4BCD-8BCD-ABCDEFABCDEF\"")
        ).event
        #expect(event.id == .none)
        #expect(event.trace.description == "abcdefab-cdef-4bcd-8bcd-abcdefabcdef")
    }

    @Test(arguments: [nil, "null", #""not-a-uuid""#, "5", "{}"] as [String?])
    func `a parent that is absent or no UUID means none`(parent: String?) throws {
        #expect(try Wire.only(Wire.event(parent: parent)).event.parent == .none)
    }

    @Test func `an event may be its own parent`() throws {
        let event = try Wire.only(Wire.event(parent: "\"\(Wire.id)\"")).event
        #expect(event.parent == event.id)
    }

    @Test(arguments: [nil, "null", "[]", " [ ] "] as [String?])
    func `an absent, null or empty vector and lock set leave no trace`(value: String?) throws {
        let (event, _) = try Wire.only(Wire.event(vector: value, lockSet: value))
        #expect(event.vector.isEmpty)
        #expect(event.vectorPayload.isEmpty)
        #expect(event.ownClock == -1)
    }

    @Test(arguments: [
        (#"[["svc#i1",4],["66666666-6666-4666-8666-666666666666",9]]"#, 4),
        (#"[["66666666-6666-4666-8666-666666666666",9],["upstream#1",2]]"#, 9),
        (#"[["someone#else",7]]"#, 7),
        (#"[["a#1",7],["b#1",8]]"#, -1),
        (#"[["svc#i1",1],["svc#i1",5]]"#, 5),
        (#"[["svc#i1",3.0]]"#, 3),
        (#"[["svc#i1",18446744073709551615]]"#, Int64.max),
    ])
    func `the own clock is the component of the service, else the only UUID, else the only entry`(
        vector: String,
        clock: Int64
    ) throws {
        #expect(try Wire.only(Wire.event(vector: vector)).event.ownClock == clock)
    }

    @Test func `members that nobody knows are ignored wherever they stand`() throws {
        let kind = #"{"StateChange":{"variable":"x","access_type":"Read","more":[{"a":[1,{}]}]}}"#
        let metadata = #"{"extra":{"a":[]},"thread_id":"t","service_name":"s"}"#
        let text =
            #"{"events":["# + Wire.event(kind: kind, metadata: metadata, extra: #","x":{"y":[null]}"#)
            + #"],"other":[1,2,{"a":"b"}]}"#
        #expect(try Wire.decode(text).batch.count == 1)
    }

    @Test func `keys may be escaped and members may come in any order`() throws {
        let text = """
            {"events":[{"lock_set":[],"metadata":\(Wire.metadata),"kind":\(Wire.kind),"tr\\u0061ce_id":"\(Wire.trace)",
            "\\u0069d":"\(Wire.id)","timestamp":"2026-01-02T03:04:05Z"}]}
            """
        #expect(try Wire.decode(text).batch.count == 1)
    }

    @Test func `names with escapes are unescaped and their payload stays verbatim`() throws {
        let payload = #"{"variable":"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude80","access_type":"Read","new_value":"\u0041"}"#
        let (event, batch) = try Wire.only(Wire.event("StateChange", payload))
        #expect(batch.symbols[event.object] == "a\"\\/\u{8}\u{C}\n\r\té\u{1F680}")
        #expect(batch.text(event.newValue) == #""\u0041""#)
        #expect(batch.text(event.kindPayload) == #"{"StateChange":"# + payload + "}")
    }

    @Test func `equal metadata is stored once and applies to every event`() throws {
        let document = try Wire.decode(Wire.body(Wire.event(), Wire.neighbour))
        let batch = document.batch
        #expect(batch.metadataPayloads[0] == batch.metadataPayloads[1])
        #expect(batch.threads[0] == batch.threads[1])
        #expect(batch.text(batch.metadataPayloads[1]) == Wire.metadata)
    }

    @Test func `without an instance the process id tells processes apart`() throws {
        let a = #"{"thread_id":"t","process_id":1,"service_name":"s","instance_id":null}"#
        let b = #"{"thread_id":"t","process_id":2,"service_name":"s"}"#
        let document = try Wire.decode(Wire.body(Wire.event(metadata: a), Wire.event(metadata: b)))
        #expect(document.batch.processes.map(\.processID) == [1, 2])
    }

    @Test(arguments: [("global", EventFlags.globalScope), ("process", .processScope), ("other", EventFlags())])
    func `the tag race.scope sets the scope`(scope: String, flags: EventFlags) throws {
        let metadata = #"{"thread_id":"t","service_name":"s","tags":{"race.scope":"\#(scope)","n":5}}"#
        #expect(try Wire.only(Wire.event(metadata: metadata)).event.flags == flags)
    }

    @Test(arguments: [("go", true), ("rust", true), ("python", false), ("typescript", false)])
    func `acquires of SDKs that log before they hold the lock are advisory`(language: String, advisory: Bool) throws {
        let metadata = #"{"thread_id":"t","service_name":"s","tags":{"sdk_language":"\#(language)"}}"#
        for (tag, expected) in [("LockAcquire", advisory), ("LockRelease", false)] {
            let kind = "{\"\(tag)\":{\"lock_id\":\"m\",\"lock_type\":\"Mutex\",\"location\":\"l\"}}"
            let event = try Wire.only(Wire.event(kind: kind, metadata: metadata)).event
            #expect(event.flags.contains(.advisory) == expected)
        }
    }

    @Test(arguments: [
        ("5", 5), ("5.4", 5), ("5.5", 6), ("1e3", 1000), ("-3", -1), ("-0.5", -1), ("null", -1),
        ("18446744073709551615", EventBatch.longest), ("1e300", EventBatch.longest),
        ("99999999999999999999999", EventBatch.longest),
    ])
    func `durations are rounded, negative ones are unknown, endless ones are the longest`(
        text: String,
        nanoseconds: Int64
    ) throws {
        let metadata = #"{"thread_id":"t","service_name":"s","duration_ns":\#(text)}"#
        #expect(try Wire.only(Wire.event(metadata: metadata)).event.duration == nanoseconds)
    }
}
