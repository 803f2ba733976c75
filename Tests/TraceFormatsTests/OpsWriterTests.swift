import Testing
import TraceModel

@testable import TraceFormats

@Suite struct OpsWriterTests {
    private static let text = OperationStep.allCases.compactMap { step -> String? in
        guard let name = step.opsName else { return nil }
        let operand =
            switch step.operand {
            case .nothing: ""
            case .variable: #","x":"v\n\"é""#
            case .synchronisation: #","s":"l""#
            case .task: #","u":"9""#
            }
        return #"{"op":"\#(name)","t":"1"\#(operand),"loc":"a.c:5"}"# + "\n"
    }.joined()

    @Test func `a log is written as it was read`() throws {
        let log = try TraceReader.readOperations(Array(Self.text.utf8), name: "a.ops.jsonl")
        #expect(String(decoding: OpsWriter.text(of: log), as: UTF8.self) == Self.text)
    }

    @Test func `times are written where there are any`() throws {
        let text = #"{"op":"end","t":"1","ts":-7}"# + "\n"
        let log = try TraceReader.readOperations(Array(text.utf8), name: "a.ops.jsonl")
        #expect(String(decoding: OpsWriter.text(of: log), as: UTF8.self) == text)
    }

    @Test func `STD becomes ops without its markers`() throws {
        let log = try TraceReader.readOperations(Array("T0|begin|1\nT0|acq(L)|2\nT0|fork(1)|3\n".utf8), name: "a.std")
        #expect(
            String(decoding: OpsWriter.text(of: log), as: UTF8.self) == """
                {"op":"lock","t":"T0","s":"L","loc":"2"}
                {"op":"fork","t":"T0","u":"T1","loc":"3"}

                """
        )
    }

    @Test func `events are written as the operations that they mean`() throws {
        let batch = try TraceReader.read(Array(Self.text.utf8), name: "a.ops.jsonl").batch
        var bytes: [UInt8] = []
        for row in 0..<batch.count { #expect(OpsWriter.write(row, of: batch, into: &bytes)) }
        #expect(String(decoding: bytes, as: UTF8.self) == Self.text)
    }

    @Test func `an event of the wire keeps its time, and one without a meaning is left out`() throws {
        let rmw = #"{"variable":"x","access_type":"AtomicRMW","location":"l"}"#
        let document = try Wire.decode(
            Wire.body(
                Wire.event(timestamp: #""1970-01-01T00:00:01Z""#, kind: "{\"StateChange\":\(rmw)}"),
                Wire.event("Custom", #"{"name":"n"}"#)
            )
        )
        var bytes: [UInt8] = []
        #expect(OpsWriter.write(0, of: document.batch, into: &bytes))
        #expect(!OpsWriter.write(1, of: document.batch, into: &bytes))
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                {"op":"ar","t":"t1","x":"x","loc":"l","ts":1000000000}
                {"op":"aw","t":"t1","x":"x","loc":"l","ts":1000000000}

                """
        )
    }
}
