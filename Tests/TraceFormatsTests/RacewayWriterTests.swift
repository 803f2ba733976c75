import Testing
import TraceFormats
import TraceModel

@Suite struct RacewayWriterTests {
    private func written(_ event: String) throws -> String {
        let document = try Wire.decode(Wire.body(event))
        var bytes: [UInt8] = []
        RacewayJSONWriter.write(0, of: document.batch, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let metadata =
        #"{"thread_id":"t1","process_id":7,"service_name":"svc","environment":"test","tags":{},"duration_ns":null}"#

    @Test func `a complete event is written as it came, members in the order of the declaration`() throws {
        let event = Wire.event(metadata: Self.metadata, vector: #"[["a#b",1]]"#, lockSet: #"["m"]"#)
        #expect(try written(event) == event)
    }

    @Test(arguments: [
        ("2024-01-01T12:00:00+00:00", "2024-01-01T12:00:00Z"),
        ("2024-01-01T12:00:00.001000+00:00", "2024-01-01T12:00:00.001Z"),
        ("2024-01-01T12:00:00.100200Z", "2024-01-01T12:00:00.100200Z"),
        ("2024-01-01T12:00:00.000000007+02:00", "2024-01-01T10:00:00.000000007Z"),
    ])
    func `times are in UTC with as many groups of digits as they need`(sent: String, expected: String) throws {
        #expect(try written(Wire.event(timestamp: "\"\(sent)\"")).contains("\"timestamp\":\"\(expected)\""))
    }

    @Test func `what is missing is filled in and what is null and optional is left out`() throws {
        let metadata = """
            {"upstream_span_id": null, "thread_id":"t","extra":[1, 2],"service_name":"s","tags":null,"instance_id":null}
            """
        let event = Wire.event(
            parent: nil,
            kind: #"{ "StateChange" : {"variable":"x","access_type":"Read","note":"kept"} }"#,
            metadata: metadata,
            vector: nil,
            lockSet: nil,
            extra: #","sequence":4"#
        )
        let text = try written(event)
        #expect(text.contains(#""parent_id":null"#))
        #expect(
            text.contains(
                #"{ "StateChange" : {"variable":"x","access_type":"Read","note":"kept","old_value":null,"#
                    + #""new_value":null,"location":""} }"#
            )
        )
        #expect(
            text.contains(
                #""metadata":{"thread_id":"t","extra":[1, 2],"service_name":"s","tags":{},"process_id":0,"#
                    + #""environment":"","duration_ns":null}"#
            )
        )
        #expect(text.hasSuffix(#""causality_vector":[],"lock_set":[],"sequence":4}"#))
    }

    @Test(arguments: RacewayKindTests.cases) func `a kind survives being written and read`(
        item: RacewayKindTests.Case
    ) throws {
        let first = try Wire.only(Wire.event(item.tag, item.payload))
        let text = String(decoding: RacewayJSONWriter.body(of: first.batch), as: UTF8.self)
        let document = try Wire.decode(text)
        try #require(document.batch.count == 1)
        let second = document.batch[0]
        #expect(second.kind == first.event.kind)
        #expect(second.operation == first.event.operation)
        #expect(second.flags == first.event.flags)
        #expect(second.number == first.event.number)
        #expect(second.duration == first.event.duration)
        for symbol in [\Event.object, \Event.subject, \Event.thread] {
            #expect(
                document.batch.symbols[second[keyPath: symbol]] == first.batch.symbols[first.event[keyPath: symbol]]
            )
        }
        #expect(RacewayJSONWriter.body(of: document.batch) == Array(text.utf8))
    }

    @Test func `an unknown kind is written as it came`() throws {
        for payload in ["null", "[1,{}]", #"{"a":"}"}"#] {
            #expect(try written(Wire.event("Mystery", payload)).contains("{\"Mystery\":\(payload)}"))
        }
    }

    @Test func `a payload with escaped keys is left alone`() throws {
        let kind = #"{"LockAcquire":{"lock\u005fid":"m"}}"#
        #expect(try written(Wire.event(kind: kind)).contains("\"kind\":\(kind)"))
    }

    @Test func `events without payloads get them from their columns and mean the same when read`() throws {
        var batch = EventBatch()
        let process = batch.intern(
            ProcessKey(service: batch.symbols.intern("s\"vc"), instance: batch.symbols.intern("i"), processID: 0)
        )
        let operations: [TraceModel.Operation] = [
            .read, .write, .atomicRead, .atomicWrite, .atomicReadModifyWrite, .fence, .lockAcquire, .lockRelease,
            .fork, .join, .taskStart, .taskEnd, .await, .channelSend, .channelReceive, .channelClose, .signal, .wait,
            .barrierArrive, .barrierLeave, .transactionBegin, .transactionCommit, .transactionRollback, .dataRead,
            .dataWrite,
        ]
        for (index, operation) in operations.enumerated() {
            var event = Event()
            event.id = EventID(high: 1, low: UInt64(index))
            event.trace = TraceID(high: 2, low: 3)
            event.timestamp = Int64(index)
            event.process = process
            event.thread = batch.symbols.intern("t\n1")
            event.span = batch.symbols.intern("span")
            event.duration = 5
            event.operation = operation
            event.object = batch.symbols.intern("o/é\u{1}")
            event.subject = batch.symbols.intern("other")
            event.flags = [.shared, .globalScope, .numbered]
            event.flags.memoryOrder = .release
            event.number = 6
            event.newValue = batch.appendPayload(Array("[1]".utf8))
            batch.append(event)
        }
        let document = try RacewayBody.decode(RacewayJSONWriter.body(of: batch))
        #expect(document.skipped == 0, "\(document.problems)")
        let read = document.batch
        #expect(Array(read.operations) == operations)
        #expect(read.ids == batch.ids)
        #expect(read.timestamps == batch.timestamps)
        #expect(read.durations.allSatisfy { $0 == 5 })
        #expect(read.threads.allSatisfy { read.symbols[$0] == "t\n1" })
        #expect(read.spans.allSatisfy { read.symbols[$0] == "span" })
        #expect(read.flags.allSatisfy { $0.contains(.globalScope) })
        for row in 0..<read.count {
            let event = read[row]
            switch event.operation {
            case .read, .write, .lockAcquire, .channelSend, .signal, .barrierArrive, .dataRead:
                #expect(read.symbols[event.object] == "o/é\u{1}")
            case .fork, .join, .taskEnd, .await, .transactionBegin: #expect(read.symbols[event.subject] == "other")
            default: break
            }
            if event.operation == .lockAcquire { #expect(event.flags.contains(.shared)) }
            if event.operation == .channelSend { #expect(event.flags.contains(.numbered) && event.number == 6) }
            if event.operation == .dataWrite || event.operation == .write {
                #expect(read.text(event.newValue) == "[1]")
            }
            if event.operation == .fence { #expect(event.flags.memoryOrder == .release) }
        }
    }

    @Test func `what the wire has no kind for becomes a named step`() throws {
        let log = try TraceReader.read(Array(#"{"op":"relm","t":0,"s":"c","loc":"a:1"}"#.utf8), name: "a.ops.jsonl")
        let text = String(decoding: RacewayJSONWriter.body(of: log.batch), as: UTF8.self)
        #expect(text.contains(#"{"Custom":{"name":"releaseMerge","data":{"object":"c","location":"a:1"}}}"#))
        #expect(try Wire.decode(text).batch.kinds == [.custom])
    }

    @Test func `rows can be chosen`() throws {
        let document = try Wire.decode(Wire.body(Wire.event(), Wire.neighbour))
        let one = try RacewayBody.decode(RacewayJSONWriter.body(of: document.batch, rows: [1]))
        #expect(one.batch.ids == [document.batch.ids[1]])
        #expect(RacewayJSONWriter.body(of: document.batch, rows: []) == Array(#"{"events":[]}"#.utf8))
    }
}
