import TraceFormats
import TraceModel

/// What has to hold for inputs of tracing formats.
extension Properties {
    static func spans(_ bytes: UnsafeRawBufferPointer, format: TraceFormat) {
        let options = ReadOptions(depthMax: 40, inputBytesMax: 1 << 20)
        guard let document = try? TraceReader.read(bytes, format: format, options: options) else { return }
        precondition(document.spans.count + document.skipped <= document.records, "records do not add up")
        precondition(document.problems.count <= TraceDocument.problemsMax)
        for problem in document.problems {
            precondition(problem.message.allSatisfy { !$0.isNewline && $0 != "\u{1B}" }, "a message is not printable")
        }
        for span in document.spans {
            precondition(span.trace != .zero && !span.id.isEmpty && span.id.utf8.count <= 64, "an id of nothing")
            precondition(span.start >= 0 && span.end >= 0, "a time before all time")
        }
        rewrite(document.spans, OTLPWriter.write, .otlp)
        rewrite(document.spans, ZipkinWriter.write, .zipkin)
        rewrite(document.spans, { (try? JaegerWriter.write($0)) ?? [] }, .jaeger)
        _ = ChromeTraceWriter.write(document)
        guard let posted = try? RacewayBody.decode(RacewayJSONWriter.body(of: document)) else {
            preconditionFailure("spans do not fit the wire")
        }
        precondition(posted.skipped == 0, "a row does not fit the wire")
    }

    /// What was read can be written and read again, and a second time it is written the same.
    private static func rewrite(_ spans: [Span], _ write: ([Span]) -> [UInt8], _ format: TraceFormat) {
        guard !spans.isEmpty else { return }
        let written = write(spans)
        guard let again = try? TraceReader.read(written, format: format) else {
            preconditionFailure("what was accepted and written as \(format) is refused")
        }
        precondition(again.skipped == 0 && again.spans.count == spans.count, "a span written as \(format) is lost")
        let second = write(again.spans)
        guard let third = try? TraceReader.read(second, format: format) else {
            preconditionFailure("what was written as \(format) twice is refused")
        }
        precondition(write(third.spans) == second, "writing \(format) is not stable")
    }

    static func log(_ bytes: UnsafeRawBufferPointer) {
        guard let document = try? TraceReader.read(bytes, format: .shiviz) else { return }
        precondition(document.records == document.batch.count + document.skipped, "records do not add up")
        let written = ShiVizWriter.write(document.batch)
        guard !document.batch.isEmpty else { return }
        guard let again = try? TraceReader.read(written, format: .shiviz) else {
            preconditionFailure("what was accepted and written is refused")
        }
        precondition(again.batch.count == document.batch.count, "a line is lost")
        precondition(again.batch.ownClocks == document.batch.ownClocks)
    }
}
