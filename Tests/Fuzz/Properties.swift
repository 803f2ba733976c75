import FuzzOracle
import JSONText
import TraceContext
import TraceFormats
import TraceModel

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The value of an environment variable.
func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// What has to hold for every input. A property that fails traps, which libFuzzer reports with the input.
enum Properties {
    /// Small limits, so that short inputs reach them.
    private static let options = ReadOptions(depthMax: 40, inputBytesMax: 1 << 20, stringBytesMax: 200)

    static func body(_ bytes: UnsafeRawBufferPointer) {
        guard let document = try? RacewayBody.decode(bytes, options: options) else { return }
        check(document)
        let written = RacewayJSONWriter.body(of: document.batch)
        guard let again = try? RacewayBody.decode(written) else {
            precondition(document.batch.isEmpty, "what was accepted and written is refused")
            return
        }
        check(document.batch, survivedAs: again)
        precondition(RacewayJSONWriter.body(of: again.batch) == written, "writing is not stable")
    }

    static func file(_ bytes: UnsafeRawBufferPointer) {
        let lenient = try? TraceReader.read(bytes, name: "f.json", format: .raceway, options: options)
        if let lenient { check(lenient) }
        var options = options
        options.strict = true
        let strict = try? TraceReader.read(bytes, name: "f.json", format: .raceway, options: options)
        if let strict {
            precondition(strict.skipped == 0, "strict skipped a record")
            precondition(strict.batch.ids == lenient?.batch.ids, "strict reads something else")
        }
    }

    static func operations(_ bytes: UnsafeRawBufferPointer, format: TraceFormat) {
        guard let log = try? TraceReader.readOperations(bytes, format: format, options: options) else { return }
        precondition(log.records == log.count + log.skipped, "records do not add up")
        let text = OpsWriter.text(of: log)
        guard let again = try? TraceReader.readOperations(text, format: .ops) else {
            preconditionFailure("what was accepted and written is refused")
        }
        let markers = log.steps.count { $0 == .none }
        precondition(again.skipped == 0 && again.count == log.count - markers, "a written operation is lost")
        precondition(OpsWriter.text(of: again) == text, "writing is not stable")
        let document = log.document()
        check(document)
        precondition(document.batch.count == log.count, "an operation is lost")
        let posted = try? RacewayBody.decode(RacewayJSONWriter.body(of: document.batch))
        precondition(posted?.batch.count == log.count, "an operation does not fit the wire")
    }

    /// Any format, any compression.
    static func anything(_ bytes: UnsafeRawBufferPointer) {
        if let document = try? TraceReader.read(bytes, name: "f", options: options) { check(document) }
    }

    static func time(_ bytes: UnsafeRawBufferPointer) {
        guard let time = Timestamp.parse(String(decoding: bytes, as: UTF8.self)) else { return }
        precondition(Timestamp.parse(UTCTime.text(nanoseconds: time)) == time, "a time changes when written")
    }

    static func headers(_ bytes: UnsafeRawBufferPointer) {
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        let headers = lines.map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (name: String(line[..<colon]), value: String(line[colon...].dropFirst()))
        }
        let incoming = IncomingContext(headers: headers)
        if let parent = incoming.parent {
            precondition((try? TraceParent(parsing: parent.headerValue)) == parent, "a traceparent changes when sent")
        }
        if let clock = incoming.clock {
            precondition((try? RacewayClock(parsing: clock.headerValue)) == clock, "a clock changes when sent")
        }
        var generator = Countdown()
        var context = PropagationContext(continuing: incoming, using: &generator)
        var sent: [(name: String, value: String)] = []
        context.inject(into: &sent, as: .init(service: "s", instance: "i"), using: &generator)
        let again = IncomingContext(headers: sent)
        precondition(again.problems.isEmpty, "what is sent is refused")
        precondition(again.parent == context.parent && again.state == context.state)
        precondition(again.baggage == context.baggage && again.clock?.clock == context.clock)
    }

    /// Identifiers without chance, so that a failure can be run again.
    private struct Countdown: RandomNumberGenerator {
        private var state = UInt64.max

        mutating func next() -> UInt64 {
            state &-= 0x0123_4567_89ab_cdef
            return state
        }
    }

    private static func check(_ document: TraceDocument) {
        precondition(document.records == document.batch.count + document.skipped, "records do not add up")
        precondition(document.problems.count == min(document.skipped, TraceDocument.problemsMax))
        let batch = document.batch
        for problem in document.problems {
            precondition(problem.message.allSatisfy { !$0.isNewline && $0 != "\u{1B}" }, "a message is not printable")
        }
        for row in 0..<batch.count {
            let event = batch[row]
            for symbol in [event.thread, event.object, event.subject, event.location, event.span, event.upstreamSpan] {
                precondition(Int(symbol.rawValue) < batch.symbols.count, "a symbol of nowhere")
            }
            let payloads = [
                event.kindPayload, event.metadataPayload, event.vectorPayload, event.lockSetPayload, event.oldValue,
                event.newValue,
            ]
            for payload in payloads where !payload.isEmpty {
                let isJSON = batch.withPayload(payload) { fuzz_is_json($0.baseAddress, $0.count) }
                precondition(isJSON != 0, "a payload is not JSON")
            }
        }
    }

    private static func check(_ batch: EventBatch, survivedAs again: TraceDocument) {
        precondition(again.skipped == 0, "a written event is refused")
        precondition(again.batch.ids == batch.ids && again.batch.traces == batch.traces)
        precondition(again.batch.timestamps == batch.timestamps && again.batch.parents == batch.parents)
        precondition(again.batch.operations == batch.operations && again.batch.kinds == batch.kinds)
        precondition(again.batch.flags == batch.flags && again.batch.numbers == batch.numbers)
        precondition(again.batch.durations == batch.durations && again.batch.sequences == batch.sequences)
        precondition(again.batch.ownClocks == batch.ownClocks)
    }
}
