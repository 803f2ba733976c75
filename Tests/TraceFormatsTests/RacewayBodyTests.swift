import Testing
import TraceFormats
import TraceModel

@Suite struct RacewayBodyTests {
    @Test func `an empty array of events is fine`() throws {
        let document = try Wire.decode(#"{"events":[]}"#)
        #expect(document.batch.isEmpty)
        #expect(document.records == 0)
        #expect(document.skipped == 0)
    }

    @Test func `blanks and other members around the events are fine`() throws {
        #expect(try Wire.decode(" \n{ \"a\" : null , \"events\" : [ ] , \"b\" : [ ] } \n ").records == 0)
    }

    @Test(arguments: ["trailing", " {}", "\n]", ",", "null"])
    func `what follows the body spoils it`(rest: String) {
        #expect { try Wire.decode(Wire.body(Wire.event()) + rest) } throws: {
            ($0 as? RacewayBody.Refusal)?.status == 400
        }
    }

    @Test(arguments: [
        "", " ", "x", "{", "}", "[", #"{"events":["#, #"{"events":[}"#, #"{"events":[1 2]}"#, #"{"events"}"#,
        #"{"events":[],}"#, "{'events':[]}", #"{"events":[]"#, #"{"events":NaN}"#, #""\ud800""#, "\"abc", "[1,]",
        "\u{FEFF}{}", "01", "tru", "1e400",
    ])
    func `what is not JSON is answered 400`(text: String) {
        #expect { try Wire.decode(text) } throws: {
            let refusal = $0 as? RacewayBody.Refusal
            return refusal?.status == 400
                && refusal?.message.hasPrefix("Failed to parse the request body as JSON") == true
        }
    }

    @Test(arguments: [
        "{}", "[]", "5", "null", #""events""#, #"{"event":[]}"#, #"{"events":null}"#, #"{"events":{}}"#,
        #"{"events":[{}]}"#, #"{"events":[1,2]}"#, #"{"events":[],"events":[]}"#,
    ])
    func `JSON of another shape is answered 422`(text: String) {
        #expect { try Wire.decode(text) } throws: {
            let refusal = $0 as? RacewayBody.Refusal
            return refusal?.status == 422
                && refusal?.message.hasPrefix("Failed to deserialize the JSON body into the target type") == true
        }
    }

    @Test(arguments: [
        (Wire.event(id: #""not-a-uuid""#), 422), (Wire.event(kind: nil), 422), (Wire.event(metadata: nil), 422),
        (Wire.event("Custom", #"{"name":"a","data":NaN}"#), 400),
        (Wire.event("Custom", #"{"name":"a","data":1e400}"#), 400),
        (Wire.event("Custom", #"{"name":"a","data":"\ud800"}"#), 400),
    ])
    func `a body in which nothing can be decoded is refused`(event: String, status: Int) {
        #expect { try Wire.decode(Wire.body(event)) } throws: { ($0 as? RacewayBody.Refusal)?.status == status }
    }

    @Test func `a refusal names the event, the field and the place`() throws {
        let error = #expect(throws: RacewayBody.Refusal.self) {
            try Wire.decode("{\"events\":[\n{\"id\":\"zzz\"}]}")
        }
        #expect(
            error?.message
                == "Failed to deserialize the JSON body into the target type: events[0].id: not a UUID, "
                + "expected a UUID at line 2 column 8"
        )
    }

    @Test func `a body over the limit is answered 413 and one of exactly the limit is not`() throws {
        let text = Wire.body(Wire.event())
        let options = ReadOptions(inputBytesMax: text.utf8.count)
        #expect(try Wire.decode(text, options: options).batch.count == 1)
        #expect { try Wire.decode(text + " ", options: options) } throws: {
            ($0 as? RacewayBody.Refusal)?.status == 413
        }
    }

    @Test func `a truncated body is not JSON wherever it is cut`() {
        let bytes = Array(Wire.body(Wire.event(), Wire.neighbour).utf8)
        for end in 0..<bytes.count {
            #expect { try RacewayBody.decode(Array(bytes[..<end])) } throws: {
                ($0 as? RacewayBody.Refusal)?.status == 400
            }
        }
    }

    @Test func `the bodies that the reference refuses are accepted`() throws {
        let bodies = [
            Wire.event("FunctionReturn", #"{"function_name":"f","return_value":null}"#),
            Wire.event("AsyncSpawn", #"{"task_id":"free text","task_name":"w","spawned_at":"a.go:1"}"#),
            Wire.event("AsyncAwait", #"{"future_id":"free text","awaited_at":"a.go:1"}"#),
            Wire.event("Error", #"{"error_type":"E","message":"m","stack_trace":null}"#),
            Wire.event("StateChange", #"{"variable":"x","old_value":1,"location":"l","access_type":"Read"}"#),
            Wire.event("HttpResponse", #"{"status":200,"headers":{},"body":null,"duration_ms":1.5}"#),
            Wire.event("FunctionCall", #"{"function_name":"f","module":"m","file":"f","line":1}"#),
            Wire.event("HttpRequest", #"{"method":"GET","url":"/","headers":{"a":1,"b":["c"]}}"#),
            Wire.event("StateChange", #"{"variable":"x","new_value":1,"location":"l","access_type":"write"}"#),
            Wire.event(vector: nil, lockSet: nil),
            Wire.event(metadata: #"{"thread_id":"t","service_name":"s","duration_ns":-1.5,"tags":{"n":1}}"#),
            Wire.event(metadata: #"{"thread_id":"t","service_name":"s","tags":null}"#),
        ]
        for event in bodies { #expect(try Wire.decode(Wire.body(event)).batch.count == 1, "\(event)") }
    }

    @Test func `a long vector of other components does not hide the own one`() throws {
        let entries = (0..<5_000).map { "[\"s\($0)#1\",\($0)]" }.joined(separator: ",")
        let (event, batch) = try Wire.only(Wire.event(vector: "[\(entries),[\"svc#i1\",77]]"))
        #expect(event.ownClock == 77)
        #expect(batch.vectorEntries.count == 5_001)
    }
}
