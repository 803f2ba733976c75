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

/// What has to hold for the bodies of requests whose spans are kept.
extension Properties {
    /// Any bytes as any body: what was taken comes back from the store as it was sent.
    static func records(_ bytes: UnsafeRawBufferPointer) {
        let options = ReadOptions(depthMax: 40, inputBytesMax: 1 << 20)
        archive(try? SpanBody.decode(bytes, as: .otlpJSON, options: options)) {
            try? OTLPReader.decode(bytes, as: .json, options: options)
        }
        archive(try? SpanBody.decode(bytes, as: .otlpProtobuf, options: options)) {
            try? OTLPReader.decode(bytes, as: .protobuf, options: options)
        }
        archive(try? SpanBody.decode(bytes, as: .zipkinJSON, options: options)) {
            try? TraceReader.read(bytes, format: .zipkin, options: options)
        }
    }

    private static func archive(_ stored: TraceDocument?, _ read: () -> TraceDocument?) {
        guard let stored else { return }
        let batch = stored.batch
        precondition(stored.spans.isEmpty && stored.skipped <= stored.records, "a span is kept twice")
        for row in 0..<batch.count where batch.kinds[row] == .span || batch.kinds[row] == .spanLog {
            precondition(!batch.newValues[row].isEmpty, "a span without its text")
        }
        guard let expansion = SpanArchive.expand(batch, everySpan: true) else { return }
        precondition(expansion.damaged == 0, "what was archived cannot be read back")
        precondition(expansion.spans.count == batch.kinds.count { $0 == .span }, "a span is lost in the archive")
        guard let direct = read(), direct.spans.count == expansion.spans.count else { return }
        for (kept, sent) in zip(expansion.spans, direct.spans) {
            precondition(kept.trace == sent.trace && kept.id == sent.id && kept.parent == sent.parent)
            precondition(kept.name == sent.name && kept.kind == sent.kind && kept.status == sent.status)
            precondition(kept.start == sent.start && kept.end == sent.end && kept.shared == sent.shared)
            precondition(kept.service == sent.service && kept.instance == sent.instance, "another process")
            precondition(kept.attributes.map(\.key) == sent.attributes.map(\.key), "other attributes")
            precondition(kept.moments.map(\.name) == sent.moments.map(\.name), "other moments")
            precondition(kept.links.map(\.span) == sent.links.map(\.span), "other links")
        }
    }
}
