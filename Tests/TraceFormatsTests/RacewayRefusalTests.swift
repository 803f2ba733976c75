import Testing
import TraceFormats
import TraceModel

@Suite struct RacewayRefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var event: String
        var code: FaultCode
        var path: String
        var testDescription: String { "\(code) at \(path)" }
    }

    private static func state(_ payload: String) -> String { Wire.event("StateChange", payload) }
    private static func metadata(_ text: String) -> String { Wire.event(metadata: text) }

    static let cases: [Case] = [
        Case(event: Wire.event(id: nil), code: .missingField, path: "events[1].id"),
        Case(event: Wire.event(id: #""x""#), code: .invalidID, path: "events[1].id"),
        Case(event: Wire.event(id: "5"), code: .wrongType, path: "events[1].id"),
        Case(event: Wire.event(trace: nil), code: .missingField, path: "events[1].trace_id"),
        Case(event: Wire.event(trace: #""my-trace""#), code: .invalidID, path: "events[1].trace_id"),
        Case(event: Wire.event(timestamp: nil), code: .missingField, path: "events[1].timestamp"),
        Case(event: Wire.event(timestamp: "1700000000"), code: .wrongType, path: "events[1].timestamp"),
        Case(event: Wire.event(timestamp: #""yesterday""#), code: .invalidTimestamp, path: "events[1].timestamp"),
        Case(
            event: Wire.event(timestamp: #""2300-01-01T00:00:00Z""#),
            code: .timestampOutOfRange,
            path: "events[1].timestamp"
        ),
        Case(event: Wire.event(kind: nil), code: .missingField, path: "events[1].kind"),
        Case(event: Wire.event(kind: #""StateChange""#), code: .wrongType, path: "events[1].kind"),
        Case(event: Wire.event(kind: "{}"), code: .wrongShape, path: "events[1].kind"),
        Case(event: Wire.event(kind: #"{"A":1,"B":2}"#), code: .wrongShape, path: "events[1].kind"),
        Case(event: Wire.event("StateChange", "null"), code: .wrongType, path: "events[1].kind.StateChange"),
        Case(event: Wire.event("StateChange", "[]"), code: .wrongType, path: "events[1].kind.StateChange"),
        Case(
            event: state(#"{"access_type":"Read"}"#),
            code: .missingField,
            path: "events[1].kind.StateChange.variable"
        ),
        Case(
            event: state(#"{"variable":5,"access_type":"Read"}"#),
            code: .wrongType,
            path: "events[1].kind.StateChange.variable"
        ),
        Case(event: state(#"{"variable":"x"}"#), code: .missingField, path: "events[1].kind.StateChange.access_type"),
        Case(
            event: state(#"{"variable":"x","access_type":"Touch"}"#),
            code: .invalidValue,
            path: "events[1].kind.StateChange.access_type"
        ),
        Case(
            event: state(#"{"variable":"x","variable":"y","access_type":"Read"}"#),
            code: .duplicateField,
            path: "events[1].kind.StateChange.variable"
        ),
        Case(event: Wire.event("LockAcquire", "{}"), code: .missingField, path: "events[1].kind.LockAcquire.lock_id"),
        Case(
            event: Wire.event("HttpResponse", #"{"status":70000}"#),
            code: .numberTooLarge,
            path: "events[1].kind.HttpResponse.status"
        ),
        Case(
            event: Wire.event("HttpResponse", #"{"status":"200"}"#),
            code: .wrongType,
            path: "events[1].kind.HttpResponse.status"
        ),
        Case(
            event: Wire.event("DatabaseResult", #"{"rows_affected":-1}"#),
            code: .numberTooLarge,
            path: "events[1].kind.DatabaseResult.rows_affected"
        ),
        Case(event: Wire.event(metadata: nil), code: .missingField, path: "events[1].metadata"),
        Case(event: metadata("null"), code: .wrongType, path: "events[1].metadata"),
        Case(event: metadata("{}"), code: .missingField, path: "events[1].metadata.thread_id"),
        Case(event: metadata(#"{"thread_id":"t"}"#), code: .missingField, path: "events[1].metadata.service_name"),
        Case(
            event: metadata(#"{"thread_id":"t","service_name":"s","process_id":4294967296}"#),
            code: .numberTooLarge,
            path: "events[1].metadata.process_id"
        ),
        Case(
            event: metadata(#"{"thread_id":"t","service_name":"s","tags":[]}"#),
            code: .wrongType,
            path: "events[1].metadata.tags"
        ),
        Case(event: Wire.event(vector: "{}"), code: .wrongType, path: "events[1].causality_vector"),
        Case(event: Wire.event(vector: #"[["a"]]"#), code: .wrongShape, path: "events[1].causality_vector"),
        Case(event: Wire.event(vector: #"[["a",1,2]]"#), code: .wrongShape, path: "events[1].causality_vector"),
        Case(event: Wire.event(vector: #"[["a",-1]]"#), code: .numberTooLarge, path: "events[1].causality_vector"),
        Case(event: Wire.event(vector: #"[["a","1"]]"#), code: .wrongType, path: "events[1].causality_vector"),
        Case(event: Wire.event(lockSet: "5"), code: .wrongType, path: "events[1].lock_set"),
        Case(event: Wire.event(extra: #","id":"x""#), code: .duplicateField, path: "events[1].id"),
        Case(event: "5", code: .wrongType, path: "events[1]"),
        Case(event: "null", code: .wrongType, path: "events[1]"),
        Case(event: #""event""#, code: .wrongType, path: "events[1]"),
        Case(event: "[]", code: .wrongType, path: "events[1]"),
        Case(event: "{}", code: .missingField, path: "events[1].id"),
        // What is not even JSON, but has its brackets in order.
        Case(
            event: state(#"{"variable":"x","access_type":"Read","new_value":NaN}"#),
            code: .syntax,
            path: "events[1].kind.StateChange.new_value"
        ),
        Case(
            event: state(#"{"variable":"x","access_type":"Read","new_value":-Infinity}"#),
            code: .invalidNumber,
            path: "events[1].kind.StateChange.new_value"
        ),
        Case(
            event: state(#"{"variable":"x","access_type":"Read","new_value":1e400}"#),
            code: .numberTooLarge,
            path: "events[1].kind.StateChange.new_value"
        ),
        Case(
            event: state(#"{"variable":"x","access_type":"Read","new_value":01}"#),
            code: .invalidNumber,
            path: "events[1].kind.StateChange.new_value"
        ),
        Case(
            event: state(#"{"variable":"x","access_type":"Read","new_value":"\ud800"}"#),
            code: .loneSurrogate,
            path: "events[1].kind.StateChange.new_value"
        ),
        Case(
            event: state(#"{"variable":"\udc00","access_type":"Read"}"#),
            code: .loneSurrogate,
            path: "events[1].kind.StateChange.variable"
        ),
        Case(
            event: state(#"{"variable":"\x","access_type":"Read"}"#),
            code: .invalidEscape,
            path: "events[1].kind.StateChange.variable"
        ),
        Case(event: #"{"id" 5}"#, code: .syntax, path: "events[1]"),
        Case(event: #"{"id":"a",}"#, code: .invalidID, path: "events[1].id"),
        Case(event: #"{5:6}"#, code: .syntax, path: "events[1]"),
        Case(event: "nul", code: .wrongType, path: "events[1]"),
    ]

    @Test(arguments: cases) func `a bad event is refused with its path and its neighbours are kept`(item: Case) throws {
        let problem = try #require(try Wire.problem(item.event))
        #expect(problem.code == item.code.rawValue)
        #expect(problem.index == 1)
        let place = problem.message.prefix { $0 != ":" }
        #expect(place == item.path, "\(problem.message)")
    }

    @Test func `a bomb of brackets costs only its own event`() throws {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            let bomb = String(repeating: open, count: 100_000) + "1" + String(repeating: close, count: 100_000)
            let payload = #"{"variable":"x","access_type":"Read","new_value":\#(bomb)}"#
            let problem = try #require(try Wire.problem(Wire.event("StateChange", payload)))
            #expect(problem.code == FaultCode.tooDeep.rawValue)
        }
    }

    @Test func `nesting up to the limit is accepted and one more is not`() throws {
        // Five brackets are open around the value: body, array, event, kind, payload.
        for (depth, isFine) in [(123, true), (124, false)] {
            let value = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            let payload = #"{"variable":"x","access_type":"Read","new_value":\#(value)}"#
            let problem = try Wire.problem(Wire.event("StateChange", payload))
            #expect((problem == nil) == isFine)
        }
    }

    @Test func `a bomb that is never closed is not JSON`() {
        let text = #"{"events":["# + String(repeating: "[", count: 1_000_000)
        #expect { try Wire.decode(text) } throws: { ($0 as? RacewayBody.Refusal)?.status == 400 }
    }

    @Test func `a value of ten megabytes is kept and a name of ten megabytes is refused`() throws {
        let long = String(repeating: "x", count: 10_000_000)
        let value = #"{"variable":"x","access_type":"Read","new_value":"\#(long)"}"#
        #expect(try Wire.only(Wire.event("StateChange", value)).event.newValue.length == 10_000_002)
        let name = #"{"variable":"\#(long)","access_type":"Read"}"#
        #expect(try Wire.problem(Wire.event("StateChange", name))?.code == FaultCode.stringTooLong.rawValue)
    }

    @Test func `invalid UTF-8 costs only its own event`() throws {
        var bytes = Array(Wire.body(Wire.neighbour, Wire.event(), Wire.neighbour).utf8)
        let place = try #require(bytes.firstRange(of: Array("a.py:3".utf8), after: 1))
        bytes[place] = 0xFF
        let document = try RacewayBody.decode(bytes)
        #expect(document.batch.count == 2)
        #expect(document.problems.map(\.code) == [FaultCode.invalidUTF8.rawValue])
        #expect(document.problems.first?.byte == place)
    }

    @Test func `a body that is mostly not UTF-8 is not JSON`() {
        let noise = [UInt8](repeating: 0xFF, count: 100_000)
        let bytes = Array(#"{"events":[{"id":""#.utf8) + noise + Array(#""}]}"#.utf8)
        #expect { try RacewayBody.decode(bytes) } throws: {
            let refusal = $0 as? RacewayBody.Refusal
            return refusal?.status == 400 && refusal?.error.byte == 18
        }
    }

    @Test func `damage outside of events is not JSON`() {
        for text in [
            "{\"a\":\"\u{1}\",\"events\":[\(Wire.event())]}", "{\"events\":[\(Wire.event())],\"a\":\"\u{1}\"}",
        ] {
            #expect { try Wire.decode(text) } throws: { ($0 as? RacewayBody.Refusal)?.status == 400 }
        }
    }

    @Test func `a depth that no memory could hold is cut`() throws {
        let bomb = String(repeating: "[", count: 70_000) + String(repeating: "]", count: 70_000)
        let event = Wire.event("Custom", #"{"name":"n","data":\#(bomb)}"#)
        let document = try Wire.decode(Wire.body(event, Wire.neighbour), options: ReadOptions(depthMax: .max))
        #expect(document.problems.map(\.code) == [FaultCode.tooDeep.rawValue])
    }

    @Test func `a raw control character in a string costs only its own event`() throws {
        for control in ["\n", "\0", "\u{1}"] {
            let bad = Wire.event("Custom", "{\"name\":\"a\(control)b\"}")
            #expect(try Wire.problem(bad)?.code == FaultCode.controlInString.rawValue)
        }
    }

    @Test func `problems beyond the first hundred are only counted`() throws {
        let events = [Wire.neighbour] + [String](repeating: "{}", count: 250)
        let document = try Wire.decode("{\"events\":[" + events.joined(separator: ",") + "]}")
        #expect(document.records == 251)
        #expect(document.skipped == 250)
        #expect(document.problems.count == TraceDocument.problemsMax)
    }

    @Test func `messages hold no payload`() throws {
        let secret = "hunter2"
        let payload = #"{"variable":"x","access_type":"\#(secret)"}"#
        let problem = try #require(try Wire.problem(Wire.event("StateChange", payload)))
        #expect(!problem.message.contains(secret))
    }
}

extension [UInt8] {
    /// Offset of the `after`-th occurrence (from 0) of `needle`.
    func firstRange(of needle: [UInt8], after: Int) -> Int? {
        var left = after
        for start in indices where self[start...].starts(with: needle) {
            if left == 0 { return start }
            left -= 1
        }
        return nil
    }
}
