import JSONText
import TraceModel

/// Raceway events inside span events.
///
/// An export shows spans to tools that know nothing else. Spans have no place for much of what an event says about order and shared
/// state, and some formats cut times to microseconds, so each span event also carries its event as it stands on the wire. A reader
/// takes those events and drops the spans, which exist only as their wrapping: what was found in a trace is found in its export.
enum EventEnvelope {
    /// The attribute of a span event that holds a Raceway event as JSON.
    private static let key = "race.event"

    /// The attribute for a row; `nil` for one that is no event of the wire.
    static func attribute(of row: Int, in batch: borrowing EventBatch) -> Attribute? {
        guard batch.kinds[row].wireName != nil || !batch.kindPayloads[row].isEmpty else { return nil }
        var json: [UInt8] = []
        RacewayJSONWriter.write(row, of: batch, into: &json)
        return Attribute(key, .string(String(decoding: json, as: UTF8.self)))
    }

    /// Replaces the spans that wrap events by the events.
    ///
    /// - Complexity: O(spans + bytes of events).
    static func open(in document: inout TraceDocument) {
        var lines: [UInt8] = []
        let count = document.spans.count
        document.spans.removeAll { span in
            let events = span.moments.compactMap { $0.attributes[key]?.string }
            for event in events {
                // A line an event, so that a damaged one costs no other. Line feeds are blanks outside of strings and errors inside.
                lines.append(contentsOf: event.utf8.lazy.map { $0 == Byte.newline ? UInt8(ascii: " ") : $0 })
                lines.append(Byte.newline)
            }
            return !events.isEmpty
        }
        guard !lines.isEmpty else { return }
        do {
            let events = try lines.withRawBytes { (raw) throws(FormatError) in
                try RacewayReader.read(raw, name: "", options: ReadOptions())
            }
            document.batch.append(contentsOf: events.batch)
            document.records += events.records - (count - document.spans.count)
            for problem in events.problems { note(problem.message, in: &document) }
        } catch {
            note(error.message, in: &document)
        }
    }

    private static func note(_ message: String, in document: inout TraceDocument) {
        document.skip(
            TraceDocument.Problem(code: FaultCode.invalidValue.rawValue, message: "event in `\(key)`: \(message)")
        )
    }
}
